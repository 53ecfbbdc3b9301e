package ringside.vmm.frames;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import ringside.error.RingsideException;
import ringside.machine.memory.PhysicalMemory;

/**
 * The memory of the machine, and which of its frames are free: what VMMs and guests take their frames from.
 *
 * <p>A frame that several guest pages show is counted; it is nobody's to write. Where no frame is free, guests give one up
 * in turn.
 */
public final class MachineMemory {
    private static final int PAGE = PhysicalMemory.PAGE;

    private final PhysicalMemory memory;
    private final SplittableRandom random;
    /** Frames for guests that nobody has, and frames set aside that nobody has. */
    private final BitSet free;

    private final BitSet aside;
    private final int[] references;
    /** The first frame that is not set aside. */
    private final int guestsFrom;

    private final List<GuestFrames> guests = new ArrayList<>();
    private int zeroFrame = -1;
    private int nextVictim;
    private long copies;

    /**
     * @param fixed bytes set aside for what must lie in one piece
     * @param bytes how much there is beside
     * @param seed decides where scattered frames come from
     */
    public MachineMemory(int fixed, int bytes, long seed) {
        memory = new PhysicalMemory(fixed + bytes);
        random = new SplittableRandom(seed);
        int frames = memory.size() / PAGE;
        references = new int[frames];
        aside = new BitSet(frames);
        guestsFrom = fixed / PAGE;
        aside.set(0, fixed / PAGE);
        free = new BitSet(frames);
        free.set(fixed / PAGE, frames);
    }

    public PhysicalMemory bytes() {
        return memory;
    }

    /** Frames for guests that nobody has. */
    public int freeFrames() {
        return free.cardinality();
    }

    /** Takes {@code length} bytes in one piece, of what is set aside if they fit there; for good. */
    public int reserve(int length) {
        int count = (length + PAGE - 1) / PAGE;
        int from = run(aside, count);
        BitSet source = from >= 0 ? aside : free;
        from = from >= 0 ? from : run(free, count);
        if (from < 0) {
            throw full();
        }
        Arrays.fill(references, from, from + count, 1);
        source.clear(from, from + count);
        return from * PAGE;
    }

    /** The lowest of {@code count} frames in a row, or -1. */
    private static int run(BitSet frames, int count) {
        for (int from = frames.nextSetBit(0); from >= 0; from = frames.nextSetBit(frames.nextClearBit(from))) {
            if (frames.nextClearBit(from) - from >= count) {
                return from;
            }
        }
        return -1;
    }

    private RingsideException full() {
        return new RingsideException(
                "the machine's memory of " + (memory.size() >> 20) + " MiB has no frame left",
                "",
                "give the machine more memory, or its guests less");
    }

    // ---- frames for guests

    /** The guest that joined as number {@code index}, from 0. */
    public GuestFrames guest(int index) {
        return guests.get(index);
    }

    /** How many guests have joined. */
    public int guests() {
        return guests.size();
    }

    void join(GuestFrames guest) {
        guests.add(guest);
    }

    /** A frame for one page of a guest, its bytes as whoever had it last left them. */
    int take() {
        if (free.isEmpty()) {
            reclaim();
        }
        int start = random.nextInt(references.length);
        int frame = free.nextSetBit(start);
        frame = frame < 0 ? free.nextSetBit(0) : frame;
        free.clear(frame);
        references[frame] = 1;
        return frame * PAGE;
    }

    private void reclaim() {
        if (!reclaimOne()) {
            throw full();
        }
    }

    private boolean reclaimOne() {
        for (int i = 0; i < guests.size(); i++) {
            GuestFrames victim = guests.get(nextVictim++ % guests.size());
            if (victim.giveUpOne()) {
                return true;
            }
        }
        return false;
    }

    /** Takes frames from guests in turn until {@code wanted} are free, as far as that can be; how many it took. */
    public int freeUp(int wanted) {
        int taken = 0;
        while (freeFrames() < wanted && reclaimOne()) {
            taken++;
        }
        return taken;
    }

    void share(int ma) {
        references[ma / PAGE]++;
    }

    void release(int ma) {
        if (--references[ma / PAGE] == 0) {
            free.set(ma / PAGE);
        }
    }

    /** Whether one guest page alone shows the frame. */
    boolean isExclusive(int ma) {
        return references[ma / PAGE] == 1;
    }

    /** The frame of zeros that pages show before anything is written to them. */
    int zeroFrame() {
        if (zeroFrame < 0) {
            zeroFrame = take();
            memory.fill(zeroFrame, PAGE, 0);
        }
        return zeroFrame;
    }

    void copied() {
        copies++;
    }

    // ---- sharing by content

    /**
     * What sharing by content came to.
     *
     * @param scanned guest pages that were looked at
     * @param merged pages that gave up a frame of their own
     * @param copies shared frames that were parted by a write since the machine was started
     */
    public record Sharing(int scanned, int merged, long copies) {}

    /** Lets guest pages of equal content, of whichever guest, show one frame; a write parts them again. */
    public Sharing shareEqualPages() {
        Map<Long, List<Integer>> byContent = new HashMap<>();
        int scanned = 0;
        int merged = 0;
        for (GuestFrames guest : guests) {
            for (int page = 0; page < guest.pages() && !guest.pinned(); page++) {
                int ma = guest.maOf(page);
                if (ma >= 0 && !guest.keeps(page)) {
                    scanned++;
                    int same = sameAs(byContent, ma);
                    if (same != ma) {
                        guests.forEach(owner -> owner.becomesShared(same));
                        guest.showInstead(page, same);
                        merged++;
                    }
                }
            }
        }
        return new Sharing(scanned, merged, copies);
    }

    /**
     * How the memory for guests stands.
     *
     * @param inUse frames that are not free, what is set aside for VMMs not among them
     * @param shown frames that several guest pages show
     * @param saved frames that there would be more if each page had its own
     * @param zeros those of them that would hold zeros
     * @param copies shared frames that were parted by a write since the machine was started
     */
    public record Standing(int inUse, int shown, int saved, int zeros, long copies) {
        /** Frames as MiB. */
        public static double mib(int frames) {
            return (double) frames * PAGE / (1 << 20);
        }
    }

    /** How the memory stands now. */
    public Standing standing() {
        byte[] none = new byte[PAGE];
        int inUse = 0;
        int shown = 0;
        int saved = 0;
        int zeros = 0;
        for (int frame = guestsFrom; frame < references.length; frame++) {
            inUse += free.get(frame) ? 0 : 1;
            if (references[frame] > 1) {
                shown++;
                saved += references[frame] - 1;
                zeros += Arrays.equals(memory.read(frame * PAGE, PAGE), none) ? references[frame] - 1 : 0;
            }
        }
        return new Standing(inUse, shown, saved, zeros, copies);
    }

    private int sameAs(Map<Long, List<Integer>> byContent, int ma) {
        CRC32 sum = new CRC32();
        sum.update(memory.read(ma, PAGE));
        List<Integer> candidates = byContent.computeIfAbsent(sum.getValue(), key -> new ArrayList<>());
        for (int other : candidates) {
            if (memory.mismatch(ma, memory, other, PAGE) < 0) {
                return other;
            }
        }
        candidates.add(ma);
        return ma;
    }
}
