package ringside.host;

import java.util.List;

/** Who runs next on a physical processor, and for how long; what it decides follows from what it is told alone. */
public interface Scheduler {
    /**
     * A stretch of a processor's time.
     *
     * @param ticks at most; the tenant may halt before
     */
    record Turn(Tenant tenant, long ticks) {}

    /** How it is shown: {@code round robin, 1 ms}. */
    String title();

    /**
     * The next turn on {@code processor}, which begins at {@code now}.
     *
     * @param ready who could run, at least one, in the order of the server's plan
     */
    Turn choose(long now, int processor, List<Tenant> ready);

    /** The turn is over; the tenant ran for so many ticks of it. */
    default void ran(Tenant tenant, long ticks) {}

    /** A time in words: {@code 1 ms}, {@code 250 us}, {@code 7 ticks}. */
    static String time(long ticks) {
        if (ticks != 0 && ticks % 100_000 == 0) {
            return ticks / 100_000 + " ms";
        }
        return ticks != 0 && ticks % 100 == 0 ? ticks / 100 + " us" : ticks + " ticks";
    }
}
