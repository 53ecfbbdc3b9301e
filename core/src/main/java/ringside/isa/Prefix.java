package ringside.isa;

/** Instruction prefixes as bits of {@link Insn#prefixes} (SDM vol. 2, section 2.1.1). */
public final class Prefix {
    /** F0. */
    public static final int LOCK = 1;
    /** F3: REP or REPE. */
    public static final int REP = 2;
    /** F2: REPNE. */
    public static final int REPNE = 4;
    /** 66. */
    public static final int OPERAND_SIZE = 8;
    /** 67. */
    public static final int ADDRESS_SIZE = 16;
    /** A segment override; the segment stands in bits 8-10 (see {@link #segment}). */
    public static final int SEGMENT = 32;

    private Prefix() {}

    public static int ofSegment(int seg) {
        return SEGMENT | seg << 8;
    }

    /** The overriding segment's number, or -1 when there is none. */
    public static int segment(int prefixes) {
        return (prefixes & SEGMENT) == 0 ? -1 : prefixes >> 8 & 7;
    }
}
