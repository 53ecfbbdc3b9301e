package ringside.engine;

import ringside.isa.Insn;
import ringside.machine.cpu.RetireMap;

/**
 * A straight run of decoded instructions: entered at the top, left after the last.
 *
 * <p>Position-independent within a segment; keyed by the machine address of its first byte and its mode. It never spans
 * more than one page, except that a first instruction alone may run over into the next.
 */
final class Block {
    /** Machine address of the first byte; -1 for a block that is not kept. */
    final int ma;

    final int mode;
    /** Machine page of the bytes past the page's end, or -1. */
    final int secondPage;

    final Op[] ops;
    /** Offset of each instruction; the faulting one's EIP follows from it. */
    final int[] starts;
    /** Bytes. */
    final int length;
    /** Linear address where it was decoded: tells aliases apart while addresses are probed. */
    final int la;
    /** A probe sits on the first instruction. */
    final boolean probed;
    /** The last operation leaves the following EIP in {@code next}. */
    final boolean setsNext;
    /** The last instruction may move time, devices or translation: look at the clock anew. */
    final boolean serializes;
    /** The first instruction is INT n, INT3, INTO or INT1. */
    final boolean softwareInterrupt;

    /** Where only marked instructions count as retired; null where all do. */
    final RetireMap retires;
    /** Counts how often the last instruction completed. */
    final long[] completions;
    /** How many instructions count before each, where not all do. */
    private final int[] countedBefore;
    /** Positions of noted instructions and their numbers, in pairs; null where there is none. */
    private final int[] noted;
    /** How many count: of all but the last, and the last. */
    final int countOfOthers;

    final int countOfLast;

    boolean valid = true;

    Block(
            int ma,
            int mode,
            int secondPage,
            Op[] ops,
            int[] starts,
            int length,
            int la,
            boolean probed,
            Insn first,
            Insn last,
            RetireMap retires,
            long[] completions) {
        this.ma = ma;
        this.mode = mode;
        this.secondPage = secondPage;
        this.ops = ops;
        this.starts = starts;
        this.length = length;
        this.la = la;
        this.probed = probed;
        this.setsNext = ops[ops.length - 1].setsNext();
        this.serializes = switch (last.row.flow()) {
            case SERIALIZE, FAR, HALT, FAULT -> true;
            default -> last.prefixes != 0;
        };
        this.retires = retires;
        this.completions = completions;
        this.countedBefore = retires == null ? null : countedBefore();
        this.noted = retires == null ? null : noted();
        this.countOfOthers = before(ops.length - 1);
        this.countOfLast = retires == null || retires.counts(la + starts[ops.length - 1]) ? 1 : 0;
        this.softwareInterrupt = first.row.mnemonic().startsWith("int");
    }

    private int[] countedBefore() {
        int[] before = new int[ops.length];
        for (int k = 1; k < before.length; k++) {
            before[k] = before[k - 1] + (retires.counts(la + starts[k - 1]) ? 1 : 0);
        }
        return before;
    }

    private int[] noted() {
        int[] pairs = new int[2 * ops.length];
        int size = 0;
        for (int k = 0; k < ops.length; k++) {
            int number = retires.note(la + starts[k]);
            if (number != 0) {
                pairs[size++] = k;
                pairs[size++] = number;
            }
        }
        return size == 0 ? null : java.util.Arrays.copyOf(pairs, size);
    }

    /** The first {@code count} instructions were executed: for those who keep count beside what retires. */
    void executed(int count) {
        retires.executed += count;
        if (noted != null) {
            for (int i = 0; i < noted.length && noted[i] < count; i += 2) {
                retires.executed(noted[i + 1]);
            }
        }
    }

    /** How many of the instructions before the one at {@code position} count as retired. */
    int before(int position) {
        return countedBefore == null ? position : countedBefore[position];
    }

    /** Whether any of the {@code size} bytes from {@code from} on belongs to this block. */
    boolean overlaps(int from, int size) {
        if (secondPage < 0) {
            return from < ma + length && ma < from + size;
        }
        int inFirst = 0x1000 - (ma & 0xfff);
        return from < ma + inFirst && ma < from + size
                || from < secondPage + length - inFirst && secondPage < from + size;
    }
}
