package ringside.machine.time;

/**
 * A device's own clock as a fraction of virtual time: which of its cycles is running at a tick, and back.
 *
 * <p>Integer arithmetic from tick 0, so that the two directions agree and nothing drifts however long a run lasts.
 */
public final class ClockRate {
    private final long cycles;
    private final long ticks;

    /** @param hertz cycles in a virtual second */
    public ClockRate(long hertz) {
        long divisor = gcd(hertz, VirtualClock.TICKS_PER_SECOND);
        cycles = hertz / divisor;
        ticks = VirtualClock.TICKS_PER_SECOND / divisor;
    }

    /** Cycles that have ended at {@code tick}: floor(tick * hertz / 100,000,000). */
    public long cyclesAt(long tick) {
        return tick / ticks * cycles + tick % ticks * cycles / ticks;
    }

    /** The first tick at which {@code cycle} cycles have ended; NEVER where time does not reach so far. */
    public long tickOf(long cycle) {
        if (cycle / cycles >= VirtualClock.NEVER / ticks) {
            return VirtualClock.NEVER;
        }
        return cycle / cycles * ticks + (cycle % cycles * ticks + cycles - 1) / cycles;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
