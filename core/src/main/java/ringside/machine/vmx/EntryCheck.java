package ringside.machine.vmx;

import java.util.function.Predicate;

/**
 * One check that VM entry makes before it loads anything (SDM vol. 3, sections 26.2 and 26.3).
 *
 * @param kind what a failure means
 * @param rule what must hold, in words
 * @param holds the rule on a VMCS
 */
record EntryCheck(Kind kind, String rule, Predicate<Vmcs> holds) {
    /** What fails. */
    enum Kind {
        /** VMfailValid 7. */
        CONTROLS,
        /** VMfailValid 8. */
        HOST_STATE,
        /** VM exit 33 with bit 31 set. */
        GUEST_STATE
    }
}
