package ringside.machine.devices.apic;

import ringside.machine.bus.InterruptController;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioDevice;
import ringside.machine.devices.Device;
import ringside.machine.devices.PicPair;
import ringside.machine.devices.Wiring;
import ringside.machine.state.StateVisitor;

/**
 * The board's interrupt controllers together: each line leads to the 8259 and to the I/O APIC, whose messages and the
 * 8259's output meet in the processor's local APIC.
 *
 * <p>Line 0, the timer's, is pin 2 of the I/O APIC, as on every PC; pin 0 stays free. Where the machine has no APIC their
 * registers answer nowhere, and the 8259 speaks to the processor as it always did.
 */
public final class Apics implements Device, InterruptController {
    public static final int LOCAL_PA = 0xfee0_0000, IO_PA = 0xfec0_0000;
    /** The I/O APIC's id, behind that of the one processor. */
    public static final int IO_ID = 1;

    private static final int PAGE = 0x1000;

    private final PicPair pics;
    private final LocalApic local;
    private final IoApic io;
    private final IrqLine[] lines = new IrqLine[16];

    public Apics(Wiring wiring, PicPair pics) {
        this.pics = pics;
        ApicBus bus = new ApicBus();
        local = new LocalApic("local", 0, bus, wiring.clock(), wiring.intr());
        io = new IoApic(IO_ID, bus);
        pics.plug(local::external);
        for (int irq = 0; irq < lines.length; irq++) {
            lines[irq] = both(pics.line(irq), pin(irq));
        }
        if (wiring.settings().apic()) {
            place(wiring, "local APIC", LOCAL_PA, local);
            place(wiring, "I/O APIC", IO_PA, io);
        }
    }

    private static void place(Wiring wiring, String name, int pa, MmioDevice registers) {
        wiring.addresses().window(name, PAGE, registers).at(pa);
    }

    /** The I/O APIC's pin for a line of the ISA bus. */
    public static int pin(int irq) {
        return irq == 0 ? 2 : irq;
    }

    private IrqLine both(IrqLine pic, int pin) {
        return high -> {
            pic.set(high);
            io.pin(pin, high);
        };
    }

    @Override
    public IrqLine line(int irq) {
        return lines[irq];
    }

    @Override
    public boolean wouldDeliver(int irq) {
        int vector = io.openVector(pin(irq));
        return local.wouldPassExternal() && pics.wouldDeliver(irq) || vector >= 0 && local.wouldDeliver(vector);
    }

    @Override
    public boolean pending() {
        return local.pending();
    }

    @Override
    public int acknowledge() {
        return local.externalWins() || !local.pending() && local.wouldPassExternal()
                ? pics.acknowledge()
                : local.acknowledge();
    }

    @Override
    public boolean mayInterrupt() {
        return local.timerMayInterrupt();
    }

    @Override
    public int in(int bits, int port) {
        return -1; // no ports
    }

    @Override
    public void out(int bits, int port, int value) {
        // no ports
    }

    @Override
    public String stateName() {
        return "apic";
    }

    @Override
    public void visit(StateVisitor v) {
        local.visit(v);
        io.visit(v);
    }
}
