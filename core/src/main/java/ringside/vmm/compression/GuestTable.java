package ringside.vmm.compression;

import java.util.Set;
import ringside.machine.bus.SystemBus;
import ringside.machine.paging.Peek;

/**
 * A descriptor table of the guest: where it lies in machine memory now, what it says, and which entries were written
 * since somebody last asked. Looking leaves no trace.
 */
final class GuestTable {
    private static final int PAGE = 0x1000;
    private static final int ENTRY = 8;

    private final Peek peek;
    private final SystemBus bus;
    private int base;
    private int size;
    private int[] pages = {};
    private boolean[] untouched = {};
    /** Some page is not mapped, or was never read by the guest's processor: a flush need not announce the change. */
    private boolean unsettled;
    /** Entries to look at again: none where the first is behind the last. */
    private int firstDirty;

    private int lastDirty = -1;

    GuestTable(Peek peek, SystemBus bus) {
        this.peek = peek;
        this.bus = bus;
    }

    /**
     * Finds the table again; {@code limit} -1 where there is none.
     *
     * @param flushed whether translations may have changed
     * @return whether it lies in other machine pages than before
     */
    boolean locate(int tableBase, int limit, boolean flushed) {
        boolean same = base == tableBase && size == limit + 1;
        if (same && !flushed && !unsettled) {
            return false;
        }
        int before = size / ENTRY;
        base = tableBase;
        size = limit + 1;
        boolean moved = lookUp();
        if (moved || !same) {
            dirty(0, Math.max(before, count()) - 1);
        }
        return moved;
    }

    private boolean lookUp() {
        int count = size == 0 ? 0 : ((base & PAGE - 1) + size + PAGE - 1) / PAGE;
        boolean moved = pages.length != count;
        if (moved) {
            pages = new int[count];
            untouched = new boolean[count];
        }
        unsettled = false;
        boolean marks = false;
        for (int i = 0; i < count; i++) {
            var pa = peek.pa((base & -PAGE) + i * PAGE);
            boolean mark = peek.wouldMark();
            int ma = pa.isPresent() ? bus.direct(pa.getAsInt(), false) : SystemBus.NONE;
            moved |= pages[i] != ma;
            marks |= untouched[i] != mark;
            pages[i] = ma;
            untouched[i] = mark;
            unsettled |= mark || ma == SystemBus.NONE;
        }
        if (marks) {
            dirty(0, count() - 1);
        }
        return moved;
    }

    /** Bytes of a machine page are about to change: the entries among them are dirty. */
    void written(int ma, int length) {
        for (int i = 0; i < pages.length; i++) {
            if (pages[i] == (ma & -PAGE)) {
                int offset = i * PAGE + (ma & PAGE - 1) - (base & PAGE - 1);
                dirty(Math.max(0, offset / ENTRY), Math.min(count() - 1, (offset + length - 1) / ENTRY));
            }
        }
    }

    private void dirty(int first, int last) {
        if (first > last) {
            return;
        }
        boolean clean = firstDirty > lastDirty;
        firstDirty = clean ? first : Math.min(firstDirty, first);
        lastDirty = clean ? last : Math.max(lastDirty, last);
    }

    /** The first entry that may say something else than when {@link #clean} was called, or one behind the last. */
    int firstDirty() {
        return firstDirty;
    }

    int lastDirty() {
        return lastDirty;
    }

    void clean() {
        firstDirty = 0;
        lastDirty = -1;
    }

    /** Adds the machine pages it lies in. */
    void pages(Set<Integer> all) {
        for (int page : pages) {
            if (page != SystemBus.NONE) {
                all.add(page);
            }
        }
    }

    int base() {
        return base;
    }

    /** How many whole descriptors it has. */
    int count() {
        return size / ENTRY;
    }

    /** The eight bytes at {@code index}; 0, which is no descriptor, beyond the limit or where nothing is mapped. */
    long entry(int index) {
        if (index >= count()) {
            return 0;
        }
        return word(index * ENTRY) & 0xffff_ffffL | (long) word(index * ENTRY + 4) << 32;
    }

    private int word(int offset) {
        int at = (base & PAGE - 1) + offset;
        if ((at & PAGE - 1) <= PAGE - 4) {
            int page = pages[at / PAGE];
            return page == SystemBus.NONE ? 0 : bus.memory().get32(page + (at & PAGE - 1));
        }
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int page = pages[(at + i) / PAGE];
            int b = page == SystemBus.NONE ? 0 : bus.memory().get8(page + (at + i & PAGE - 1));
            value |= b << 8 * i;
        }
        return value;
    }

    /** Whether reading the entry would set accessed bits in the guest's page tables. */
    boolean untouched(int index) {
        int at = (base & PAGE - 1) + index * ENTRY;
        int last = (at + ENTRY - 1) / PAGE;
        return last < pages.length && (untouched[at / PAGE] || untouched[last]);
    }
}
