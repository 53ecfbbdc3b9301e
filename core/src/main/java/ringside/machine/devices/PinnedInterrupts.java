package ringside.machine.devices;

import java.util.List;
import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/**
 * A device without ports that pulses its interrupt line at given ticks: an interrupt pinned to a count of instructions, the
 * same in every mode.
 *
 * <p>The processor takes it at the first boundary at or after the tick at which IF is set and no shadow holds it off.
 */
public final class PinnedInterrupts implements Device {
    private static final int FLOATING = -1;

    private final IrqLine line;
    private final VirtualClock.Alarm alarm;
    private final List<Long> ticks;
    private int next;

    private PinnedInterrupts(Wiring wiring, int irq, List<Long> ticks) {
        this.line = wiring.irq(irq);
        this.ticks = ticks;
        this.alarm = wiring.clock().alarm("pins " + irq, tick -> pulse());
        arm();
    }

    /** The kind of device that pulses line {@code irq} at {@code ticks} of virtual time. */
    public static DeviceKind kind(int irq, List<Long> ticks) {
        List<Long> sorted = ticks.stream().sorted().distinct().toList();
        return DeviceKind.of(
                "pins " + irq, "interrupts at given counts", irq, wiring -> new PinnedInterrupts(wiring, irq, sorted));
    }

    private void pulse() {
        next++;
        line.pulse();
        arm();
    }

    private void arm() {
        if (next < ticks.size()) {
            alarm.at(ticks.get(next));
        } else {
            alarm.cancel();
        }
    }

    @Override
    public boolean mayInterrupt() {
        return next < ticks.size();
    }

    @Override
    public int in(int bits, int port) {
        return FLOATING;
    }

    @Override
    public void out(int bits, int port, int value) {
        // no ports lead here
    }

    @Override
    public String stateName() {
        return "pins";
    }

    @Override
    public void visit(StateVisitor v) {
        next = v.int32("next", next);
    }
}
