package ringside.isa;

/**
 * What an instruction does. Written once for every engine.
 *
 * <p>On entry {@link CpuPort#next} holds the EIP of the following instruction; a body that branches replaces it.
 * Registers and flags are committed after the last access that can fault: a body that throws has changed nothing,
 * except that a repeated string instruction has completed whole iterations.
 */
@FunctionalInterface
public interface Body {
    void execute(CpuPort p, Insn i);
}
