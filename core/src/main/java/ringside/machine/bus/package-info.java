/**
 * The wires of the server: physical address space, ports and interrupt lines.
 *
 * <p>{@link ringside.machine.bus.SystemBus} puts RAM, ROM and MMIO ranges into one physical address space and masks
 * address bit 20 by the A20 gate; {@link ringside.machine.bus.PortBus} does the same for I/O ports; an {@link
 * ringside.machine.bus.IrqLine} carries a level from a device to the interrupt controller. Devices are written against
 * these interfaces and know neither the CPU nor each other.
 *
 * <p>Invariants: two devices never claim one address (the error names both); what nobody claims reads as all ones and
 * swallows writes, as an open bus does; an access has the width the instruction gave it, and is split only where a
 * device says that it takes bytes.
 */
package ringside.machine.bus;
