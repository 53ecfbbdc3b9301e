package ringside.properties.paging;

import static ringside.properties.paging.PagingPlaces.*;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.SystemBus;
import ringside.machine.paging.Walker;

/** The entries that the windows depend on, as they were last seen: tells what changed them. */
final class TableWatch {
    /** What became of the entries. */
    enum Change {
        NONE,
        /** Accessed bits were set, which any walk may do. */
        ACCESSED,
        /** Dirty bits too: by a write. */
        DIRTY,
        /** Something that no walk does. */
        WRITTEN
    }

    private static final int BYTES = 0x40;
    private static final int[] PAGES = {
        DIRECTORIES[0],
        DIRECTORIES[1],
        TABLES[0],
        TABLES[1],
        WIDE[0],
        WIDE[1],
        WIDE_TABLES[0],
        WIDE_TABLES[1],
        EARLY_TABLE,
        EARLY_WIDE_TABLE
    };

    private final SystemBus bus;
    private List<Integer> seen;

    TableWatch(SystemBus bus) {
        this.bus = bus;
        this.seen = entries();
    }

    /** Whether the entry at {@code pa} is one of them. */
    static boolean covers(int pa) {
        for (int page : PAGES) {
            if (pa >= page && pa < page + BYTES) {
                return true;
            }
        }
        return false;
    }

    private List<Integer> entries() {
        List<Integer> all = new ArrayList<>();
        for (int page : PAGES) {
            for (int at = page; at < page + BYTES; at += 4) {
                all.add(bus.read(32, at));
            }
        }
        return all;
    }

    /** What changed since the last call. */
    Change change() {
        List<Integer> now = entries();
        Change change = Change.NONE;
        for (int i = 0; i < now.size(); i++) {
            int before = seen.get(i);
            int after = now.get(i);
            Change one = before == after
                    ? Change.NONE
                    : after == (before | Walker.A)
                            ? Change.ACCESSED
                            : after == (before | Walker.A | Walker.D) || after == (before | Walker.D)
                                    ? Change.DIRTY
                                    : Change.WRITTEN;
            change = one.compareTo(change) > 0 ? one : change;
        }
        seen = now;
        return change;
    }
}
