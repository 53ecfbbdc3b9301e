package ringside.machine.devices;

import java.util.List;
import ringside.machine.bus.PortDevice;
import ringside.machine.state.Stateful;
import ringside.observe.Counters;

/**
 * A device on the I/O ports: built with the wires it drives, ignorant of the CPU and of whether it is real or virtual.
 *
 * <p>Its whole state, timers included, goes through {@link #visit}; a test saves and loads each device in the middle of
 * random use. Faulty use by the guest is answered as the chip would, never by an exception.
 */
public interface Device extends PortDevice, Stateful {
    /** What a user should know of what befell it, each said once; empty where nothing did. */
    default List<String> messages() {
        return List.of();
    }

    /** What it counts, by the words of {@link DeviceCounts} and its own; empty where it counts nothing. */
    default Counters counters() {
        return new Counters();
    }

    /** Whether the device could raise its interrupt line without any further access by the guest. */
    default boolean mayInterrupt() {
        return false;
    }

    /** Brings state that is kept lazily up to the present; called before the state is saved or compared. */
    default void settle() {}
}
