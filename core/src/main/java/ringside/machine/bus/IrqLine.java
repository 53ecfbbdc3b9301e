package ringside.machine.bus;

/** An interrupt request line into a controller, or a controller's output pin into the CPU. Idempotent. */
@FunctionalInterface
public interface IrqLine {
    IrqLine UNCONNECTED = high -> {};

    void set(boolean high);

    /** A rising edge, whatever the line was; it stays high, for an 8259 forgets a request whose line drops. */
    default void pulse() {
        set(false);
        set(true);
    }
}
