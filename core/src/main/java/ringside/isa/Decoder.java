package ringside.isa;

import java.util.List;
import java.util.Set;
import ringside.arch.Vector;
import ringside.isa.table.InstructionTable;

/**
 * Bytes to instructions, by the table's rows.
 *
 * <p>Any bytes decode: what is no instruction becomes an {@link Insn} of the row {@link #INVALID}, {@link #TOO_LONG}
 * or {@link #TRUNCATED}, whose body raises the fault the manual asks for. Nothing is thrown but what the
 * {@link ByteSource} throws. Stateless and safe for any number of threads.
 */
public final class Decoder {
    /** No instruction has these bytes, or LOCK stands where it may not: #UD. */
    public static final Row INVALID = refusal("(invalid)", Vector.UD);

    /** More than fifteen bytes: #GP(0). */
    public static final Row TOO_LONG = refusal("(too long)", Vector.GP);

    /** The source ended inside the instruction: #GP(0), as a fetch past the segment's limit. */
    public static final Row TRUNCATED = refusal("(truncated)", Vector.GP);

    /** Longest instruction in bytes (SDM vol. 2, section 2.3.11). */
    public static final int MAX_LENGTH = 15;

    private static final Opcodes OPCODES = new Opcodes(InstructionTable.ROWS);

    private Decoder() {}

    /** The instruction that starts at {@code source}, in code of {@code codeBits} (16 or 32) by CS.D. */
    public static Insn decode(ByteSource source, int codeBits) {
        return new Decoding(source, codeBits, OPCODES).run();
    }

    /** The instruction at {@code offset} of {@code code}. */
    public static Insn decode(byte[] code, int offset, int codeBits) {
        return decode(ByteSource.of(code, offset), codeBits);
    }

    private static Row refusal(String name, int vector) {
        Body body = (p, i) -> {
            throw new GuestFault(vector, 0);
        };
        return new Row(
                name, "", List.of(), FlagEffects.NONE, Sensitivity.INNOCUOUS, Flow.FAULT, Set.of(), null, body, "");
    }
}
