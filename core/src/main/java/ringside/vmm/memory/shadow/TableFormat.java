package ringside.vmm.memory.shadow;

import ringside.machine.paging.Walker;
import ringside.vmm.spi.VmmRegion;

/**
 * The format of the tables that the hardware walks, and the VMM's own mapping in them.
 *
 * <p>On a processor with PAE they have its format, so that a page can be kept from being executed where there is NX too;
 * else the two-level one. The region itself, where it is mapped, fills the last 4 MiB, for supervisors.
 *
 * @param wide PAE format
 * @param noExecute whether entries may forbid execution
 */
record TableFormat(VmmRegion region, boolean wide, boolean noExecute) {
    static final int PAGE = 0x1000;
    private static final int NO_EXECUTE = 1 << 31;

    int entrySize() {
        return wide ? 8 : 4;
    }

    int entriesPerTable() {
        return PAGE / entrySize();
    }

    /** What one entry of a directory covers: two to the power of this. */
    int spanShift() {
        return wide ? 21 : 22;
    }

    void set(int at, int entry, boolean executable) {
        region.put32(at, entry);
        if (wide) {
            region.put32(at + 4, executable || entry == 0 || !noExecute ? 0 : NO_EXECUTE);
        }
    }

    int get(int at) {
        return region.get32(at);
    }

    /** An entry for the table at offset {@code table} that leaves all rights to what the table holds. */
    void setTable(int at, int table) {
        set(at, region.ma(table) | Walker.P | Walker.W | Walker.U, true);
    }

    /** Offset in the region of the page that a present entry leads to. */
    int offset(int entry) {
        return (entry & -PAGE) - region.ma(0);
    }

    /** Index in its table of the entry for {@code la}. */
    int leafIndex(int la) {
        return la >>> 12 & entriesPerTable() - 1;
    }

    /** Index, in the directory that covers it, of the entry for {@code la}. */
    int directoryIndex(int la) {
        return wide ? la >>> 21 & 0x1ff : la >>> 22;
    }

    // ---- the VMM's own mapping

    /** How many tables map the region. */
    int ownTables() {
        return VmmRegion.SIZE >>> spanShift();
    }

    /** Fills the tables that map the region; {@code openCache} lets ring 3 into the translation cache. */
    void fillOwnTable(boolean openCache) {
        for (int page = 0; page < VmmRegion.SIZE; page += PAGE) {
            int rights = Walker.P | Walker.W | (openCache && page >= VmmRegion.CACHE_DATA ? Walker.U : 0);
            int entry = page == VmmRegion.GUARD ? 0 : region.ma(page) | rights;
            set(VmmRegion.OWN_TABLE + (page >>> 12) * entrySize(), entry, true);
        }
    }

    /** Enters the region into the directory at {@code directory}, which covers the top of linear space. */
    void mapOwn(int directory, boolean openCache) {
        for (int la = VmmRegion.BASE, table = VmmRegion.OWN_TABLE; la != 0; la += 1 << spanShift(), table += PAGE) {
            int rights = Walker.P | Walker.W | (openCache ? Walker.U : 0);
            set(directory + directoryIndex(la) * entrySize(), region.ma(table) | rights, true);
        }
    }
}
