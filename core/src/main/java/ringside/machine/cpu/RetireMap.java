package ringside.machine.cpu;

/**
 * A range of linear addresses whose instructions count as retired only where marked: there several instructions of the
 * processor may stand for one that somebody counts.
 *
 * <p>Budgets, alarms and the clock go by what counts. A mark is set before the bytes it belongs to are written.
 *
 * <p>An instruction may also be <em>noted</em> under a number: how often noted instructions were executed is counted
 * beside, without a change to what is executed.
 */
public final class RetireMap {
    private final int base;
    private final boolean[] counts;
    private final byte[] notes;
    private final long[] executions = new long[Byte.MAX_VALUE];

    /** Instructions executed in the range, whether or not they count. */
    public long executed;

    /** How many of them counted. */
    public long retired;

    /** The range of {@code size} bytes from {@code laBase} on, nothing in it marked. */
    public RetireMap(int laBase, int size) {
        base = laBase;
        counts = new boolean[size];
        notes = new byte[size];
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

    /** The number under which the instruction at {@code la} is noted, 0 for none. */
    public int note(int la) {
        return notes[la - base];
    }

    /** Notes the instruction at {@code la} under a number, 0 for none; before its bytes are written. */
    public void note(int la, int number) {
        notes[la - base] = (byte) number;
    }

    /** For engines: an instruction noted under {@code number} was executed. */
    public void executed(int number) {
        executions[number]++;
    }

    /** How often instructions were executed that were noted under {@code number} when they were decoded. */
    public long executions(int number) {
        return executions[number];
    }
}
