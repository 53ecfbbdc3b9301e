/**
 * What the parts of the VMM agree on: modes, memory strategies, exits, the VMM's region, and ring 0 as the only tool.
 *
 * <p>Terms. A <em>mode</em> is how the VMM virtualizes the processor; a <em>memory strategy</em> is how guest memory is
 * mapped (VA to PA to MA); an <em>exit</em> is an arrival of control in the VMM, ordinary and counted by reason; a
 * <em>hidden fault</em> is a fault that only the VMM's own tables caused, a <em>true fault</em> one that the virtual
 * processor raises. A <em>world</em> is one set of shadow tables: with the guest kernel in ring 3 there are two.
 *
 * <p>Real devices that a guest works itself are {@link ringside.vmm.spi.DirectDevices}: a mode opens their ports, tells them
 * the guest's time, and hands over the interrupts that the hardware delivered; which devices, and what stands between them
 * and memory, is a device model's affair.
 *
 * <p>Invariants. A mode without hardware assist touches the real processor only through {@link
 * ringside.vmm.spi.Ring0}: memory, moves to control and debug registers, LGDT, LIDT, LLDT, LTR, selector loads through
 * the tables in memory, INVLPG, IN, OUT and IRET. It cannot reach a hidden segment part (a test of the architecture holds
 * it to that). Control reaches the VMM at one of its doors, after the hardware delivered an event through the VMM's own IDT
 * and TSS in machine memory; nothing takes over earlier.
 *
 * <p>A <em>peripheral</em> is what is attached to a machine (a disk, a network, a console); a <em>device model</em> is how
 * its guest gets it: emulated chips, the physical device, or a split driver. Every model counts what goes through by the
 * words of {@link ringside.machine.devices.DeviceCounts} and shows each request as its guest saw it end.
 *
 * <p>Every exit and every hidden fault is counted in one place, {@link ringside.vmm.spi.ExitLog}, which also lays it to the
 * instruction that it came from and the page that it touched ({@link ringside.vmm.spi.Heat}): the two cannot disagree.
 * What the real processor translates by while it runs the guest, a machine says as {@link ringside.vmm.spi.RealPaging}.
 *
 * <p>Siblings (one mode and another, one strategy and another, one device model and another) meet only here.
 */
package ringside.vmm.spi;
