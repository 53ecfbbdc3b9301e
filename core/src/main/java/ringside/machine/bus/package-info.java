/**
 * Wires: ports, physical addresses, interrupt lines, and the contracts between whoever drives them.
 *
 * <p>{@link ringside.machine.bus.PortBus} is the I/O port space, {@link ringside.machine.bus.SystemBus} the physical
 * address space with RAM, ROM, memory-mapped devices and the A20 gate; {@link ringside.machine.bus.IrqLine} is one wire,
 * {@link ringside.machine.bus.InterruptController} what stands between such wires and the CPU's INTR pin,
 * {@link ringside.machine.bus.Dma} memory as a bus-mastering device sees it.
 *
 * <p>Invariants: each port and each address has at most one owner, and a clash is refused by naming both; nobody answers
 * for what nobody owns: reads give all ones. Lines are idempotent. A port access is traced after it was made, in order.
 *
 * <p>The CPU, the devices and the VMM meet only here; that is why a virtual machine can have the same devices on ports of
 * its own.
 */
package ringside.machine.bus;
