package ringside.vmm.frames;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ringside.machine.memory.FrameMap;
import ringside.machine.memory.PhysicalMemory;

/**
 * The frames behind one guest's memory: PA to MA.
 *
 * <p>A page has a frame of its own, shows one that others show too, has none yet (it reads as zeros), or lies in the VMM's
 * store since its frame was reclaimed. The guest cannot tell: whatever is asked for is brought in first.
 */
public final class GuestFrames implements FrameMap {
    /** Told before a page loses the frame that translations may still lead to. */
    public interface Watch {
        /** Nothing may reach {@code ma} by way of the page at {@code pa} any more, or not for writing. */
        void frameLost(int pa, int ma);

        /** Whether the page at {@code pa} must keep the frame that it has. */
        default boolean keeps(int pa) {
            return false;
        }
    }

    private static final int ABSENT = -1, STORED = -2, PAGE = PhysicalMemory.PAGE;
    /** A page that was just asked for keeps its frame until so many others were. */
    private static final int KEPT = 16;

    private final MachineMemory machine;
    private final PhysicalMemory memory;
    private final int[] frames;
    private final Map<Integer, byte[]> store = new HashMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final int[] recent = new int[KEPT];
    /** Pages that software asked for to write, where somebody wants to know; else null. */
    private BitSet written;

    private boolean pinned;
    private int asked;
    private int hand;
    private long populated;
    private long broughtBack;
    private long reclaimed;
    private long ballooned;

    /** Frames for {@code bytes} of guest memory, taken from the machine as {@code layout} says. */
    public GuestFrames(MachineMemory machine, int bytes, Layout layout) {
        this.machine = machine;
        this.memory = machine.bytes();
        this.frames = new int[bytes / PAGE];
        Arrays.fill(recent, -1);
        Arrays.fill(frames, ABSENT);
        machine.join(this);
        switch (layout) {
            case CONTIGUOUS, ONE_TO_ONE -> {
                int base = machine.reserve(bytes);
                Arrays.setAll(frames, page -> base + page * PAGE);
            }
            case SCATTERED -> {
                for (int page = 0; page < frames.length; page++) {
                    populate(page, true);
                }
            }
            case LAZY -> {}
        }
    }

    /** From now on every page keeps the frame it has: devices reach them, and a device cannot take a page fault. */
    public void pin() {
        for (int page = 0; page < frames.length; page++) {
            frame(page * PAGE, true);
        }
        pinned = true;
    }

    /** Whether frames stay where they are. */
    public boolean pinned() {
        return pinned;
    }

    /** What lay at {@code pa} and is no frame of memory, a device's page at {@code ma}, has moved away. */
    public void movedAway(int pa, int ma) {
        watches.forEach(watch -> watch.frameLost(pa, ma));
    }

    /** From now on {@code watch} is told of frames that go. */
    public void watch(Watch watch) {
        watches.add(watch);
    }

    int pages() {
        return frames.length;
    }

    // ---- asking

    @Override
    public int frame(int pa, boolean write) {
        int page = pa >>> 12;
        recent[asked++ & KEPT - 1] = page;
        if (write && written != null) {
            written.set(page);
        }
        int ma = frames[page];
        if (ma >= 0) {
            return write && !machine.isExclusive(ma) ? part(page) : ma;
        }
        return populate(page, write);
    }

    @Override
    public boolean writable(int pa) {
        int ma = frames[pa >>> 12];
        return ma >= 0 && machine.isExclusive(ma);
    }

    @Override
    public State state(int pa) {
        int ma = frames[pa >>> 12];
        if (ma < 0) {
            return ma == STORED ? State.STORED : State.ABSENT;
        }
        return machine.isExclusive(ma) ? State.OWN : State.SHARED;
    }

    private int populate(int page, boolean write) {
        byte[] kept = store.remove(page);
        if (kept != null) {
            frames[page] = machine.take();
            memory.write(frames[page], kept);
            broughtBack++;
        } else if (write) {
            frames[page] = machine.take();
            memory.fill(frames[page], PAGE, 0);
            populated++;
        } else {
            frames[page] = machine.zeroFrame();
            machine.share(frames[page]);
        }
        return frames[page];
    }

    /** The page gets a frame of its own, with what the shared one holds. */
    private int part(int page) {
        int shared = frames[page];
        int own = machine.take();
        memory.write(own, memory.read(shared, PAGE));
        machine.copied();
        lose(page);
        frames[page] = own;
        return own;
    }

