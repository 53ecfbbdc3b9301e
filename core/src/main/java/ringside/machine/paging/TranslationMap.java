package ringside.machine.paging;

import java.util.Arrays;
import ringside.machine.memory.PhysicalMemory;

/**
 * A flat map from linear page to machine page for one kind of access: the software TLB.
 *
 * <p>An entry is {@code 0x80000000 | ma}, 0 where there is none, so that one test catches absence and page crossing
 * together: with {@code x = 0xfff - (la & 0xfff) - (size - 1)}, {@code (entry & ~x) < 0} means present and not crossing.
 * Filled pages are logged, so that a flush touches only those. A map that was never filled costs no memory: its entries
 * are {@link #NONE}, which all such maps share and nobody writes.
 */
public final class TranslationMap {
    static final int PRESENT = 0x80000000;
    /** No translations at all. */
    static final int[] NONE = new int[1 << 20];

    private static final byte[] NO_GLOBALS = {};

    /** {@link #NONE} up to the first {@link #fill}, then the same array for good. */
    int[] entries = NONE;

    private int[] log = new int[256];
    private int logged;
    private boolean anyGlobal;
    /** A bit for each page, made for the first global one; those that are set are of pages in the log. */
    private byte[] globals = NO_GLOBALS;

    /** Enters a page. Whether {@link #entries} is another array than before: so it is the first time. */
    boolean fill(int la, int ma, boolean global) {
        int page = la >>> 12;
        boolean first = entries == NONE;
        if (first) {
            entries = new int[NONE.length];
        }
        if (entries[page] == 0) {
            if (logged == log.length) {
                compact();
            }
            log[logged++] = page;
        }
        entries[page] = PRESENT | ma;
        if (global) {
            globals = globals.length == 0 ? new byte[NONE.length / 8] : globals;
            globals[page >>> 3] |= (byte) (1 << (page & 7));
            anyGlobal = true;
        } else {
            notGlobal(page);
        }
        return first;
    }

    private void notGlobal(int page) {
        if (anyGlobal) {
            globals[page >>> 3] &= (byte) ~(1 << (page & 7));
        }
    }

    /** Pages dropped one by one stay in the log: squeeze them out before the log grows. */
    private void compact() {
        int kept = 0;
        Arrays.sort(log, 0, logged);
        for (int i = 0; i < logged; i++) {
            if (entries[log[i]] != 0 && (i == 0 || log[i] != log[i - 1])) {
                log[kept++] = log[i];
            } else if (entries[log[i]] == 0) {
                notGlobal(log[i]);
            }
        }
        logged = kept;
        if (logged > log.length / 2) {
            log = Arrays.copyOf(log, log.length * 2);
        }
    }

    void drop(int la) {
        if (entries != NONE) {
            entries[la >>> 12] = 0;
        }
    }

    void flush(boolean globalToo) {
        int kept = 0;
        for (int i = 0; i < logged; i++) {
            int page = log[i];
            boolean global = anyGlobal && (globals[page >>> 3] & 1 << (page & 7)) != 0;
            if (global && !globalToo && entries[page] != 0) {
                log[kept++] = page;
                continue;
            }
            entries[page] = 0;
            if (global) {
                notGlobal(page);
            }
        }
        logged = kept;
        anyGlobal &= kept > 0;
    }

    /** Drops every entry that leads to the page at {@code ma}. */
    void dropMachinePage(int ma) {
        int entry = PRESENT | ma;
        for (int i = 0; i < logged; i++) {
            if (entries[log[i]] == entry) {
                entries[log[i]] = 0;
            }
        }
    }

    /** Drops every entry that leads to a page with decoded code. */
    void dropCodePages(PhysicalMemory memory) {
        for (int i = 0; i < logged; i++) {
            int entry = entries[log[i]];
            if (entry != 0 && memory.holdsCode(entry & ~PRESENT)) {
                entries[log[i]] = 0;
            }
        }
    }
}
