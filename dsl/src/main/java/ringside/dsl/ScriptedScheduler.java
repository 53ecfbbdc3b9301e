package ringside.dsl;

import groovy.lang.Closure;
import java.util.Arrays;
import java.util.List;
import ringside.error.RingsideException;
import ringside.host.Scheduler;
import ringside.host.Schedulers;
import ringside.host.Tenant;

/**
 * A scheduler that a script gives: {@code schedule { now, ready -> ready.min { it.run } }}.
 *
 * <p>The block gives one of those that are ready, or a list of it and the length of its turn.
 */
final class ScriptedScheduler implements Scheduler {
    private final Closure<?> body;

    ScriptedScheduler(Closure<?> body) {
        this.body = (Closure<?>) body.clone();
    }

    @Override
    public String title() {
        return "the script's own scheduler";
    }

    @Override
    public Turn choose(long now, int processor, List<Tenant> ready) {
        List<Candidate> candidates =
                ready.stream().map(tenant -> new Candidate(tenant, now)).toList();
        return switch (call(now, candidates, processor)) {
            case Candidate chosen -> new Turn(chosen.tenant, Schedulers.DEFAULT_SLICE);
            case List<?> pair
            when pair.size() == 2
                    && pair.getFirst() instanceof Candidate chosen
                    && pair.getLast() instanceof Number ticks -> new Turn(chosen.tenant, ticks.longValue());
            case null, default ->
                throw placed(new RingsideException(
                        "the scheduler gave no vm", "", "it must give one of those that are ready, or [vm, 1.ms]"));
        };
    }

    private Object call(Object... values) {
        int wanted = Math.min(values.length, body.getMaximumNumberOfParameters());
        try {
            return body.call(Arrays.copyOf(values, wanted));
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw placed(e);
        }
    }

    private RingsideException placed(Throwable e) {
        return ((RingsideScript) body.getThisObject()).placed(e);
    }

    /** A virtual machine that could run, as the block sees it; times are ticks. */
    public static final class Candidate {
        private final Tenant tenant;
        private final long now;

        Candidate(Tenant tenant, long now) {
            this.tenant = tenant;
            this.now = now;
        }

        public String getName() {
            return tenant.name();
        }

        public int getWeight() {
            return tenant.weight();
        }

        /** Ticks in which it ran. */
        public long getRun() {
            return tenant.run();
        }

        /** Ticks in which it could have run but did not, those since its last turn not among them. */
        public long getSteal() {
            return tenant.steal();
        }

        /** Ticks in which it slept. */
        public long getIdle() {
            return tenant.idle();
        }

        /** How many turns it had. */
        public long getTurns() {
            return tenant.turns();
        }

        /** For how long it has been ready. */
        public long getWaiting() {
            return now - tenant.readySince();
        }

        /** Whether it was woken since its last turn. */
        public boolean getWoken() {
            return tenant.slept();
        }

        @Override
        public String toString() {
            return getName();
        }
    }
}
