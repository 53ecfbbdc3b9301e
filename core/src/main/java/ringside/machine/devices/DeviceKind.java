package ringside.machine.devices;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A kind of device: what a machine needs to know to have one.
 *
 * @param name the word for it
 * @param title what it is, for people
 * @param irq its interrupt line, {@link #NO_IRQ}, or {@link #ROUTED}
 * @param ports the ports it answers to
 * @param build makes one, wired
 */
public record DeviceKind(
        String name,
        String title,
        int irq,
        Function<DeviceSettings, List<Ports>> ports,
        Function<Wiring, Device> build) {
    public static final int NO_IRQ = -1;
    /** Which line it interrupts by, if any, is its own affair: {@link Device#mayInterrupt} has looked at that too. */
    public static final int ROUTED = -2;

    /** A range of ports, bounds included. */
    public record Ports(int first, int last) {}

    /** A kind whose ports do not depend on the settings: pairs of first and last port. */
    static DeviceKind of(String name, String title, int irq, Function<Wiring, Device> build, int... bounds) {
        List<Ports> ports = IntStream.range(0, bounds.length / 2)
                .mapToObj(i -> new Ports(bounds[2 * i], bounds[2 * i + 1]))
                .toList();
        return new DeviceKind(name, title, irq, settings -> ports, build);
    }
}
