package ringside.vmm.mode.translated;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which guest instructions, by linear address, are better called out than copied: those whose memory access traps again and
 * again. After a while as callouts they are tried as copies anew.
 */
final class Adaptation {
    /** Traps that make an instruction a callout, and callouts that make it a copy again. */
    static final int TRAPS = 16, CALLOUTS = 256;

    private final Map<Integer, Integer> counts = new HashMap<>();
    private final Set<Integer> calledOut = new HashSet<>();
    private final boolean on;

    /** @param on whether anything is ever to be called out */
    Adaptation(boolean on) {
        this.on = on;
    }

    boolean callsOut(int la) {
        return calledOut.contains(la);
    }

    /** The instruction trapped; returns whether it is to be a callout from now on. */
    boolean trapped(int la) {
        return on && counts(la, TRAPS) && calledOut.add(la);
    }

    /** The instruction was called out; returns whether it is to be tried as a copy. */
    boolean calledOut(int la) {
        return calledOut.contains(la) && counts(la, CALLOUTS) && calledOut.remove(la);
    }

    private boolean counts(int la, int limit) {
        boolean full = counts.merge(la, 1, Integer::sum) >= limit;
        if (full) {
            counts.remove(la);
        }
        return full;
    }
}
