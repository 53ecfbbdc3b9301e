package ringside.machine.paging;

import java.util.Arrays;
import java.util.SplittableRandom;
import ringside.observe.Counters;

/**
 * The model of a TLB: which translations the processor still knows, and what it did to find the others.
 *
 * <p>An entry holds what its walk found and stays until it is flushed or replaced, whatever becomes of the tables. It is
 * used by accesses that it allows; another access walks again and replaces it. Entries carry the tag that was in force
 * when they were made and are seen under that tag alone. The flat maps of the MMU are this model's front: whoever
 * removes an entry here clears it there, by way of {@link Front}.
 */
public final class Tlb {
    /** Whoever shows the entries for quick access. */
    interface Front {
        /** The translation of the page of {@code la} is gone; with {@code large}, those of {@code pages} pages from it. */
        void gone(int la, int pages);
    }

    private static final int USER = 1, WRITABLE = 2, EXECUTABLE = 4, GLOBAL = 8, DIRTY = 16;
    /** A piece of 4 KiB of a page that is large in the guest's tables. */
    private static final int PIECE = 32;

    private static final int NONE = -1;

    private final TlbShape shape;
    private final Front front;
    private final SplittableRandom random;
    /** By slot: those for 4 KiB pages, set by set, then those for large ones. The page is -1 where there is none. */
    private final int[] pages;

    private final int[] frames;
    private final int[] rights;
    private final int[] tags;
    /** Of the page's size, as a power of two. */
    private final byte[] shifts;
    /** Which slot of a set is replaced next. */
    private final int[] oldest;

    private boolean piecesSeen;
    private int tag;

    /** References made through it: every fetch of an instruction, and every access to each page it touches. */
    public long references;

    /** References that found no entry which allowed them. */
    public long misses;

    /** References to page tables that walks made; writes of accessed and dirty bits not counted. */
    public long walkReferences;

    /** Directory pointers read by CR3 loads with PAE. */
    public long pdpteReferences;

    /** Entries replaced by others. */
    public long evictions;

    Tlb(TlbShape shape, Front front) {
        this.shape = shape;
        this.front = front;
        this.random = new SplittableRandom(shape.seed());
        int slots = shape.entries() + shape.largeEntries();
        pages = new int[slots];
        frames = new int[slots];
        rights = new int[slots];
        tags = new int[slots];
        shifts = new byte[slots];
        oldest = new int[shape.sets() + 1];
        Arrays.fill(pages, NONE);
        Arrays.fill(shifts, (byte) 12);
    }

    public TlbShape shape() {
        return shape;
    }

    // ---- finding

    /** The entry for {@code la} under the tag in force, or -1. */
    int find(int la) {
        int page = la >>> 12;
        int first = (page & shape.sets() - 1) * shape.ways();
        for (int slot = first; slot < first + shape.ways(); slot++) {
            if (pages[slot] == page && tags[slot] == tag) {
                return slot;
            }
        }
        for (int slot = shape.entries(); slot < pages.length; slot++) {
            if (pages[slot] == la >>> shifts[slot] && tags[slot] == tag) {
                return slot;
            }
        }
        return NONE;
    }

    /** Whether the entry serves the access without a walk. */
    boolean allows(int slot, boolean write, boolean user, boolean fetch, boolean writeProtect) {
        int r = rights[slot];
        boolean writes = (r & DIRTY) != 0 && ((r & WRITABLE) != 0 || !user && !writeProtect);
        return (!user || (r & USER) != 0) && (!write || writes) && (!fetch || (r & EXECUTABLE) != 0);
    }

    /** PA of the 4 KiB page of {@code la} by the entry. */
    int pa(int slot, int la) {
        return isLarge(slot) ? frames[slot] | la & (1 << shifts[slot]) - 1 & ~0xfff : frames[slot];
    }

    boolean isLarge(int slot) {
        return slot >= shape.entries();
    }

    boolean isGlobal(int slot) {
        return (rights[slot] & GLOBAL) != 0;
    }

    // ---- changing

