package ringside.lab;

import java.util.Optional;
import java.util.function.Supplier;
import ringside.machine.devices.net.Switch;

/**
 * A network that adapters of its name are plugged into; each run begins with a fresh one.
 *
 * @param latency in ticks, from the last bit in to the first bit out
 * @param behaviour makes what decides about frames; nothing where each just passes
 */
public record NetworkSpec(
        String name, long latency, long bitsPerSecond, Optional<Supplier<Switch.Behaviour>> behaviour) {
    /** A network as it usually is. */
    public static NetworkSpec of(String name) {
        return new NetworkSpec(name, Switch.DEFAULT_LATENCY, Switch.FAST_ETHERNET, Optional.empty());
    }

    /** The switch, nothing plugged in. */
    public Switch open() {
        Switch made = new Switch(name, latency, bitsPerSecond);
        behaviour.ifPresent(rule -> made.behave(rule.get()));
        return made;
    }
}
