package ringside.vmm.spi;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where in guest memory a VMM is kept busy: each exit and each hidden fault by the instruction that was to execute, and
 * by the page that it touched where it touched one.
 */
public final class Heat {
    /** For {@link #add}: no page was touched. */
    public static final int NOWHERE = -1;

    private static final int PAGE_SHIFT = 12;

    /** Counts by number, in the order of the numbers. */
    private static final class Cells {
        private static final int FIRST_SIZE = 64;

        private int[] keys = new int[FIRST_SIZE];
        private long[] counts = new long[FIRST_SIZE];
        private int used;

        void add(int key) {
            int mask = keys.length - 1;
            int at = key * 0x9e3779b1 >>> 7 & mask;
            while (counts[at] != 0 && keys[at] != key) {
                at = at + 1 & mask;
            }
            if (counts[at] == 0) {
                keys[at] = key;
                used++;
            }
            counts[at]++;
            if (used * 2 > keys.length) {
                grow();
            }
        }

        private void grow() {
            int[] oldKeys = keys;
            long[] oldCounts = counts;
            keys = new int[oldKeys.length * 2];
            counts = new long[oldKeys.length * 2];
            int mask = keys.length - 1;
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldCounts[i] != 0) {
                    int at = oldKeys[i] * 0x9e3779b1 >>> 7 & mask;
                    while (counts[at] != 0) {
                        at = at + 1 & mask;
                    }
                    keys[at] = oldKeys[i];
                    counts[at] = oldCounts[i];
                }
            }
        }

        void addTo(Map<Integer, Long> sums, int shift) {
            for (int i = 0; i < keys.length; i++) {
                if (counts[i] != 0) {
                    sums.merge(keys[i] >>> shift << shift, counts[i], Long::sum);
                }
            }
        }

        long total() {
            return Arrays.stream(counts).sum();
        }
    }

    /** One reason to be in the VMM: the instructions and the pages. */
    private static final class Reason {
        final Cells instructions = new Cells();
        final Cells pages = new Cells();
    }

    private final Map<String, Reason> exits = new LinkedHashMap<>();
    private final Map<String, Reason> hidden = new LinkedHashMap<>();
    private final Cells faulted = new Cells();

    /**
     * One more.
     *
     * @param isHidden whether it is a hidden fault, and no exit
     * @param la of the instruction
     * @param pa of what it touched, or {@link #NOWHERE}
     */
    void add(String reason, boolean isHidden, int la, int pa) {
        Reason sums = (isHidden ? hidden : exits).computeIfAbsent(reason, name -> new Reason());
        sums.instructions.add(la);
        if (pa != NOWHERE) {
            sums.pages.add(pa >>> PAGE_SHIFT << PAGE_SHIFT);
        }
    }

    /** A page fault of the guest's own, at a linear address that its tables do not lead on from. */
    void faulted(int la) {
        faulted.add(la >>> PAGE_SHIFT << PAGE_SHIFT);
    }

    // ---- sums

    /** Exits by reason, in the order of the first of each. */
    public Map<String, Long> exits() {
        return totals(exits);
    }

    /** Hidden faults by kind: {@code page}, {@code trace}, {@code descriptor}. */
    public Map<String, Long> hidden() {
        return totals(hidden);
    }

    private static Map<String, Long> totals(Map<String, Reason> reasons) {
        Map<String, Long> totals = new LinkedHashMap<>();
        reasons.forEach((name, sums) -> totals.put(name, sums.instructions.total()));
        return Collections.unmodifiableMap(totals);
    }

    /** By instruction, what it caused and how often; the words of exits, and {@code hidden page} and so on. */
    public SortedMap<Integer, SortedMap<String, Long>> instructions() {
        SortedMap<Integer, SortedMap<String, Long>> all = new TreeMap<>(Integer::compareUnsigned);
        collect(exits, "", all);
        collect(hidden, "hidden ", all);
        return all;
    }

    private static void collect(
            Map<String, Reason> reasons, String prefix, SortedMap<Integer, SortedMap<String, Long>> all) {
        reasons.forEach((name, sums) -> {
            Map<Integer, Long> counts = new TreeMap<>();
            sums.instructions.addTo(counts, 0);
            counts.forEach((la, count) ->
                    all.computeIfAbsent(la, at -> new TreeMap<>()).put(prefix + name, count));
        });
    }

    /** Exits and hidden faults by page of code, LA. */
    public SortedMap<Integer, Long> codePages() {
        SortedMap<Integer, Long> pages = new TreeMap<>(Integer::compareUnsigned);
        exits.values().forEach(sums -> sums.instructions.addTo(pages, PAGE_SHIFT));
        hidden.values().forEach(sums -> sums.instructions.addTo(pages, PAGE_SHIFT));
        return pages;
    }

    /** Those among them that touched a page, by PA of the page. */
    public SortedMap<Integer, Long> touchedPages() {
        SortedMap<Integer, Long> pages = new TreeMap<>(Integer::compareUnsigned);
        exits.values().forEach(sums -> sums.pages.addTo(pages, 0));
        hidden.values().forEach(sums -> sums.pages.addTo(pages, 0));
        return pages;
    }

    /** Page faults of the guest's own, by page, LA. */
    public SortedMap<Integer, Long> faultedPages() {
        SortedMap<Integer, Long> pages = new TreeMap<>(Integer::compareUnsigned);
        faulted.addTo(pages, 0);
        return pages;
    }
}
