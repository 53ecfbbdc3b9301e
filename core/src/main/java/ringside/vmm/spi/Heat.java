package ringside.vmm.spi;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Where in guest memory a VMM is kept busy: page faults that it resolved by PA, exits by the linear address of the code. */
public final class Heat {
    private static final String SCALE = ".:-=+*#%@";
    private static final int ROW = 64;

    private final Map<Integer, Long> faults = new TreeMap<>();
    private final Map<Integer, Long> exits = new TreeMap<>(Integer::compareUnsigned);

    /** A page fault on the page at {@code pa} was resolved. */
    public void fault(int pa) {
        faults.merge(pa >>> 12, 1L, Long::sum);
    }

    /** Code at {@code la} brought the VMM in, for something that the guest meant. */
    public void exit(int la) {
        exits.merge(la >>> 12, 1L, Long::sum);
    }

    /** Resolved faults on the page at {@code pa}. */
    public long faults(int pa) {
        return faults.getOrDefault(pa >>> 12, 0L);
    }

    /** Exits from the page of code at {@code la}. */
    public long exits(int la) {
        return exits.getOrDefault(la >>> 12, 0L);
    }

    /** Both as maps of one character a page, rows without any left out. */
    public String text() {
        return map("page faults resolved, by PA", faults) + map("exits, by linear address of the code", exits);
    }

    private static String map(String title, Map<Integer, Long> pages) {
        StringJoiner text = new StringJoiner("\n", "", "\n");
        text.add(title + ": "
                + pages.values().stream().mapToLong(Long::longValue).sum()
                + "   (a character is a page: . one, each next of \"" + SCALE + "\" four times as many)");
        Map<Integer, StringBuilder> rows = new TreeMap<>(Integer::compareUnsigned);
        pages.forEach((page, count) -> rows.computeIfAbsent(page / ROW * ROW, row -> new StringBuilder(" ".repeat(ROW)))
                .setCharAt(page % ROW, mark(count)));
        rows.forEach((row, marks) -> text.add(String.format("  %08x |%s|", row << 12, marks)));
        return text.toString();
    }

    private static char mark(long count) {
        int level = (63 - Long.numberOfLeadingZeros(count)) / 2;
        return SCALE.charAt(Math.min(level, SCALE.length() - 1));
    }
}
