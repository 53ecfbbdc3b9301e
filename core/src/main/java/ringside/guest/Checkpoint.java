package ringside.guest;

import java.util.List;
import ringside.isa.Operand;

/**
 * A named point of a guest where values are to be compared: a note on an address, no byte of the guest.
 *
 * <p>It is reached each time the instruction at {@code la} is about to execute.
 *
 * @param name as the script says it; several checkpoints may share one
 * @param la linear address of the instruction that follows the checkpoint
 * @param values what to look at, in the order written
 */
public record Checkpoint(String name, int la, List<Value> values) {
    /**
     * One value of a checkpoint.
     *
     * @param text as the script writes it: {@code eax}, {@code [counter]}
     * @param operand register, segment register or memory; reading it must not disturb the guest
     */
    public record Value(String text, Operand operand) {}

    public Checkpoint {
        values = List.copyOf(values);
    }
}
