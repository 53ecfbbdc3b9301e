/**
 * Hardware assist: the guest runs in non-root operation at its own rings, and the VMM hears what the controls ask for.
 *
 * <p>With shadow tables, page faults, CR3 loads and INVLPG exit; entry demands protection and paging, so a guest without
 * paging runs over an identity map with CR0.PG in the shadow, and a guest in real mode runs as virtual-8086 code at IOPL 0,
 * where every sensitive instruction faults and exits. States that the entry checks forbid (unreal segments, the way into
 * protected mode) are interpreted, and counted. With nested tables the guest owns its control registers and page tables,
 * real mode included where the processor has unrestricted guest; only violations of the nested tables exit. Where it has
 * not, PG and PE stay the VMM's, and without paging all is as with shadow tables, over a flat directory under the nested
 * tables.
 *
 * <p>The guest's truth lies in one of two places: in the VMCS and the processor while it runs, in the virtual processor
 * while software works on it. {@link ringside.vmm.mode.hardware.GuestSwitch} moves it; the commonest exits (CPUID, ports)
 * are answered without moving it. An exit that came during event delivery is answered by injecting the event again from the
 * IDT-vectoring information, and where an instruction raised that event, it retires with the entry that delivers it; a task
 * switch is emulated whole. #AC always exits, for a guest whose delivery of #AC raises #AC would keep the processor.
 */
package ringside.vmm.mode.hardware;
