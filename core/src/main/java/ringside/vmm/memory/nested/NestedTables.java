package ringside.vmm.memory.nested;

import ringside.machine.paging.NestedWalk;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.VmmRegion;

/** The tables that the second dimension walks, PA to MA, in the VMM's region: four levels of EPT or two of ordinary ones. */
final class NestedTables {
    private static final int PAGE = 0x1000;
    private static final int EPT_ALL = NestedWalk.READ | NestedWalk.WRITE | NestedWalk.FETCH;
    private static final int WRITE_BACK = 6 << 3;
    private static final int FLAT_ENTRY = Walker.P | Walker.W | Walker.U | Walker.A | Walker.D | Walker.PS;

    /** Where a guest without paging finds {@link #flat}: in the 4 MiB that this directory does not map. */
    static final int FLAT_PA = 0xfffbc000;

    private final VmmRegion region;
    private final boolean extended;
    private int next;

    NestedTables(VmmRegion region, int levels) {
        this.region = region;
        this.extended = levels == 4;
        for (int i = 0; i < PAGE / 4 - 1; i++) {
            region.put32(flat() + i * 4, i << 22 | FLAT_ENTRY);
        }
        region.put32(flat() + PAGE - 4, 0);
        clear();
    }

    /** Offset of a directory of ordinary entries: each LA but the last 4 MiB mapped to itself. */
    static int flat() {
        return root() + PAGE;
    }

    /** Offset of the top table in the region. */
    static int root() {
        return VmmRegion.POOL;
    }

    /** Forgets every mapping. */
    void clear() {
        region.fill(root(), PAGE, 0);
        next = flat() + PAGE;
    }

    /** How many pages they take. */
    int pages() {
        return (next - root()) / PAGE;
    }

    /** Bytes that one entry above the last level maps. */
    int largeSize() {
        return extended ? 0x200000 : 0x400000;
    }

    /** Whether two more tables can be made, as one mapping may need. */
    boolean hasRoom() {
        return next + 3 * PAGE <= VmmRegion.POOL_END;
    }

    private int entrySize() {
        return extended ? 8 : 4;
    }

    private int get(int at) {
        return region.get32(at);
    }

    private void set(int at, int entry) {
        region.put32(at, entry);
        if (extended) {
            region.put32(at + 4, 0);
        }
    }

    private boolean present(int entry) {
        return (entry & (extended ? EPT_ALL : Walker.P)) != 0;
    }

    /** The table that the entry at {@code at} leads to, made where {@code make}; 0 where there is none. */
    private int below(int at, boolean make) {
        int entry = get(at);
        if (!present(entry)) {
            if (!make) {
                return 0;
            }
            region.fill(next, PAGE, 0);
            entry = region.ma(next) | (extended ? EPT_ALL : Walker.P | Walker.W | Walker.U);
            set(at, entry);
            next += PAGE;
        }
        return region.offset(entry & -PAGE);
    }

    /** Where the entry that maps the large page of {@code pa}, or leads to its table, lies; 0 where there is no table. */
    private int directoryEntry(int pa, boolean make) {
        if (!extended) {
            return root() + (pa >>> 22) * 4;
        }
        int pointers = below(root(), make);
        int directory = pointers == 0 ? 0 : below(pointers + (pa >>> 30) * 8, make);
        return directory == 0 ? 0 : directory + (pa >>> 21 & 0x1ff) * 8;
    }

    private boolean large(int entry) {
        return present(entry) && (entry & NestedWalk.LARGE) != 0;
    }

    /** Maps one page of 4 KiB, or a large one; a large page that is in the way goes. */
    void map(int pa, int ma, boolean writable, boolean big) {
        int at = directoryEntry(pa, true);
        int rights = extended
                ? NestedWalk.READ | NestedWalk.FETCH | (writable ? NestedWalk.WRITE : 0) | WRITE_BACK
                : Walker.P | Walker.U | (writable ? Walker.W : 0);
        if (big) {
            set(at, ma | rights | NestedWalk.LARGE);
            return;
        }
        if (large(get(at))) {
            set(at, 0);
        }
        set(below(at, true) + index(pa) * entrySize(), ma | rights);
    }

    private int index(int pa) {
        return pa >>> 12 & PAGE / entrySize() - 1;
    }

    /** Whether something is mapped there page by page. */
    boolean split(int pa) {
        int at = directoryEntry(pa, false);
        return at != 0 && present(get(at)) && !large(get(at));
    }

    /** Where the entry that maps {@code pa} lies; 0 where nothing does. */
    private int leafAt(int pa) {
        int at = directoryEntry(pa, false);
        if (at == 0 || !present(get(at))) {
            return 0;
        }
        int leaf = large(get(at)) ? at : below(at, false) + index(pa) * entrySize();
        return present(get(leaf)) ? leaf : 0;
    }

    /** Drops what maps {@code pa}, the whole of a large page. */
    void drop(int pa) {
        int at = leafAt(pa);
        if (at != 0) {
            set(at, 0);
        }
    }

    /** How many bytes the mapping of {@code pa} covers; 0 where there is none. */
    int size(int pa) {
        int at = leafAt(pa);
        return at == 0 ? 0 : large(get(at)) && at == directoryEntry(pa, false) ? largeSize() : PAGE;
    }

    /** Whether the page of {@code pa} was written since its dirty bit was last taken; takes it. */
    boolean takeDirty(int pa) {
        int at = leafAt(pa);
        int dirty = extended ? NestedWalk.DIRTY : Walker.D;
        if (at == 0 || (get(at) & dirty) == 0) {
            return false;
        }
        set(at, get(at) & ~dirty);
        return true;
    }
}
