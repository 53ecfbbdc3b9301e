package ringside.machine.cpu;

/**
 * How the simulated silicon executes instructions. Declared here, implemented above; knows nothing of VMMs.
 *
 * <p>An engine owns what it decoded or compiled; {@code PhysicalMemory.CodeWatch} tells it what became stale.
 */
public interface Engine {
    /** The word for {@code --engine}. */
    String name();

    /**
     * Executes until something in {@link Stop} happens, at most {@code instructions} retired instructions.
     *
     * <p>On return {@code cpu.eip} and all state are precise.
     */
    Stop run(Cpu cpu, long instructions);
}
