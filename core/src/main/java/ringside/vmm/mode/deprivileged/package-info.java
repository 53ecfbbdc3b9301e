/**
 * Ring compression alone: the guest kernel itself runs on the real processor in ring 1 (or 3), and the VMM lives by its
 * faults ({@link ringside.vmm.compression}).
 *
 * <p>Invariants. Nothing but privileged and IOPL-sensitive instructions, and faults that the shadows alone caused, is ever
 * emulated with {@code onFault: reflect}; with {@code recover} also an instruction whose fault the virtual processor would
 * not have raised. What does not fault is left to the hardware: POPF, PUSHF, SGDT and their like do there what the
 * hardware makes them do, and no line of this package knows their names. RDTSC, RDPMC and SYSENTER trap, since CR4.TSD and
 * SYSENTER_CS are the VMM's, and are carried out for the guest. CPUID runs directly: the host's leaves are the guest's.
 *
 * <p>In the ring 3 variant there are two worlds, each with its shadow tables: the kernel's, where everything of the guest is
 * ring 3, and the users', where only what is theirs can be loaded or reached. A return from the kernel to a user is a return
 * within the ring there: the hardware pops no SS:ESP and nothing traps. That user code goes on with the kernel's stack, in
 * the kernel's world, until it loads a stack of its own or the guest's next event brings it back.
 *
 * <p>A real IOPL that lets the kernel's ring change IF gives it the VMM's timer to mask and the real ports to use: the run
 * then reports that control was lost.
 */
package ringside.vmm.mode.deprivileged;
