package ringside.lab.road;

import java.util.Optional;
import java.util.StringJoiner;
import ringside.machine.paging.NestedWalk;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.WalkTrace.Access;
import ringside.machine.paging.WalkTrace.Entry;
import ringside.machine.paging.WalkTrace.Outcome;
import ringside.machine.paging.WalkTrace.Table;
import ringside.machine.paging.Walker;

/** Entries of tables, and faults, in words. */
final class EntryText {
    private static final long NO_EXECUTE = 1L << 63;
    private static final long ADDRESS = 0xffff_f000L;
    private static final String[] MEMORY_TYPES = {"UC", "WC", "?2", "?3", "WT", "WP", "WB", "?7"};

    private EntryText() {}

    /** {@code PTE 301}, {@code EPT PDE 002}. */
    static String name(Entry entry) {
        String table = entry.table().name().replace('_', ' ').replace("NESTED", "nested");
        return entry.table() == Table.PDPTE
                ? table + " " + entry.index()
                : String.format("%s %03x", table, entry.index());
    }

    /** All its bits in hex, as many as it has. */
    static String bits(Entry entry) {
        boolean wide = entry.table().extended() || entry.value() >>> 32 != 0;
        return String.format(wide ? "%016x" : "%08x", entry.value());
    }

    /** Where it leads: {@code table 00005000}, {@code page 00302000}; empty where nowhere. */
    static String target(Entry entry) {
        if (!present(entry)) {
            return "not present";
        }
        long mask = entry.shift() > 12 ? -(1L << entry.shift()) : -1L;
        String size = switch (entry.shift()) {
            case 0 -> "table";
            case 12 -> "page";
            default -> (1 << entry.shift() - 20) + " MiB";
        };
        return String.format("%s %08x", size, entry.value() & ADDRESS & mask);
    }

    /** The bits that are not address: {@code P RW US A D}, or {@code RWX WB}. */
    static String flags(Entry entry) {
        if (!present(entry)) {
            return "";
        }
        return entry.table().extended() ? extended(entry) : ordinary(entry);
    }

    private static String ordinary(Entry entry) {
        long value = entry.value();
        if (entry.table() == Table.PDPTE) {
            return "P";
        }
        StringJoiner text = new StringJoiner(" ");
        text.add("P");
        text.add((value & Walker.W) != 0 ? "RW" : "RO");
        text.add((value & Walker.U) != 0 ? "US" : "S");
        bit(text, value, Walker.PWT, "PWT");
        bit(text, value, Walker.PCD, "PCD");
        bit(text, value, Walker.A, "A");
        bit(text, entry.shift() == 0 ? 0 : value, Walker.D, "D");
        bit(text, entry.shift() > 12 ? value : 0, Walker.PS, "PS");
        bit(text, entry.shift() == 0 ? 0 : value, Walker.G, "G");
        bit(text, value, NO_EXECUTE, "NX");
        return text.toString();
    }

    private static String extended(Entry entry) {
        long value = entry.value();
        StringJoiner text = new StringJoiner(" ");
        text.add(((value & NestedWalk.READ) != 0 ? "R" : "-")
                + ((value & NestedWalk.WRITE) != 0 ? "W" : "-")
                + ((value & NestedWalk.FETCH) != 0 ? "X" : "-"));
        if (entry.shift() != 0) {
            text.add(MEMORY_TYPES[(int) value >> 3 & 7]);
        }
        bit(text, value, NestedWalk.ACCESSED, "A");
        bit(text, entry.shift() == 0 ? 0 : value, NestedWalk.DIRTY, "D");
        return text.toString();
    }

    private static void bit(StringJoiner text, long value, long bit, String name) {
        if ((value & bit) != 0) {
            text.add(name);
        }
    }

    static boolean present(Entry entry) {
        long any = entry.table().extended() ? NestedWalk.READ | NestedWalk.WRITE | NestedWalk.FETCH : Walker.P;
        return (entry.value() & any) != 0;
    }

    // ---- faults

    /** {@code #PF 0007 (protection, write, user)}. */
    static String fault(int error) {
        StringJoiner text = new StringJoiner(", ", String.format("#PF %04x (", error), ")");
        text.add(
                (error & Walker.ERROR_RSVD) != 0
                        ? "reserved bit"
                        : (error & Walker.ERROR_P) != 0 ? "protection" : "not present");
        text.add((error & Walker.ERROR_I) != 0 ? "fetch" : (error & Walker.ERROR_W) != 0 ? "write" : "read");
        text.add((error & Walker.ERROR_U) != 0 ? "user" : "supervisor");
        return text.toString();
    }

    /** {@code a user's write}. */
    static String access(Access access) {
        return (access.user() ? "a user's " : "a supervisor's ") + kind(access);
    }

    /** {@code read}, {@code write} or {@code fetch}. */
    static String kind(Access access) {
        return access.fetch() ? "fetch" : access.write() ? "write" : "read";
    }

    /** Which entry ends the walk, and why; nothing where the walk ends in a page. */
    static Optional<String> end(WalkTrace trace) {
        return switch (trace.outcome()) {
            case Outcome.Page page -> Optional.empty();
            case Outcome.Fault(int error) -> Optional.of(endOfFirst(trace, error));
            case Outcome.Violation(int pa, int access, int allowed) ->
                Optional.of(endOfSecond(trace, String.format("the way of PA %08x", pa)));
            case Outcome.Misconfiguration(int pa) ->
                Optional.of(endOfSecond(trace, String.format("a misconfiguration on the way of PA %08x", pa)));
        };
    }

    private static String endOfFirst(WalkTrace trace, int error) {
        Entry last = trace.entries().getLast();
        if (!present(last)) {
            return name(last) + " is not present";
        }
        if ((error & Walker.ERROR_RSVD) != 0) {
            return name(last) + " has a reserved bit set";
        }
        for (Entry entry : trace.entries()) {
            if (entry.table() != Table.PDPTE) {
                if (trace.access().user() && (entry.value() & Walker.U) == 0) {
                    return name(entry) + " is the supervisor's";
                }
                if (trace.access().write() && (entry.value() & Walker.W) == 0) {
                    return name(entry) + " is read-only";
                }
                if (trace.access().fetch() && (entry.value() & NO_EXECUTE) != 0) {
                    return name(entry) + " forbids execution";
                }
            }
        }
        return name(last) + " forbids it";
    }

    private static String endOfSecond(WalkTrace trace, String what) {
        boolean ofTable =
                !trace.entries().isEmpty() && trace.entries().getLast().ma() < 0;
        var way = ofTable ? trace.entries().getLast().way() : trace.way();
        if (way.isEmpty()) {
            return what;
        }
        Entry last = way.getLast();
        return name(last) + (present(last) ? " does not allow it" : " is not present") + ", on " + what;
    }

    /** The type of a segment by its access rights. */
    static String segment(int rights) {
        boolean code = (rights & 8) != 0;
        boolean second = (rights & 2) != 0;
        String type = code ? second ? "code, readable" : "code" : second ? "data, writable" : "data";
        String down = !code && (rights & 4) != 0 ? ", expand-down" : "";
        return type + down + ", DPL " + (rights >> 5 & 3);
    }
}
