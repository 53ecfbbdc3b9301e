/**
 * Passthrough: a guest works a real device, and the VMM only sees to it that it reaches no more than that.
 *
 * <p>The devices that a server really has, and who works each, are its {@link
 * ringside.vmm.device.passthrough.ServerDevices}: one guest, the VMM, or nobody; a second owner is refused, and so is what
 * the VMM cannot do without (interrupt controllers, PCI, clocks, whatever holds A20 or the reset line). What a guest is
 * given stands on the ports and addresses of the processor that runs it ({@link ringside.machine.board.DeviceSegment}):
 *
 * <ul>
 *   <li><em>Ports</em> are opened one by one, in the I/O permission bitmap of the VMM's TSS or in that of the VMCS, where
 *       the real bus and the guest's board agree that the device answers. IOPL stays as it is, and where the guest's own
 *       kernel keeps its users from ports the bitmap is closed again.
 *   <li><em>Addresses</em> are translated: the VMM puts the real base address where the machine has no memory, and the
 *       entry for the guest's page leads there. Ports cannot be, so a guest that moves a range of ports moves the real one.
 *   <li><em>Configuration space</em> of the function stays trapped and is passed on, base addresses excepted.
 *   <li><em>DMA</em> goes through the IOMMU ({@link ringside.machine.iommu}), in a domain per guest: its memory at its own
 *       addresses, its ROM for reading. What faults is recorded and told.
 *   <li><em>Interrupts</em> reach the VMM through the machine's own controllers and are led to the guest's.
 * </ul>
 *
 * <p>On the guest's board stands a stand-in with the same name and ports, for what the VMM carries out in software: an
 * instruction in real mode, one that is interpreted, the forwarded configuration space. Both ways lead to the same device,
 * and both are seen by whoever watches the guest's ports.
 *
 * <p>Time. A device works in the time of its guest: its clock is the guest's virtual time, kept as far ahead of the
 * processor's as that is, and a command completes at the tick at which it would on the bare machine. So runs are equal
 * instruction by instruction, and a device stands still while its guest waits for a processor.
 *
 * <p>Invariants. The guest's memory is pinned: a device cannot take a page fault, so no frame may be missing, shared,
 * reclaimed or given up while one reaches it; frames that come lazily, and a machine with less memory than its guests
 * believe, are refused. A guest with a device can be neither saved nor moved: the state of a real device cannot be read out
 * of it. Without an IOMMU the addresses on the bus are the machine's: what masters the bus is given only to a guest whose
 * memory lies one to one, and then nothing keeps it from the rest.
 *
 * <p>What shows. Under {@code deprivileged} an IRET to ring 3 does not trap, so the bitmap that was
 * open for the kernel stays open for its user until the VMM is next brought in: one more thing that an unprivileged
 * sensitive instruction spoils. In real mode under assist without unrestricted guests the guest runs as virtual-8086 code
 * with a short TSS, and each access exits.
 */
package ringside.vmm.device.passthrough;
