package ringside.dsl.assembly;

import java.util.List;
import ringside.error.RingsideException;
import ringside.isa.Disassembler;
import ringside.isa.Operand;

/** Makes operands of what a script wrote: the words before an operand, square brackets, plain values. */
public final class Operands {
    /** The words for widths, narrowest first. */
    public static final List<String> SIZES = List.of("byte", "word", "dword", "qword", "tword", "oword");

    private static final int[] BITS = {8, 16, 32, 64, 80, 128};

    private Operands() {}

    /** The width that {@code word} names, or 0 for an empty one. */
    public static int bits(String word) {
        int index = SIZES.indexOf(word);
        return index < 0 ? 0 : BITS[index];
    }

    /** Any value of a script as an operand; a list of one is memory. */
    public static Arg of(Object value) {
        return switch (value) {
            case Arg arg -> arg;
            case Expr.Register register -> new Arg.Reg(register.operand());
            case Expr expr -> {
                refuseRegister(expr);
                yield new Arg.Value(0, expr, "");
            }
            case List<?> list when list.size() == 1 -> memory("", -1, Expr.of(list.getFirst()));
            case null, default -> new Arg.Value(0, Expr.of(value), "");
        };
    }

    private static void refuseRegister(Expr expr) {
        if (Arithmetic.hasRegister(expr)) {
            throw new RingsideException(
                    "a sum with a register is no operand",
                    "",
                    "an address stands in square brackets: [ebx + 4]; lea computes it: lea eax, [ebx + 4]");
        }
    }

    /** {@code size segment:[address]}. */
    public static Arg.Mem memory(String size, int segment, Expr address) {
        return Address.of(bits(size), segment, address);
    }

    /** {@code size operand}. */
    public static Arg sized(String size, Arg operand) {
        int bits = bits(size);
        return switch (operand) {
            case Arg.Value value -> new Arg.Value(bits, value.expr(), value.distance());
            case Arg.Far far -> new Arg.Far(bits, far.selector(), far.offset());
            case Arg.Mem mem -> mem.withBits(bits);
            case Arg.Reg reg when reg.operand() instanceof Operand.Gpr gpr && gpr.bits() == bits -> reg;
            case Arg.Reg reg ->
                throw new RingsideException(
                        "'" + size + " " + Disassembler.operandText(reg.operand()) + "' contradicts itself",
                        "",
                        "a register has its own width: leave '" + size + "' out, or write " + size + "["
                                + Disassembler.operandText(reg.operand()) + "] for memory");
        };
    }

    /** {@code short}, {@code near} or {@code far}, then the operand. */
    public static Arg distance(String distance, Arg operand) {
        return switch (operand) {
            case Arg.Value value when !distance.equals("far") -> new Arg.Value(value.bits(), value.expr(), distance);
            case Arg.Far far when distance.equals("far") -> far;
            case Arg.Mem mem when distance.equals("far") -> mem.asFar();
            case Arg.Mem mem when distance.equals("near") -> mem;
            case Arg.Reg reg when distance.equals("near") -> reg;
            default ->
                throw new RingsideException(
                        "'" + distance + "' cannot stand before this operand",
                        "",
                        distance.equals("far")
                                ? "a far branch takes selector:offset or memory: jmp far 0x08:label, jmp far [pointer]"
                                : "'" + distance + "' stands before a label");
        };
    }

    /** {@code a operator b} where one of them is an expression. */
    public static Expr arithmetic(String operator, Expr a, Expr b) {
        return Arithmetic.fold(operator, a, b);
    }
}
