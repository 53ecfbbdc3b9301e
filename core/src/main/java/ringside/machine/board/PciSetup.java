package ringside.machine.board;

import ringside.machine.bus.PortBus;
import ringside.machine.devices.pci.PciFunction;

/**
 * What firmware does to PCI devices before it boots anything, done by the same port accesses: sizes and assigns base
 * addresses, routes interrupt pins, tells the interrupt controller which lines are levels.
 */
final class PciSetup {
    private static final int ADDRESS = 0xcf8, DATA = 0xcfc;
    private static final int SLOTS = 32, FUNCTIONS = 8, BARS = 6;
    private static final int FIRST_BAR = 0x10, ROUTES = 0x60;
    private static final int ISA_BRIDGE = 0x7000_8086;
    /** The request lines that PIRQA to PIRQD are given. */
    private static final int[] LINES = {10, 11, 10, 11};

    private static final int EDGE_LEVEL_SLAVE = 0x4d1, LEVEL_10_11 = 0x0c;

    private final PortBus ports;
    private int nextPort = 0xc000;
    private int nextAddress = 0xfeb0_0000;

    private PciSetup(PortBus ports) {
        this.ports = ports;
    }

    static void run(PortBus ports) {
        PciSetup setup = new PciSetup(ports);
        for (int slot = 0; slot < SLOTS; slot++) {
            for (int function = 0; function < FUNCTIONS; function++) {
                setup.configure(slot, function);
            }
        }
        ports.out(32, ADDRESS, 0);
        if (setup.nextPort != 0xc000) {
            ports.out(8, EDGE_LEVEL_SLAVE, LEVEL_10_11);
        }
    }

    private void select(int slot, int function, int register) {
        ports.out(32, ADDRESS, 1 << 31 | slot << 11 | function << 8 | register & 0xfc);
    }

    private int read(int slot, int function, int register) {
        select(slot, function, register);
        return ports.in(32, DATA);
    }

    private void write(int slot, int function, int register, int value) {
        select(slot, function, register);
        ports.out(32, DATA, value);
    }

    private void configure(int slot, int function) {
        int identity = read(slot, function, 0);
        if (identity == -1) {
            return;
        }
        if (identity == ISA_BRIDGE) {
            write(slot, function, ROUTES, LINES[0] | LINES[1] << 8 | LINES[2] << 16 | LINES[3] << 24);
        }
        int enabled = 0;
        for (int i = 0; i < BARS; i++) {
            enabled |= assign(slot, function, FIRST_BAR + 4 * i);
        }
        if (enabled != 0) {
            int command = read(slot, function, PciFunction.COMMAND) & 0xffff;
            write(slot, function, PciFunction.COMMAND, command | enabled | PciFunction.MASTER);
        }
        int pin = read(slot, function, PciFunction.LINE) >> 8 & 0xff;
        if (pin != 0) {
            select(slot, function, PciFunction.LINE);
            ports.out(8, DATA, LINES[slot + pin - 1 & 3]);
        }
    }

    /** Sizes one register and gives it a place; the command bit it needs, 0 where there is no such register. */
    private int assign(int slot, int function, int register) {
        write(slot, function, register, -1);
        int answer = read(slot, function, register);
        if (answer == 0) {
            return 0;
        }
        if ((answer & 1) != 0) {
            int size = -(answer & ~3);
            nextPort = nextPort + size - 1 & -size;
            write(slot, function, register, nextPort);
            nextPort += size;
            return PciFunction.IO;
        }
        int size = Math.max(-(answer & ~15), 0x1000);
        nextAddress = nextAddress + size - 1 & -size;
        write(slot, function, register, nextAddress);
        nextAddress += size;
        return PciFunction.MEMORY;
    }
}
