package ringside.host;

import java.util.List;

/**
 * What a server is made from.
 *
 * @param tenants in the order in which they take their frames; the first says what machine memory is like
 * @param scheduler of all processors, used by this server alone
 * @param processors physical ones
 * @param switchTicks time that a world switch takes
 */
public record ServerPlan(
        List<TenantSpec> tenants, Scheduler scheduler, int processors, long switchTicks, Clocks clocks) {
    public ServerPlan {
        tenants = List.copyOf(tenants);
    }

    /** One processor, world switches without cost, machine time for all. */
    public ServerPlan(List<TenantSpec> tenants, Scheduler scheduler) {
        this(tenants, scheduler, 1, 0, Clocks.MACHINE);
    }
}
