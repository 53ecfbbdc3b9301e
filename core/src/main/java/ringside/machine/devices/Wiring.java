package ringside.machine.devices;

import ringside.machine.bus.Dma;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioMap;
import ringside.machine.bus.PortDevice;
import ringside.machine.bus.StopRequest;
import ringside.machine.bus.Window;
import ringside.machine.time.VirtualClock;

/** The wires and neighbours a device can be built with: those of a server, or of a virtual machine. */
public interface Wiring {
    VirtualClock clock();

    /** The CPU's interrupt pin, for an interrupt controller. */
    IrqLine intr();

    /** The request line with this number. */
    IrqLine irq(int number);

    A20Gate a20();

    Dma memory();

    /** Memory as the bus master of this name sees it, whatever stands between: each has a view of its own. */
    Dma memory(String master);

    /** Whether a request on this line, were it raised now, would get through to the CPU. */
    boolean wouldDeliver(int irq);

    /** Ports that answer where a guest puts them. */
    Window portWindow(int size, PortDevice device);

    /** Physical addresses that answer where a guest puts them. */
    MmioMap addresses();

    /** Where the guest's processor is, for a message; empty where nobody knows. */
    String whereabouts();

    /** A device that was built before. */
    <T extends Device> T device(Class<T> type);

    StopRequest stop();

    /** The console of this name, made on first use. */
    Console console(String name);

    /** A console that stands elsewhere becomes this machine's of its name, before any device has asked for one. */
    void plug(Console console);

    DeviceSettings settings();
}
