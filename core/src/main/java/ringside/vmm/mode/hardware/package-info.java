/**
 * Hardware assist: the guest runs in non-root operation at its own rings, and the VMM hears what the controls ask for.
 *
 * <p>Generation 1: guest memory is behind shadow tables, so page faults, CR3 loads and INVLPG exit; entry demands
 * protection and paging, so a guest without paging runs over an identity map with CR0.PG in the shadow, and a guest in
 * real mode runs as virtual-8086 code at IOPL 0, where every sensitive instruction faults and exits. States that the entry
 * checks forbid (unreal segments, the way into protected mode) are interpreted, and counted.
 *
 * <p>The guest's truth lies in one of two places: in the VMCS and the processor while it runs, in the virtual processor
 * while software works on it. {@link ringside.vmm.mode.hardware.GuestSwitch} moves it. An exit that came during event
 * delivery is answered by injecting the event again from the IDT-vectoring information; a task switch is emulated whole.
 */
package ringside.vmm.mode.hardware;
