package ringside.machine.devices;

import ringside.machine.bus.BytePorts;
import ringside.machine.bus.InterruptController;
import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;

/**
 * The two cascaded 8259A of a PC: master at 20h, slave at A0h on the master's line 2, edge/level registers at 4D0h.
 *
 * <p>Its output is the CPU's INTR pin. Lines 0-7 are the master's, 8-15 the slave's. Until the guest initialises it
 * every line is masked.
 */
public final class PicPair implements Device, BytePorts, InterruptController {
    private static final int CASCADE = 2;
    /** Lines 0-2 of the master and 8, 13 of the system board are edges for good. */
    private static final int LEVEL_CAPABLE_MASTER = 0xf8;

    private static final int LEVEL_CAPABLE_SLAVE = 0xde;

    private final Pic master;
    private final Pic slave;
    private IrqLine output;

    public PicPair(IrqLine intr) {
        output = intr;
        master = new Pic(true, high -> output.set(high));
        slave = new Pic(false, high -> master.line(CASCADE, high));
    }

    /** Leads INT elsewhere than to the CPU: a board with a local APIC puts that between. */
    public void plug(IrqLine other) {
        output = other;
    }

    @Override
    public IrqLine line(int irq) {
        return irq < 8 ? high -> master.line(irq, high) : high -> slave.line(irq - 8, high);
    }

    @Override
    public boolean wouldDeliver(int irq) {
        return irq < 8 ? master.wouldDeliver(irq) : slave.wouldDeliver(irq - 8) && master.wouldDeliver(CASCADE);
    }

    @Override
    public boolean pending() {
        return master.pending();
    }

    /** The two INTA cycles: the master picks a line, and where that carries the slave, the slave gives the vector. */
    @Override
    public int acknowledge() {
        boolean asked = master.pending();
        int n = master.take();
        return asked && master.cascaded(n) ? slave.vector(slave.take()) : master.vector(n);
    }

    @Override
    public int in8(int port) {
        return switch (port) {
            case 0x4d0 -> master.level();
            case 0x4d1 -> slave.level();
            default -> chip(port).in(port & 1);
        };
    }

    @Override
    public void out8(int port, int value) {
        switch (port) {
            case 0x4d0 -> master.level(value & LEVEL_CAPABLE_MASTER);
            case 0x4d1 -> slave.level(value & LEVEL_CAPABLE_SLAVE);
            default -> chip(port).out(port & 1, value);
        }
    }

    private Pic chip(int port) {
        return port < 0xa0 ? master : slave;
    }

    @Override
    public String stateName() {
        return "pic";
    }

    @Override
    public void visit(StateVisitor v) {
        master.visit("master.", v);
        slave.visit("slave.", v);
        master.redrive();
    }
}
