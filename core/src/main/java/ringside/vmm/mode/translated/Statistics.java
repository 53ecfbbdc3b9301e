package ringside.vmm.mode.translated;

import java.util.Map;
import java.util.TreeMap;
import ringside.machine.cpu.RetireMap;
import ringside.observe.Counters;

/**
 * How often exits, look-ups, emulations and callouts are <em>executed</em>: what traps is counted as it arrives, all else
 * by the engine, at instructions that the cache notes for it. Nothing is emitted to count.
 */
final class Statistics {
    private long unchained;
    private long unchainedOfBranches;
    private long interruptedOfBranches;
    private long misses;
    private final Map<String, Long> callouts = new TreeMap<>();

    /** An exit trapped: the VMM went on with its target. */
    void unchained(ExitSite site) {
        unchained++;
        unchainedOfBranches += site.ofBranch ? 1 : 0;
    }

    /** Something else came up when the exit was about to be executed. */
    void interrupted(ExitSite site) {
        interruptedOfBranches += site.ofBranch ? 1 : 0;
    }

    /** An indirect branch was not found in the cache. */
    void missed() {
        misses++;
    }

    /** An instruction was carried out by the VMM on behalf of translated code. */
    void calledOut(String mnemonic) {
        callouts.merge(mnemonic, 1L, Long::sum);
    }

    /** Brings the counters up to now. */
    void refresh(Counters counters, RetireMap map) {
        // each conditional branch that was executed left by one of its exits: a jump, be it the branch's own, or a trap
        long branches = map.executions(Emitter.BRANCH) - unchainedOfBranches - interruptedOfBranches;
        set(counters, "chainedExits", map.executions(Emitter.CHAINED) + branches);
        set(counters, "unchainedExits", unchained);
        set(counters, "indirectExits", map.executions(Emitter.INDIRECT));
        set(counters, "lookUpMisses", misses);
        set(counters, "inCache", map.executions(Emitter.EMULATED));
        set(counters, "simulated", map.executed);
        set(
                counters,
                "callouts",
                callouts.values().stream().mapToLong(Long::longValue).sum());
        callouts.forEach((mnemonic, count) -> set(counters, "callouts of " + mnemonic, count));
    }

    private static void set(Counters counters, String name, long value) {
        counters.add(name, value - counters.get(name));
    }
}
