package ringside.machine.devices;

import ringside.machine.bus.PortDevice;
import ringside.machine.state.Stateful;

/**
 * A device on the I/O ports: built with the wires it drives, ignorant of the CPU and of whether it is real or virtual.
 *
 * <p>Its whole state, timers included, goes through {@link #visit}; a test saves and loads each device in the middle of
 * random use. Faulty use by the guest is answered as the chip would, never by an exception.
 */
public interface Device extends PortDevice, Stateful {
    /** Whether the device could raise its interrupt line without any further access by the guest. */
    default boolean mayInterrupt() {
        return false;
    }

    /** Brings state that is kept lazily up to the present; called before the state is saved or compared. */
    default void settle() {}
}
