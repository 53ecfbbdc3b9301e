package ringside.vmm.memory.shadow;

import ringside.machine.paging.Walker;
import ringside.vmm.spi.VmmRegion;

/**
 * The page tables that the hardware walks: in the VMM's region, one root for each world, tables taken from one pool.
 *
 * <p>On a processor with NX they have the PAE format, so that a page can be kept from being executed; else the two-level
 * one. The region itself, where it is mapped, fills the last 4 MiB of each world, for supervisors.
 */
final class ShadowTables {
    private static final int PAGE = 0x1000;
    /** Root page and the four directories of the PAE format; the two-level format uses the first page alone. */
    private static final int PAGES_OF_ROOT = 5;

    private static final int NO_EXECUTE = 1 << 31;

    private final VmmRegion region;
    private final boolean ownMapping;
    private final boolean wide;
    private final boolean openCache;
    private int next = VmmRegion.POOL;

    /**
     * @param ownMapping whether the VMM's region is mapped at the top of each world
     * @param wide PAE format
     * @param openCache whether paging lets ring 3 into the translation cache
     */
    ShadowTables(VmmRegion region, int worlds, boolean ownMapping, boolean wide, boolean openCache) {
        this.region = region;
        this.ownMapping = ownMapping;
        this.wide = wide;
        this.openCache = openCache;
        for (int page = 0; page < VmmRegion.SIZE; page += PAGE) {
            int rights = Walker.P | Walker.W | (openCache && page >= VmmRegion.CACHE_DATA ? Walker.U : 0);
            int entry = page == VmmRegion.GUARD ? 0 : region.ma(page) | rights;
            set(VmmRegion.OWN_TABLE + (page >>> 12) * entrySize(), entry, true);
        }
        for (int world = 0; world < worlds; world++) {
            clear(world);
        }
    }

    private int entrySize() {
        return wide ? 8 : 4;
    }

    private int entriesPerTable() {
        return PAGE / entrySize();
    }

    private int spanShift() {
        return wide ? 21 : 22;
    }

    private void set(int at, int entry, boolean executable) {
        region.put32(at, entry);
        if (wide) {
            region.put32(at + 4, executable || entry == 0 ? 0 : NO_EXECUTE);
        }
    }

    /** MA of the world's root, for CR3. */
    int root(int world) {
        return region.ma(rootAt(world));
    }

    private static int rootAt(int world) {
        return VmmRegion.DIRECTORIES + world * PAGES_OF_ROOT * PAGE;
    }

    private int directory(int world) {
        return wide ? rootAt(world) + PAGE : rootAt(world);
    }

    private int directoryEntryAt(int world, int la) {
        return directory(world) + (la >>> spanShift()) * entrySize();
    }

    private void clear(int world) {
        region.fill(rootAt(world), PAGES_OF_ROOT * PAGE, 0);
        if (wide) {
            for (int i = 0; i < 4; i++) {
                region.put64(rootAt(world) + i * 8, region.ma(directory(world) + i * PAGE) | Walker.P, 0);
            }
        }
        if (ownMapping) {
            for (int la = VmmRegion.BASE, table = VmmRegion.OWN_TABLE; la != 0; la += 1 << spanShift(), table += PAGE) {
                set(directoryEntryAt(world, la), region.ma(table) | Walker.P | Walker.W | (openCache ? Walker.U : 0), true);
            }
        }
    }

    /** Forgets every mapping of {@code worlds} worlds. */
    void clearAll(int worlds) {
        for (int world = 0; world < worlds; world++) {
            clear(world);
        }
        next = VmmRegion.POOL;
    }

    /** Whether a table for {@code la} is there or can be made. */
    boolean hasRoom(int world, int la) {
        return (directoryEntry(world, la) & Walker.P) != 0 || next < VmmRegion.POOL_END;
    }

    /** Enters {@code entry} for the page of {@code la}; returns what it replaced. */
    int put(int world, int la, int entry, boolean executable) {
        if ((directoryEntry(world, la) & Walker.P) == 0) {
            region.fill(next, PAGE, 0);
            set(directoryEntryAt(world, la), region.ma(next) | Walker.P | Walker.W | Walker.U, true);
            next += PAGE;
        }
        int at = entryAt(world, la);
        int old = region.get32(at);
        set(at, entry, executable);
        return old;
    }

    /** Drops the page of {@code la}; returns whether it was mapped. */
    boolean drop(int world, int la) {
        if ((directoryEntry(world, la) & Walker.P) == 0) {
            return false;
        }
        int at = entryAt(world, la);
        boolean mapped = (region.get32(at) & Walker.P) != 0;
        set(at, 0, true);
        return mapped;
    }

    /** Drops every mapping of the page at {@code ma}. */
    void dropFrame(int ma) {
        for (int at = VmmRegion.POOL; at < next; at += entrySize()) {
            int entry = region.get32(at);
            if ((entry & Walker.P) != 0 && (entry & -PAGE) == ma) {
                set(at, 0, true);
            }
        }
    }

    private int directoryEntry(int world, int la) {
        return region.get32(directoryEntryAt(world, la));
    }

    private int entryAt(int world, int la) {
        int index = la >>> 12 & entriesPerTable() - 1;
        return (directoryEntry(world, la) & -PAGE) - region.ma(0) + index * entrySize();
    }
}
