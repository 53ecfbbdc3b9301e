package ringside.machine.interrupts;

/** The hardware task switch, as event delivery and far transfers ask for it. Implemented in {@code machine.cpu}. */
@FunctionalInterface
public interface TaskSwitcher {
    /** What causes a switch; it decides the busy bits, the back link and NT. */
    enum Cause {
        JUMP,
        CALL,
        RETURN,
        /** A task gate in the IDT: nests as CALL does. */
        EVENT;

        /** Whether the old task stays busy and the new one links back to it. */
        public boolean nests() {
            return this == CALL || this == EVENT;
        }
    }

    /**
     * Switches to the task of {@code selector}; {@code eip} and {@code next} of the state become the new task's.
     *
     * <p>A fault before the commit leaves the old task whole; a later one is raised in the new task's context.
     *
     * @param savedEip what the old task resumes at
     * @param savedFlags EFLAGS image of the old task
     * @return whether the new TSS is of the 32-bit kind
     */
    boolean switchTask(int selector, Cause cause, int savedEip, int savedFlags);
}
