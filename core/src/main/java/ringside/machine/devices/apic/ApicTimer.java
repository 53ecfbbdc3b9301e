package ringside.machine.devices.apic;

import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/** The timer of a local APIC: counts down from its initial count once, or again and again, at 100 MHz divided. */
final class ApicTimer {
    private final VirtualClock clock;
    private final VirtualClock.Alarm alarm;
    private final Runnable expired;
    private int initial;
    private int divide;
    private boolean periodic;
    private long started;

    ApicTimer(String name, VirtualClock clock, Runnable expired) {
        this.clock = clock;
        this.expired = expired;
        alarm = clock.alarm(name, this::due);
    }

    /** Ticks a count: the divide configuration's bits 3, 1 and 0. */
    private long ticks() {
        int code = divide >> 1 & 4 | divide & 3;
        return code == 7 ? 1 : 2L << code;
    }

    private void due(long tick) {
        if (periodic) {
            started = tick;
            arm();
        }
        expired.run();
    }

    private void arm() {
        alarm.at(initial == 0 ? VirtualClock.NEVER : started + Integer.toUnsignedLong(initial) * ticks());
    }

    int initial() {
        return initial;
    }

    int divide() {
        return divide;
    }

    int current() {
        if (initial == 0 || alarm.due() == VirtualClock.NEVER) {
            return 0;
        }
        return (int) (Integer.toUnsignedLong(initial) - (clock.now() - started) / ticks());
    }

    boolean running() {
        return alarm.due() != VirtualClock.NEVER;
    }

    void start(int count) {
        initial = count;
        started = clock.now();
        arm();
    }

    void divide(int value) {
        divide = value & 0xb;
        if (running()) {
            arm();
        }
    }

    void periodic(boolean repeats) {
        periodic = repeats;
    }

    void visit(StateVisitor v, String prefix) {
        initial = v.int32(prefix + "initial", initial);
        divide = v.int32(prefix + "divide", divide);
        periodic = v.flag(prefix + "periodic", periodic);
        started = v.int64(prefix + "started", started);
    }
}