    /**
     * Enters what a walk for {@code la} found, in place of whatever was there for the page.
     *
     * @param largeShift of the size of a large page in the tables that were walked
     * @param whole whether all of a large page leads where the walk went; else only this piece of it is entered
     */
    int insert(int la, Walker found, int largeShift, boolean whole, boolean noExecute) {
        int before = find(la);
        if (before >= 0) {
            remove(before);
        }
        boolean large = found.large && whole && shape.largeEntries() > 0;
        int slot = large ? victim(shape.sets(), shape.entries(), shape.largeEntries()) : smallVictim(la);
        if (pages[slot] != NONE) {
            evictions++;
            remove(slot);
        }
        int shift = large ? largeShift : 12;
        boolean piece = found.large && !large;
        piecesSeen |= piece;
        pages[slot] = la >>> shift;
        shifts[slot] = (byte) shift;
        frames[slot] = found.pa & -(1 << shift);
        tags[slot] = tag;
        rights[slot] = (found.userPage ? USER : 0)
                | (found.writable ? WRITABLE : 0)
                | (found.executable || !noExecute ? EXECUTABLE : 0)
                | (found.global ? GLOBAL : 0)
                | (found.dirty ? DIRTY : 0)
                | (piece ? PIECE : 0);
        return slot;
    }

    private int smallVictim(int la) {
        int set = la >>> 12 & shape.sets() - 1;
        return victim(set, set * shape.ways(), shape.ways());
    }

    private int victim(int set, int first, int count) {
        for (int slot = first; slot < first + count; slot++) {
            if (pages[slot] == NONE) {
                return slot;
            }
        }
        if (shape.random()) {
            return first + random.nextInt(count);
        }
        int slot = first + oldest[set];
        oldest[set] = (oldest[set] + 1) % count;
        return slot;
    }

    private void remove(int slot) {
        if (pages[slot] == NONE) {
            return;
        }
        if (tags[slot] == tag) {
            front.gone(pages[slot] << shifts[slot], 1 << shifts[slot] - 12);
        }
        pages[slot] = NONE;
    }

    /** Drops every entry, of all tags. */
    void flushAll() {
        for (int slot = 0; slot < pages.length; slot++) {
            remove(slot);
        }
        piecesSeen = false;
    }

    /** Drops what a CR3 load drops: entries of the tag in force that are not global. */
    void flushNonGlobal() {
        for (int slot = 0; slot < pages.length; slot++) {
            if (tags[slot] == tag && !isGlobal(slot)) {
                remove(slot);
            }
        }
    }

    /** Drops the entry of the page of {@code la}, global or not; with it every piece of the large page that it may be in. */
    void flushPage(int la) {
        for (int slot = find(la); slot >= 0; slot = find(la)) {
            remove(slot);
        }
        for (int slot = 0; piecesSeen && slot < shape.entries(); slot++) {
            if ((rights[slot] & PIECE) != 0 && pages[slot] >>> 10 == la >>> 22 && tags[slot] == tag) {
                remove(slot);
            }
        }
    }

    /** Drops every entry of {@code gone}, the one in force or not. */
    void flushTag(int gone) {
        for (int slot = 0; slot < pages.length; slot++) {
            if (tags[slot] == gone) {
                remove(slot);
            }
        }
    }

    /** Drops the entries that lead to the 4 KiB page at {@code pa}, of all tags. */
    void dropFrame(int pa) {
        for (int slot = 0; slot < pages.length; slot++) {
            if (pages[slot] != NONE && frames[slot] == (pa & -(1 << shifts[slot]))) {
                remove(slot);
            }
        }
    }

    int tag() {
        return tag;
    }

    void tag(int next) {
        tag = next;
    }

    // ---- looking

    /** Entries there are now, of all tags. */
    public int held() {
        return (int) Arrays.stream(pages).filter(page -> page != NONE).count();
    }

    /** What was counted; hits are references that were no misses. */
    public Counters counters() {
        Counters counters = new Counters();
        counters.add("tlbReferences", references);
        counters.add("tlbHits", references - misses);
        counters.add("tlbMisses", misses);
        counters.add("tlbEvictions", evictions);
        counters.add("walkReferences", walkReferences);
        counters.add("pdpteReferences", pdpteReferences);
        return counters;
    }
}
