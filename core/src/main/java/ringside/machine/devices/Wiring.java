package ringside.machine.devices;

import ringside.machine.bus.Dma;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.StopRequest;
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

    StopRequest stop();

    /** The console of this name, made on first use. */
    Console console(String name);

    DeviceSettings settings();
}
