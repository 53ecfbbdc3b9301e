package ringside.machine.cpu;

/**
 * A range of linear addresses whose instructions count as retired only where marked: there several instructions of the
 * processor may stand for one that somebody counts.
 *
 * <p>Budgets, alarms and the clock go by what counts. A mark is set before the bytes it belongs to are written.
 */
public final class RetireMap {
    private final int base;
    private final boolean[] counts;

    /** Instructions executed in the range, whether or not they count. */
    public long executed;

    /** How many of them counted. */
    public long retired;

    /** The range of {@code size} bytes from {@code laBase} on, nothing in it marked. */
    public RetireMap(int laBase, int size) {
        base = laBase;
        counts = new boolean[size];
    }

    public boolean covers(int la) {
        return Integer.compareUnsigned(la - base, counts.length) < 0;
    }

    /** Whether the instruction at {@code la}, which the range covers, counts. */
    public boolean counts(int la) {
        return counts[la - base];
    }

    public void mark(int la, boolean counted) {
        counts[la - base] = counted;
    }
}
