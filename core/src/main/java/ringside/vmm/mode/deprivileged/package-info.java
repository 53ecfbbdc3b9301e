/**
 * Ring compression alone: the guest kernel itself runs on the real processor in ring 1 (or 3), and the VMM lives by its
 * faults ({@link ringside.vmm.compression}).
 *
 * <p>Invariants. Nothing but privileged and IOPL-sensitive instructions, and faults that the shadows alone caused, is ever
 * emulated with {@code onFault: reflect}; with {@code recover} also an instruction whose fault the virtual processor would
 * not have raised. What does not fault is left to the hardware: POPF, PUSHF, SGDT and their like do there what the
 * hardware makes them do, and no line of this package knows their names. RDTSC, RDPMC and SYSENTER trap, since CR4.TSD and
 * SYSENTER_CS are the VMM's, and are carried out for the guest. CPUID runs directly: the host's leaves are the guest's.
 */
package ringside.vmm.mode.deprivileged;
