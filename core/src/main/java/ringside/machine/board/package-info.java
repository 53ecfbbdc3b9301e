/**
 * The board: devices, ports, clock and CPU put together, and the whole of their state as one thing.
 *
 * <p>A {@link ringside.machine.board.Platform} is everything around a CPU except memory; the server has one and every
 * virtual machine has one, built by the same code from the same registry of devices. The
 * {@link ringside.machine.board.Board} is the server: a platform, a CPU and memory. The
 * {@link ringside.machine.board.Firmware} is a ROM of our own for guests that want a BIOS.
 *
 * <p>A {@link ringside.machine.board.DeviceSegment} is devices of the real machine on the ports and addresses of one
 * processor: a platform whose clock runs with the processor's, as far ahead of it as it is told.
 *
 * <p>A {@link ringside.machine.board.Snapshot} is the state of all parts by name. A part enumerates its values in one
 * method, whoever asks: saving, loading, comparing and printing are four visitors of the same walk, so none of them can
 * forget what another knows.
 *
 * <p>Invariants:
 * <ul>
 *   <li>The parts have a fixed order, and two machines of one configuration have the same parts.
 *   <li>Saving changes nothing a guest could see; a machine that loads a snapshot goes on exactly as the one that was
 *       saved.
 *   <li>A snapshot of another configuration is refused before anything changes, naming the first difference.
 *   <li>Nothing here knows of virtual machines.
 * </ul>
 */
package ringside.machine.board;
