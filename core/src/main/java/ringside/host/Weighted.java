package ringside.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stride scheduling: processor time in proportion to the weights.
 *
 * <p>Each tenant has a pass that its time moves on, divided by its weight; the least pass runs. Who slept starts again at
 * the pass of the others: sleeping earns nothing.
 */
final class Weighted implements Scheduler {
    /** Divisible by the small weights that people give. */
    private static final long STRIDE = 2_520;

    private final long slice;
    private final Map<Tenant, Long> pass = new HashMap<>();
    private long virtualTime;

    Weighted(long slice) {
        this.slice = slice;
    }

    @Override
    public String title() {
        return "weighted, " + Scheduler.time(slice);
    }

    @Override
    public Turn choose(long now, int processor, List<Tenant> ready) {
        Tenant least = null;
        for (Tenant tenant : ready) {
            if (tenant.slept()) {
                pass.merge(tenant, virtualTime, Math::max);
            }
            least = least == null || of(tenant) < of(least) ? tenant : least;
        }
        virtualTime = Math.max(virtualTime, of(least));
        return new Turn(least, slice);
    }

    private long of(Tenant tenant) {
        return pass.computeIfAbsent(tenant, fresh -> virtualTime);
    }

    @Override
    public void ran(Tenant tenant, long ticks) {
        pass.merge(tenant, ticks * STRIDE / tenant.weight(), Long::sum);
    }
}
