package ringside.isa;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

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

    private static final Map<String, Operand> BY_NAME = names();

    private Registers() {}

    /** Register {@code number} of {@code file}, or null where there is none; {@code bits} matters for general ones. */
    static Operand of(OperandCode.Register file, int bits, int number) {
        if (file == OperandCode.Register.GPR && bits < 32) {
            return bits == 16 ? GPR16[number] : GPR8[number];
        }
        return ALL[file.ordinal()][number];
    }

    /** The register a programmer calls {@code name}, or null. */
    static Operand named(String name) {
        return BY_NAME.get(name);
    }

    private static Map<String, Operand> names() {
        Map<String, Operand> map = new HashMap<>();
        Stream.of(Stream.of(GPR8), Stream.of(GPR16), Stream.of(ALL).flatMap(Stream::of))
                .flatMap(s -> s)
                .filter(Objects::nonNull)
                .forEach(operand -> map.put(Disassembler.operandText(operand), operand));
        return Map.copyOf(map);
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
