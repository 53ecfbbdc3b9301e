package ringside.isa;

import java.util.List;
import ringside.arch.Reg;

/**
 * A decoded instruction: its row, its operands and what the prefixes made of it. Immutable; independent of where it lies.
 *
 * <p>{@code op0..op2} repeat the list for the bodies, {@code null} where absent.
 */
public final class Insn {
    public final Row row;
    public final List<Operand> operands;
    public final Operand op0;
    public final Operand op1;
    public final Operand op2;
    /** {@link Prefix} bits. */
    public final int prefixes;
    /** Effective operand size, 16 or 32: what {@code v} in an operand specification means. */
    public final int opSize;
    /** Effective address size, 16 or 32. */
    public final int addrSize;
    /** Bytes, prefixes included, 1 to 15. */
    public final int length;

    public Insn(Row row, List<Operand> operands, int prefixes, int opSize, int addrSize, int length) {
        this.row = row;
        this.operands = List.copyOf(operands);
        this.op0 = operands.size() > 0 ? operands.get(0) : null;
        this.op1 = operands.size() > 1 ? operands.get(1) : null;
        this.op2 = operands.size() > 2 ? operands.get(2) : null;
        this.prefixes = prefixes;
        this.opSize = opSize;
        this.addrSize = addrSize;
        this.length = length;
    }

    /** The name at this instruction's operand and address size, as {@code movsd} of the row {@code movs{w|d}}. */
    public String mnemonic() {
        return new Mnemonic(row.mnemonic()).name(opSize, addrSize);
    }

    /** Whether the bytes are an instruction at all; otherwise {@link #row} is one of {@link Decoder}'s refusals. */
    public boolean isValid() {
        return row != Decoder.INVALID && row != Decoder.TOO_LONG && row != Decoder.TRUNCATED;
    }

    public boolean has(int prefix) {
        return (prefixes & prefix) != 0;
    }

    /** The segment of a string source or XLAT: the override or DS. */
    public int dataSegment() {
        int seg = Prefix.segment(prefixes);
        return seg < 0 ? Reg.DS : seg;
    }
}
