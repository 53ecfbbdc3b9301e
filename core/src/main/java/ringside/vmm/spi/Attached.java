package ringside.vmm.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ringside.machine.board.Platform;

/**
 * What is attached to a virtual machine, and through what.
 *
 * @param peripherals in the order in which they were named
 * @param model the device model by name, or empty for the default
 * @param physical the platform with the server's own devices, where it has any that a guest may be given
 */
public record Attached(List<Peripheral> peripherals, String model, Optional<Platform> physical) {
    public static final Attached NOTHING = new Attached(List.of(), "", Optional.empty());

    public Attached {
        peripherals = List.copyOf(peripherals);
    }

    public Attached with(List<Peripheral> others) {
        return new Attached(others, model, physical);
    }

    /** The same peripherals, seen through another device model. */
    public Attached through(String other) {
        return new Attached(peripherals, other, physical);
    }

    public Attached on(Platform server) {
        return new Attached(peripherals, model, Optional.of(server));
    }

    /** The peripherals of one kind, in order. */
    public <P extends Peripheral> List<P> all(Class<P> kind) {
        List<P> found = new ArrayList<>();
        peripherals.stream().filter(kind::isInstance).map(kind::cast).forEach(found::add);
        return found;
    }
}
