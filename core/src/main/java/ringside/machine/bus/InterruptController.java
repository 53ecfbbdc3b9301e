package ringside.machine.bus;

/** An interrupt controller as devices and the CPU see it: lines in, vectors out. */
public interface InterruptController extends InterruptSource {
    /** The request line with this number. */
    IrqLine line(int irq);

    /** Whether a request on line {@code irq}, were it raised now, would get through to the CPU. */
    boolean wouldDeliver(int irq);

    /** Whether a request waits for the CPU now. */
    boolean pending();
}
