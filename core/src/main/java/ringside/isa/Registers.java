package ringside.isa;

/** Register operands, made once: decoding creates no new ones. */
final class Registers {
    static final Operand IMMEDIATE_ONE = new Operand.Imm(8, 1);

    private static final Operand[][] ALL = new Operand[OperandCode.Register.values().length][8];
    private static final Operand[] GPR8 = new Operand[8];
    private static final Operand[] GPR16 = new Operand[8];

    static {
        for (int n = 0; n < 8; n++) {
            GPR8[n] = new Operand.Gpr(8, n);
            GPR16[n] = new Operand.Gpr(16, n);
            for (OperandCode.Register file : OperandCode.Register.values()) {
                ALL[file.ordinal()][n] = create(file, n);
            }
        }
    }

    private Registers() {}

    /** Register {@code number} of {@code file}, or null where there is none; {@code bits} matters for general ones. */
    static Operand of(OperandCode.Register file, int bits, int number) {
        if (file == OperandCode.Register.GPR && bits < 32) {
            return bits == 16 ? GPR16[number] : GPR8[number];
        }
        return ALL[file.ordinal()][number];
    }

    private static Operand create(OperandCode.Register file, int n) {
        return switch (file) {
            case NONE -> null;
            case GPR -> new Operand.Gpr(32, n);
            case SEG -> n < 6 ? new Operand.Seg(n) : null;
            case CR -> n == 1 || n > 4 ? null : new Operand.Cr(n);
            case DR -> new Operand.Dr(n);
            case X87 -> new Operand.St(n);
            case MMX -> new Operand.Mm(n);
            case SSE -> new Operand.Xmm(n);
        };
    }
}
