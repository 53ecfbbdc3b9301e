package ringside.lab;

import java.util.List;
import ringside.vmm.spi.VirtualMachine;

/**
 * Finds the first guest instruction after which two machines differ, by running both afresh to the same retired counts.
 *
 * <p>A span is cut into pieces, both machines are compared at each cut, and the first piece at whose end they differ is
 * searched in the same way, down to single instructions.
 */
final class LockStep {
    private static final int PIECES = 64;

    /** Makes both machines anew. */
    interface Pair {
        VirtualMachine reference();

        VirtualMachine observed();
    }

    /**
     * The instruction at which they part.
     *
     * @param before guest instructions completed before it
     * @param reference the bare machine before it, not run further
     * @param observedState the other one right after it
     * @param differences right after it
     */
    record Parting(
            long before, VirtualMachine reference, VirtualMachine observedState, List<Difference> differences) {}

    private final Pair pair;

    LockStep(Pair pair) {
        this.pair = pair;
    }

    /** The first parting within the first {@code last} instructions, or null. */
    Parting find(long last) {
        long from = 0;
        long to = last;
        while (to - from > 1) {
            long piece = Math.max(1, (to - from + PIECES - 1) / PIECES);
            long differs = firstDifference(from, to, piece);
            if (differs < 0) {
                return null;
            }
            from = Math.max(from, differs - piece);
            to = differs;
        }
        return parting(from);
    }

    /** The first cut at which they differ, or -1. */
    private long firstDifference(long from, long to, long piece) {
        VirtualMachine reference = pair.reference();
        VirtualMachine observed = pair.observed();
        reference.run(from);
        observed.run(from);
        for (long at = from; at < to; ) {
            long step = Math.min(piece, to - at);
            at += step;
            reference.run(step);
            observed.run(step);
            if (!same(reference, observed)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean same(VirtualMachine reference, VirtualMachine observed) {
        return reference.retired() == observed.retired()
                && Difference.between(reference, observed).isEmpty();
    }

    private Parting parting(long before) {
        VirtualMachine reference = pair.reference();
        VirtualMachine observed = pair.observed();
        reference.run(before);
        observed.run(before);
        VirtualMachine next = pair.reference();
        next.run(before);
        next.run(1);
        observed.run(1);
        List<Difference> differences = Difference.between(next, observed);
        boolean apart = !differences.isEmpty() || next.retired() != observed.retired();
        return apart ? new Parting(before, reference, observed, differences) : null;
    }
}
