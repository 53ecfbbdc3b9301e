package ringside.machine.devices.pci;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.StopRequest;
import ringside.machine.devices.Device;
import ringside.machine.state.StateVisitor;

/**
 * The 440FX host bridge: configuration mechanism 1 at CF8h and CFCh, bus 0, and the PIIX3's reset register at CF9h.
 *
 * <p>It is function 0 of slot 0 itself. The address register takes 32-bit accesses only.
 */
public final class PciHost implements Device {
    private static final int ADDRESS = 0xcf8, RESET = 0xcf9, DATA = 0xcfc;
    private static final int ENABLED = 1 << 31;

    private final List<ConfigurationSpace> functions = new ArrayList<>();
    private final PciFunction bridge = new PciFunction(0, 0, 0x8086, 0x1237, 0x060000, 2)
            .put(PciFunction.COMMAND, PciFunction.MEMORY | PciFunction.MASTER)
            .writable(0x50, -1)
            .writable(0x58, -1)
            .writable(0x5c, -1)
            .writable(0x70, 0xff);
    private final StopRequest stop;
    private int address;
    private int reset;

    public PciHost(StopRequest stop) {
        this.stop = stop;
        add(bridge);
    }

    /** Plugs a function in. */
    public void add(ConfigurationSpace function) {
        functions.add(function);
    }

    /** All functions on bus 0, in the order in which they were plugged in. */
    public List<ConfigurationSpace> functions() {
        return List.copyOf(functions);
    }

    /** The function that the address register names, or null. */
    private ConfigurationSpace addressed() {
        if ((address & ENABLED) == 0 || (address >> 16 & 0xff) != 0) {
            return null;
        }
        int slot = address >> 11 & 31;
        int function = address >> 8 & 7;
        for (int i = 0; i < functions.size(); i++) {
            ConfigurationSpace f = functions.get(i);
            if (f.slot() == slot && f.function() == function) {
                return f;
            }
        }
        return null;
    }

    private int register(int port) {
        return address & 0xfc | port & 3;
    }

    @Override
    public int in(int bits, int port) {
        if (port >= DATA) {
            ConfigurationSpace function = addressed();
            return function == null ? -1 : function.get(bits, register(port));
        }
        if (port == ADDRESS && bits == 32) {
            return address;
        }
        return port == RESET && bits == 8 ? reset : -1;
    }

    @Override
    public void out(int bits, int port, int value) {
        if (port >= DATA) {
            ConfigurationSpace function = addressed();
            if (function != null) {
                function.set(bits, register(port), value);
            }
        } else if (port == ADDRESS && bits == 32) {
            address = value & 0x80fffffc;
        } else if (port == RESET && bits == 8) {
            boolean rises = (value & ~reset & 4) != 0;
            reset = value & 6;
            if (rises) {
                stop.stop("reset", 0);
            }
        }
    }

    @Override
    public String stateName() {
        return "pci";
    }

    @Override
    public void visit(StateVisitor v) {
        address = v.int32("address", address);
        reset = v.int32("reset", reset);
        bridge.visit(v);
    }
}
