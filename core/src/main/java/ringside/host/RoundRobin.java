package ringside.host;

import java.util.Comparator;
import java.util.List;

/** Whoever waited longest, for a slice; of several, whose last turn began first. */
final class RoundRobin implements Scheduler {
    private final long slice;

    RoundRobin(long slice) {
        this.slice = slice;
    }

    @Override
    public String title() {
        return "round robin, " + Scheduler.time(slice);
    }

    @Override
    public Turn choose(long now, int processor, List<Tenant> ready) {
        Tenant longest = ready.stream()
                .min(Comparator.comparingLong(Tenant::readySince).thenComparingLong(Tenant::lastTurn))
                .orElseThrow();
        return new Turn(longest, slice);
    }
}
