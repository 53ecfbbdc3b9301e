package ringside.machine.interrupts;

/** A VM exit in flight: unwinds to the engine, which completes it. The instruction or event in progress has no effect. */
public final class ExitTaken extends RuntimeException {
    public static final ExitTaken INSTANCE = new ExitTaken();

    private ExitTaken() {
        super(null, null, false, false);
    }
}
