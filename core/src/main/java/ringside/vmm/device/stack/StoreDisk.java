package ringside.vmm.device.stack;

import java.util.List;
import ringside.machine.devices.disk.BlockRequest.Operation;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;

/** A disk on a {@link Store}: limits, trouble and counts on the way from a guest's drive to the content. */
public final class StoreDisk implements DiskBacking {
    /** Ticks that requests waited while the store served others. */
    public static final String QUEUE_TICKS = "queueTicks";
    /** Ticks that the disk's limit held requests back. */
    public static final String THROTTLED_TICKS = "throttledTicks";
    /** Ticks that the store worked for this disk. */
    public static final String SERVICE_TICKS = "serviceTicks";
    /** Requests that got an error which is not the content's. */
    public static final String INJECTED = "injectedFaults";

    private static final long NOWHERE = -1;

    private final String name;
    private final Store store;
    private final int number;
    private final long first;
    private final long sectors;
    private final Limit limit;
    private final List<Injection> trouble;
    private final long seed;
    private final Counters counters = Counters.of(QUEUE_TICKS, THROTTLED_TICKS, SERVICE_TICKS, INJECTED);
    /** How many requests each injection has been about. */
    private final long[] struck;
    /** From when on the limits let another request through. */
    private long nextRequest;

    private long nextByte;
    private long used;
    /** The sector at which the request that began fails, or none; and whether it is a flush that fails. */
    private long failing = NOWHERE;

    private boolean flushFails;

    StoreDisk(
            String name,
            Store store,
            int number,
            long first,
            long sectors,
            Limit limit,
            List<Injection> trouble,
            long seed) {
        this.name = name;
        this.store = store;
        this.number = number;
        this.first = first;
        this.sectors = sectors;
        this.limit = limit;
        this.trouble = List.copyOf(trouble);
        this.seed = seed;
        struck = new long[trouble.size()];
    }

    public String name() {
        return name;
    }

    int number() {
        return number;
    }

    long first() {
        return first;
    }

    @Override
    public long sectors() {
        return sectors;
    }

    // ---- time

    @Override
    public void begin(Operation operation, long sector, int count, long now) {
        failing = NOWHERE;
        flushFails = false;
        store.submit(this, operation, first + sector, count, now, trouble(operation, sector, count));
    }

    @Override
    public long left(long now) {
        return store.left(this, now);
    }

    @Override
    public void abandon() {
        failing = NOWHERE;
        flushFails = false;
        store.remove(this);
    }

    /** What befalls the request; by how much it is delayed. */
    private long trouble(Operation operation, long sector, int count) {
        long delay = 0;
        for (int i = 0; i < struck.length; i++) {
            Injection injection = trouble.get(i);
            if (!injection.concerns(operation, sector, count) || !injection.strikes(++struck[i], seed + i)) {
                continue;
            }
            delay += injection.delay();
            if (injection.fails()) {
                flushFails |= operation == Operation.FLUSH;
                failing = operation == Operation.FLUSH ? NOWHERE : Math.max(sector, injection.first());
            }
        }
        return delay;
    }

    /** When the limits let a request through that comes at {@code now}. */
    long admit(long now, long count) {
        long eligible = Math.max(now, Math.max(nextRequest, nextByte));
        long second = VirtualClock.TICKS_PER_SECOND;
        nextRequest = limit.requests() == 0 ? 0 : eligible + second / limit.requests();
        nextByte = limit.bytes() == 0 ? 0 : eligible + count * SECTOR * second / limit.bytes();
        return eligible;
    }

    /** Who asks after a pause does not get the service that it let go by. */
    void startLevelWith(long level) {
        used = Math.max(used, level);
    }

    /** Service that it has had, in ticks. */
    long used() {
        return used;
    }

    /** The store works for a request of this disk. */
    void served(Waiting request, long start, long ticks) {
        used += ticks;
        counters.add(SERVICE_TICKS, ticks);
        counters.add(THROTTLED_TICKS, request.eligible() - request.arrived());
        counters.add(QUEUE_TICKS, start - request.eligible());
    }

    @Override
    public Counters counters() {
        return counters;
    }

    // ---- content

    @Override
    public void read(long lba, int count, byte[] to, int offset) throws DiskFault {
        check(lba, count, DiskFault.Kind.UNREADABLE, "read");
        store.backing().read(first + lba, count, to, offset);
    }

    @Override
    public void write(long lba, int count, byte[] from, int offset) throws DiskFault {
        check(lba, count, DiskFault.Kind.UNWRITABLE, "written");
        store.backing().write(first + lba, count, from, offset);
    }

    @Override
    public void flush() throws DiskFault {
        if (flushFails) {
            flushFails = false;
            counters.add(INJECTED);
            throw new DiskFault(
                    DiskFault.Kind.UNWRITABLE, "'" + name + "' was not flushed: trouble that was asked for");
        }
        store.backing().flush();
    }

    private void check(long lba, int count, DiskFault.Kind kind, String done) throws DiskFault {
        if (failing >= lba && failing < lba + count) {
            long sector = failing;
            failing = NOWHERE;
            counters.add(INJECTED);
            throw new DiskFault(
                    kind, "sector " + sector + " of '" + name + "' was not " + done + ": trouble that was asked for");
        }
    }

    // ---- state

    @Override
    public void visit(StateVisitor v) {
        store.visit(v);
        long[] taken = v.longs("store.struck", struck.clone());
        System.arraycopy(taken, 0, struck, 0, struck.length);
        nextRequest = v.int64("store.nextRequest", nextRequest);
        nextByte = v.int64("store.nextByte", nextByte);
        used = v.int64("store.used", used);
        failing = v.int64("store.failing", failing);
        flushFails = v.flag("store.flushFails", flushFails);
    }

    @Override
    public void close() {
        store.backing().close();
    }
}
