package ringside.machine.cpu;

/** Reasons for an engine to leave its straight run before the next instruction, as bits of {@link Cpu#attention}. */
public final class Attention {
    /** INTR is high and IF is set. */
    public static final int INTERRUPT = 1;

    public static final int NMI = 2;
    /** STI or MOV SS: one instruction without interrupts. */
    public static final int SHADOW = 4;
    /** TF, RF, an enabled instruction breakpoint or a pending debug trap: one instruction at a time. */
    public static final int DEBUG = 8;

    public static final int HALTED = 16;
    public static final int SHUTDOWN = 32;
    /** An interrupt or NMI window is open, or the monitor trap flag is set. */
    public static final int WINDOW = 128;

    /** Somebody asked for a stop. */
    public static final int STOP = 64;

    private Attention() {}
}
