package ringside.machine.paging;

import ringside.error.RingsideException;

/**
 * What a modelled TLB is like.
 *
 * @param entries for 4 KiB pages
 * @param ways entries that a page may be in; {@code entries} for a fully associative one
 * @param largeEntries for large pages, fully associative; 0 where they are cached piecewise, as 4 KiB pages
 * @param random whether a random entry is replaced, rather than the oldest
 * @param seed of the random choice
 */
public record TlbShape(int entries, int ways, int largeEntries, boolean random, long seed) {
    private static final int MOST = 1 << 16;

    public TlbShape {
        boolean whole = entries > 0 && entries <= MOST && ways > 0 && entries % ways == 0;
        if (!whole || Integer.bitCount(entries / ways) != 1 || largeEntries < 0 || largeEntries > MOST) {
            throw new RingsideException(
                    "a TLB of " + entries + " entries, " + ways + " ways and " + largeEntries + " for large pages"
                            + " is not possible",
                    "",
                    "entries / ways is a power of two, and entries are at most " + MOST + ": entries: 64, ways: 4");
        }
    }

    /** First in, first out, with an eighth as many entries for large pages. */
    public static TlbShape of(int entries, int ways) {
        return new TlbShape(entries, ways, Math.max(1, entries / 8), false, 1);
    }

    int sets() {
        return entries / ways;
    }

    @Override
    public String toString() {
        String large = largeEntries == 0 ? "" : " + " + largeEntries + " large";
        return "TLB " + entries + large + ", " + ways + (ways == 1 ? " way" : " ways")
                + (random ? ", random" : ", FIFO");
    }
}
