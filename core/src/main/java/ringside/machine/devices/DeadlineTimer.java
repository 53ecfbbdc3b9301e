package ringside.machine.devices;

import ringside.machine.bus.InterruptSource;
import ringside.machine.bus.IrqLine;
import ringside.machine.time.VirtualClock;

/**
 * A one-shot timer that interrupts the processor at an exact instruction count: how a VMM gets the processor back.
 *
 * <p>It drives INTR and answers the acknowledge cycle itself, as a local APIC's timer would. Nothing about it is special
 * to virtualization: a program that runs with the real IF clear keeps the processor beyond the deadline.
 */
public final class DeadlineTimer implements InterruptSource {
    private final VirtualClock.Alarm alarm;
    private final IrqLine pin;
    private final int vector;

    /** @param vector what the acknowledge cycle answers */
    public DeadlineTimer(VirtualClock clock, IrqLine pin, int vector) {
        this.alarm = clock.alarm("deadline", due -> pin.set(true));
        this.pin = pin;
        this.vector = vector;
    }

    /** A timer on one input of a processor's interrupt pin. */
    public static DeadlineTimer on(VirtualClock clock, InterruptInputs inputs, int vector) {
        DeadlineTimer[] timer = new DeadlineTimer[1];
        timer[0] = new DeadlineTimer(clock, inputs.add(() -> timer[0].acknowledge()), vector);
        return timer[0];
    }

    /** Interrupts at {@code tick} of the machine's clock; replaces what was armed. {@link VirtualClock#NEVER} disarms. */
    public void at(long tick) {
        pin.set(false);
        alarm.at(tick);
    }

    @Override
    public int acknowledge() {
        pin.set(false);
        return vector;
    }
}