    private void lose(int page) {
        int ma = frames[page];
        watches.forEach(watch -> watch.frameLost(page * PAGE, ma));
        machine.release(ma);
        frames[page] = ABSENT;
    }

    /** From now on notes the pages that are asked for to be written, whoever asks: VMM, devices, a processor's first write. */
    public void noteWrites() {
        written = new BitSet(frames.length);
    }

    /** The pages that were asked for since the last call, by number. */
    public BitSet takeWritten() {
        BitSet taken = written;
        noteWrites();
        return taken;
    }

    // ---- taking away

    /** Whether somebody holds the page to its frame: whoever pinned the guest, or has the processor read tables there. */
    boolean keeps(int page) {
        return pinned || watches.stream().anyMatch(watch -> watch.keeps(page * PAGE));
    }

    /**
     * The guest's balloon driver says that it does not need the {@code count} pages from {@code pa} on: they go, but for
     * those that must keep their frames.
     *
     * @return how many went
     */
    public int balloon(int pa, int count) {
        int gone = 0;
        for (int page = pa >>> 12; page < (pa >>> 12) + count; page++) {
            if (frames[page] >= 0 && keeps(page)) {
                continue;
            }
            if (frames[page] >= 0) {
                lose(page);
            }
            frames[page] = ABSENT;
            store.remove(page);
            gone++;
        }
        ballooned += gone;
        return gone;
    }

    /**
     * Takes the frame of the page at {@code pa} away; what it holds is kept in the VMM's store.
     *
     * @return false where the page has none or must keep it
     */
    public boolean reclaim(int pa) {
        int page = pa >>> 12;
        if (frames[page] < 0 || keeps(page)) {
            return false;
        }
        byte[] kept = memory.read(frames[page], PAGE);
        lose(page);
        store.put(page, kept);
        frames[page] = STORED;
        reclaimed++;
        return true;
    }

    /** Gives up the frame that it was given longest ago, as far as that can be. */
    boolean giveUpOne() {
        for (int i = 0; i < frames.length && !pinned; i++) {
            int page = hand++ % frames.length;
            boolean own = frames[page] >= 0 && machine.isExclusive(frames[page]);
            if (own && Arrays.stream(recent).noneMatch(other -> other == page) && reclaim(page * PAGE)) {
                return true;
            }
        }
        return false;
    }

    // ---- sharing

    /** The frame that the page has now, or a negative number. */
    int maOf(int page) {
        return frames[page];
    }

    /** The frame is about to be shown by another page too: it may no longer be written through this guest's. */
    void becomesShared(int ma) {
        if (machine.isExclusive(ma)) {
            for (int page = 0; page < frames.length; page++) {
                if (frames[page] == ma) {
                    int pa = page * PAGE;
                    watches.forEach(watch -> watch.frameLost(pa, ma));
                }
            }
        }
    }

    /** The page shows {@code ma}, of equal content, from now on. */
    void showInstead(int page, int ma) {
        lose(page);
        machine.share(ma);
        frames[page] = ma;
    }

    // ---- looking

    /** The frames that its pages have or show now, by number. */
    public BitSet held() {
        BitSet held = new BitSet();
        for (int ma : frames) {
            if (ma >= 0) {
                held.set(ma / PAGE);
            }
        }
        return held;
    }

    /**
     * How the guest's memory stands.
     *
     * @param own pages with a frame of their own
     * @param shared pages that show a frame others show too, the frame of zeros included
     * @param absent pages without a frame
     * @param stored pages whose frame was reclaimed
     * @param populated frames given on a first write so far
     * @param broughtBack reclaimed pages that were asked for again so far
     * @param reclaimed frames taken away so far, what they held kept
     * @param ballooned pages given up by the guest so far
     */
    public record Census(
            int own,
            int shared,
            int absent,
            int stored,
            long populated,
            long broughtBack,
            long reclaimed,
            long ballooned) {}

    public Census census() {
        int own = 0;
        int shared = 0;
        int stored = 0;
        for (int ma : frames) {
            own += ma >= 0 && machine.isExclusive(ma) ? 1 : 0;
            shared += ma >= 0 && !machine.isExclusive(ma) ? 1 : 0;
            stored += ma == STORED ? 1 : 0;
        }
        int absent = frames.length - own - shared - stored;
        return new Census(own, shared, absent, stored, populated, broughtBack, reclaimed, ballooned);
    }
}
