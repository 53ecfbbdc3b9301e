package ringside.machine.bus;

/** An interrupt request line into a controller, or a controller's output pin into the CPU. Idempotent. */
@FunctionalInterface
public interface IrqLine {
    IrqLine UNCONNECTED = high -> {};

    void set(boolean high);

    default void pulse() {
        set(true);
        set(false);
    }
}
