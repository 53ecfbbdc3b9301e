package ringside.vmm.device.stack;

import java.util.ArrayList;
import java.util.List;
import ringside.error.RingsideException;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.state.StateVisitor;

/**
 * Storage that several disks share: a backing, and the queue before it that serves one request at a time.
 *
 * <p>Time is whatever the disks' machines say; it never runs backwards here: a request from a clock that is behind counts
 * as made now. Which request is served next is decided when the one before ends, among all that wait by then.
 */
public final class Store {
    private final String name;
    private final DiskBacking backing;
    private final Discipline discipline;
    private final Timing timing;
    private final List<StoreDisk> disks = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private Waiting served;
    private long servedUntil;
    private long free;
    private long now;
    private long head;
    private boolean upwards = true;
    /** What the disk that was served last had been served before: nobody who comes is behind that. */
    private long level;

    private long arrivals;
    private int deepest;

    public Store(String name, DiskBacking backing, Discipline discipline, Timing timing) {
        this.name = name;
        this.backing = backing;
        this.discipline = discipline;
        this.timing = timing;
    }

    public String name() {
        return name;
    }

    public long sectors() {
        return backing.sectors();
    }

    /** The most requests that were there at a time, the one being served among them. */
    public int deepest() {
        return deepest;
    }

    /** All disks on it, in the order in which they were made. */
    public List<StoreDisk> disks() {
        return List.copyOf(disks);
    }

    /** A disk made of the first part that is free; refused where none is large enough. */
    public StoreDisk disk(String disk, long sectors, Limit limit, List<Injection> trouble, long seed) {
        long first = disks.stream()
                .mapToLong(other -> other.first() + other.sectors())
                .max()
                .orElse(0);
        if (sectors < 1 || first > backing.sectors() - sectors) {
            throw new RingsideException(
                    "disk '" + disk + "' wants " + sectors + " sectors of '" + name + "', where "
                            + (backing.sectors() - first) + " of " + backing.sectors() + " are free",
                    "",
                    "make the disk smaller or the storage larger");
        }
        StoreDisk made = new StoreDisk(disk, this, disks.size(), first, sectors, limit, trouble, seed);
        disks.add(made);
        return made;
    }

    /** The content, for the disks. */
    DiskBacking backing() {
        return backing;
    }

    // ---- the queue

    void submit(StoreDisk disk, BlockRequest.Operation operation, long sector, int sectors, long at, long delay) {
        advance(at);
        disk.startLevelWith(level);
        long eligible = disk.admit(now, sectors);
        waiting.add(
                new Waiting(disk.number(), operation, sector, sectors, arrivals++, now, eligible, delay, disk.used()));
        deepest = Math.max(deepest, waiting.size() + (served == null ? 0 : 1));
        advance(at);
    }

    /** At least so many ticks until the disk's request is served; 0 where none is in the queue. */
    long left(StoreDisk disk, long at) {
        advance(at);
        if (served != null && served.disk() == disk.number()) {
            return servedUntil - now;
        }
        for (Waiting request : waiting) {
            if (request.disk() == disk.number()) {
                long turn = served == null ? request.eligible() : servedUntil;
                return Math.max(1, Math.max(turn, request.eligible()) - now);
            }
        }
        return 0;
    }

    /** The disk's request leaves the queue; one that is being served keeps the store busy to its end. */
    void remove(StoreDisk disk) {
        waiting.removeIf(request -> request.disk() == disk.number());
    }

    /** Everything that began and ended by then has. */
    private void advance(long at) {
        now = Math.max(now, at);
        while (served == null || servedUntil <= now) {
            if (served != null) {
                free = servedUntil;
                served = null;
            }
            long first = waiting.stream().mapToLong(Waiting::eligible).min().orElse(Long.MAX_VALUE);
            long start = Math.max(free, first);
            if (start > now) {
                return;
            }
            serve(start);
        }
    }

    private void serve(long start) {
        List<Waiting> ready =
                waiting.stream().filter(request -> request.eligible() <= start).toList();
        served = discipline.choice().of(ready, head, upwards);
        waiting.remove(served);
        level = Math.max(level, served.used());
        boolean moves = served.operation() != BlockRequest.Operation.FLUSH;
        long way = moves ? Math.abs(served.sector() - head) : 0;
        long ticks = timing.ticks(way, backing.sectors(), served.sectors()) + served.delay();
        servedUntil = start + ticks;
        disks.get(served.disk()).served(served, start, ticks);
        if (moves) {
            upwards = served.sector() == head ? upwards : served.sector() > head;
            head = served.sector() + served.sectors();
        }
    }

    // ---- state

    void visit(StateVisitor v) {
        backing.visit(v);
        now = v.int64("store.now", now);
        free = v.int64("store.free", free);
        head = v.int64("store.head", head);
        upwards = v.flag("store.upwards", upwards);
        level = v.int64("store.level", level);
        arrivals = v.int64("store.arrivals", arrivals);
        deepest = v.int32("store.deepest", deepest);
        servedUntil = v.int64("store.servedUntil", servedUntil);
        List<Waiting> all = new ArrayList<>(waiting);
        boolean busy = v.flag("store.busy", served != null);
        if (served != null) {
            all.addFirst(served);
        }
        List<Waiting> loaded = WaitingState.visit(v, all);
        served = busy ? loaded.removeFirst() : null;
        waiting.clear();
        waiting.addAll(loaded);
    }
}
