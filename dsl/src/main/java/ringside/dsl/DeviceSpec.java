package ringside.dsl;

import groovy.lang.Closure;
import java.util.List;
import ringside.machine.devices.DeviceKind;

/**
 * A device as a script describes it. Each machine that gets one has a device of its own, with random numbers of its own
 * from the same seed: what one machine reads, every other reads too.
 *
 * @param read closure of port and width, or null: reads give all ones
 * @param write closure of port, width and value, or null: writes are lost
 */
public record DeviceSpec(String name, int firstPort, int lastPort, Closure<?> read, Closure<?> write, int irq) {
    static final int NO_IRQ = DeviceKind.NO_IRQ;

    /** The kind of device to install. */
    public DeviceKind kind(long seed) {
        return new DeviceKind(
                name,
                "device of a script",
                irq,
                settings -> List.of(new DeviceKind.Ports(firstPort, lastPort)),
                wiring -> new ScriptedDevice(this, seed, irq == NO_IRQ ? null : wiring.irq(irq)));
    }
}
