package ringside.vmm.spi.rule;

/** A step of what stands for a guest instruction; {@code where} is the script line that asks for it, or empty. */
public sealed interface Step {
    /** What {@link Save} and {@link Restore} call EFLAGS: arithmetic flags alone. */
    int FLAGS = 8;

    String where();

    /** An instruction of the processor that neither branches nor is sensitive. */
    record Code(String where, byte[] bytes) implements Step {}

    /** A jump forward to a label of the same rule; {@code mnemonic} is JMP, JECXZ or a conditional jump. */
    record Jump(String where, String mnemonic, String label) implements Step {}

    /** Where jumps lead. */
    record Label(String where, String name) implements Step {}

    /** Has the VMM carry the guest instruction out; nothing behind it runs. */
    record Callout(String where) implements Step {}

    /** The guest instruction itself, as it is. */
    record Ident(String where) implements Step {}

    /** Keeps a general register, by encoding number, or {@link #FLAGS}, in the VMM's segment. */
    record Save(String where, int register) implements Step {}

    /** Gives back what {@link Save} kept. */
    record Restore(String where, int register) implements Step {}
}
