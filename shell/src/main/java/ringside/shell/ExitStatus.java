package ringside.shell;

/** What the program tells its caller; the same for every command. */
public final class ExitStatus {
    public static final int DONE = 0;
    /** An expectation failed, or runs parted that should not. */
    public static final int FAILED = 1;
    /** Bad input: a wrong option, file, script or image. */
    public static final int BAD_INPUT = 2;
    /** {@code boot} ended by budget, triple fault or shutdown. */
    public static final int STOPPED = 3;
    /** A defect of Ringside itself. */
    public static final int DEFECT = 70;

    private ExitStatus() {}
}
