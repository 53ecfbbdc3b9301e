/**
 * The board: devices, ports, clock and CPU put together, and the whole of their state as one thing.
 *
 * <p>A {@link ringside.machine.board.Platform} is everything around a CPU except memory; the server has one and every
 * virtual machine has one, built by the same code from the same registry of devices.
 *
 * <p>Invariants: the parts with state have a fixed order, so that two machines of one configuration can be saved, loaded
 * and compared part by part; nothing here knows of virtual machines.
 */
package ringside.machine.board;
