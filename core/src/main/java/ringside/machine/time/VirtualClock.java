package ringside.machine.time;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import ringside.error.RingsideException;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;

/**
 * Virtual time: one tick for each retired guest instruction, plus the ticks skipped while the CPU was halted.
 *
 * <p>100,000,000 ticks are one virtual second; the time-stamp counter counts ticks. Alarms fire at block boundaries
 * exactly at their tick, in the order of (tick, alarm creation). Wall-clock time never enters.
 */
public final class VirtualClock implements Stateful {
    public static final long TICKS_PER_SECOND = 100_000_000L;
    /** No deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    /** A device's timer: at most one firing is pending. */
    public final class Alarm {
        private final String name;
        private final LongConsumer action;
        private long due = NEVER;

        private Alarm(String name, LongConsumer action) {
            this.name = name;
            this.action = action;
        }

        /** (Re)arms for tick {@code at}; in the past means the next boundary. */
        public void at(long tick) {
            due = tick;
            refresh();
        }

        public void cancel() {
            at(NEVER);
        }

        public long due() {
            return due;
        }
    }

    private final List<Alarm> alarms = new ArrayList<>();
    private long now;
    private long deadline = NEVER;
    private boolean shared;

    /** Creates an alarm; the action gets the tick it was due at. Names are unique: they key the saved state. */
    public Alarm alarm(String name, LongConsumer action) {
        for (Alarm other : alarms) {
            if (other.name.equals(name)) {
                throw new RingsideException("two alarms are called '" + name + "'");
            }
        }
        Alarm alarm = new Alarm(name, action);
        alarms.add(alarm);
        return alarm;
    }

    /** Ticks since reset. */
    public long now() {
        return now;
    }

    /** The earliest tick at which an alarm is due, or {@link #NEVER}. */
    public long deadline() {
        return deadline;
    }

    /** Moves time forward by {@code ticks} without firing anything. */
    public void advance(long ticks) {
        now += ticks;
    }

    /** What came of a halted CPU's wish to sleep to the next alarm. */
    public enum Sleep {
        /** The alarm has fired. */
        PASSED,
        /** There is no alarm to wait for. */
        ENDLESS,
        /** Whoever runs several machines by turns has to let the time pass. */
        YIELDED
    }

    /** From now on time passes a halted CPU by {@link #advance} alone: its machine takes turns with others. */
    public void takeTurns() {
        shared = true;
    }

    /** Whether others' machines run while this one's does not. */
    public boolean takesTurns() {
        return shared;
    }

    /** A halted CPU sleeps to the next alarm. */
    public Sleep sleep() {
        if (deadline > now && shared) {
            return Sleep.YIELDED;
        }
        if (deadline == NEVER) {
            return Sleep.ENDLESS;
        }
        advance(Math.max(0, deadline - now));
        fire();
        return Sleep.PASSED;
    }

    /** Fires every alarm that is due by now, earliest first. */
    public void fire() {
        while (deadline <= now) {
            Alarm next = alarms.getFirst();
            for (Alarm alarm : alarms) {
                next = alarm.due < next.due ? alarm : next;
            }
            long due = next.due;
            next.due = NEVER;
            refresh();
            next.action.accept(due);
        }
    }

    /** The alarm that is due first, of several the one created first; loops by index leave no garbage. */
    private Alarm earliest() {
        Alarm first = alarms.getFirst();
        for (int i = 1; i < alarms.size(); i++) {
            first = alarms.get(i).due < first.due ? alarms.get(i) : first;
        }
        return first;
    }

    private void refresh() {
        deadline = earliest().due;
    }

    @Override
    public String stateName() {
        return "clock";
    }

    @Override
    public void visit(StateVisitor v) {
        now = v.int64("now", now);
        for (Alarm alarm : alarms) {
            alarm.due = v.int64("alarm." + alarm.name, alarm.due);
        }
        deadline = alarms.isEmpty() ? NEVER : earliest().due;
    }
}
