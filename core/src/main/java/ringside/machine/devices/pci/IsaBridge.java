package ringside.machine.devices.pci;

import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import ringside.machine.bus.IrqLine;
import ringside.machine.devices.Device;
import ringside.machine.state.StateVisitor;

/**
 * The PIIX3's ISA bridge: routes the interrupt pins of PCI slots to request lines by its registers 60h-63h.
 *
 * <p>Pin INTx of slot s is line PIRQ (s + x - 1) mod 4, as boards wire them. A request line is high while any pin routed
 * to it is asserted, so that functions can share it.
 */
public final class IsaBridge implements Device {
    private static final int ROUTES = 0x60;
    private static final int PIRQS = 4;
    private static final int DISABLED = 0x80;
    private static final int LINES = 16;

    private final IntFunction<IrqLine> lines;
    private final IntPredicate delivers;
    private final PciFunction bridge;
    /** For each of the four lines, one bit a slot that asserts it. */
    private final int[] asserted = new int[PIRQS];
    /** Request lines that are high. */
    private int high;

    /**
     * @param lines the request lines, by number
     * @param delivers whether a request on a line would get through to the CPU
     */
    public IsaBridge(PciHost host, IntFunction<IrqLine> lines, IntPredicate delivers) {
        this.lines = lines;
        this.delivers = delivers;
        bridge = new PciFunction(1, 0, 0x8086, 0x7000, 0x060100, 0)
                .put(PciFunction.COMMAND, 0x0200_0007)
                .put(ROUTES, 0x80808080)
                .writable(0x4c, 0xffff_00ff)
                .writable(ROUTES, 0x8f8f8f8f)
                .multifunction()
                .listener(this::drive);
        host.add(bridge);
    }

    private static int pirq(int slot, int pin) {
        return slot + pin - 1 & PIRQS - 1;
    }

    /** Asserts or releases the function's interrupt pin. */
    public void pin(PciFunction function, boolean active) {
        pin(function.slot(), function.interruptPin(), active);
    }

    /** Asserts or releases pin {@code pin} of a slot; 1 is INTA. */
    public void pin(int slot, int pin, boolean active) {
        int bit = 1 << slot;
        int pirq = pirq(slot, pin);
        asserted[pirq] = active ? asserted[pirq] | bit : asserted[pirq] & ~bit;
        drive();
    }

    /** Whether the function's interrupt, were it asserted now, would get through to the CPU. */
    public boolean wouldDeliver(PciFunction function) {
        return wouldDeliver(function.slot(), function.interruptPin());
    }

    /** Whether a pin of a slot, were it asserted now, would get through to the CPU. */
    public boolean wouldDeliver(int slot, int pin) {
        int route = bridge.get(8, ROUTES + pirq(slot, pin));
        return (route & DISABLED) == 0 && delivers.test(route & 15);
    }

    /** The request line that a pin of a slot leads to, or -1. */
    public int line(int slot, int pin) {
        int route = bridge.get(8, ROUTES + pirq(slot, pin));
        return (route & DISABLED) == 0 ? route & 15 : -1;
    }

    private void drive() {
        int now = 0;
        for (int pirq = 0; pirq < PIRQS; pirq++) {
            int route = bridge.get(8, ROUTES + pirq);
            if (asserted[pirq] != 0 && (route & DISABLED) == 0) {
                now |= 1 << (route & 15);
            }
        }
        int changed = now ^ high;
        high = now;
        for (int line = 0; line < LINES && changed != 0; line++) {
            if ((changed >> line & 1) != 0) {
                lines.apply(line).set((now >> line & 1) != 0);
            }
        }
    }

    @Override
    public int in(int bits, int port) {
        return -1; // no ports of its own
    }

    @Override
    public void out(int bits, int port, int value) {
        // no ports of its own
    }

    @Override
    public String stateName() {
        return "isaBridge";
    }

    @Override
    public void visit(StateVisitor v) {
        v.ints("asserted", asserted);
        high = v.int32("high", high);
        bridge.visit(v);
    }
}
