package ringside.machine.devices.disk;

import ringside.machine.state.StateVisitor;
import ringside.observe.Counters;

/**
 * Where a drive's sectors live: the contract between whatever the guest sees as a disk and whatever keeps its content.
 *
 * <p>A call either does all it was asked or throws {@link DiskFault}; when {@code write} returns, a later {@code read}
 * of anybody finds the data, and after {@code flush} it also survives a loss of power. Callers keep within
 * {@link #sectors}. Nothing is allocated by a call that succeeds, except where content grows.
 */
public interface DiskBacking extends AutoCloseable {
    /** Bytes of a sector. */
    int SECTOR = 512;

    long sectors();

    /** Reads {@code count} sectors from {@code lba} into {@code to} at {@code offset}. */
    void read(long lba, int count, byte[] to, int offset) throws DiskFault;

    void write(long lba, int count, byte[] from, int offset) throws DiskFault;

    void flush() throws DiskFault;

    // ---- time: what stands between a drive and its content may have a queue of its own

    /**
     * The drive's guest begins a request at {@code now}, after the one before was served or abandoned. Nothing is read or
     * written before {@link #left} says that it is served.
     */
    default void begin(BlockRequest.Operation operation, long sector, int sectors, long now) {
        // takes no time beyond the drive's own
    }

    /** At least how many ticks the request that began has yet to wait, 0 where it is served; others may come between. */
    default long left(long now) {
        return 0;
    }

    /** Nobody waits for the request that began any more. */
    default void abandon() {
        // it is not held anywhere
    }

    /** What was counted on the way to the content; empty where nothing is. */
    default Counters counters() {
        return new Counters();
    }

    /** The state that belongs to a snapshot; none where the content lies outside the machine. */
    default void visit(StateVisitor visitor) {}

    /** Lets go of what lies outside the machine; the backing is not used after. */
    @Override
    default void close() {}
}
