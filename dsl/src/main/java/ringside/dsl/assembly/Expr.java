package ringside.dsl.assembly;

import ringside.error.RingsideException;
import ringside.isa.Disassembler;
import ringside.isa.Operand;

/**
 * A value in assembler source that may rest on labels or registers. Groovy's operators build trees of it.
 *
 * <p>The methods named {@code plus}, {@code minus}... are what Groovy calls for {@code +}, {@code -}...
 */
public sealed interface Expr {
    /** A number. */
    record Const(long value) implements Expr {}

    /**
     * A label's address; {@code name} is the full name of a local label.
     *
     * @param prefix the included driver it is named in, whose own label counts first; empty elsewhere
     */
    record Symbol(String name, String prefix) implements Expr {
        public Symbol(String name) {
            this(name, "");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** {@code $}: the address of the statement it stands in. */
    record Here() implements Expr {}

    /** {@code $$}: the address at which the section begins. */
    record Start() implements Expr {}

    /** A register, which only an address may add up with other values. */
    record Register(Operand operand) implements Expr {
        @Override
        public String toString() {
            return Disassembler.operandText(operand);
        }
    }

    /** {@code left operator right}. */
    record Op(String operator, Expr left, Expr right) implements Expr {}

    /** The value of anything a script can write where a number or a label is expected. */
    static Expr of(Object value) {
        return switch (value) {
            case Expr expr -> expr;
            case Integer number -> new Const(number);
            case Long number -> new Const(number);
            case Short number -> new Const(number);
            case Byte number -> new Const(number);
            case Character character -> new Const(character);
            case CharSequence text -> new Const(character(text.toString()));
            case java.math.BigInteger number when number.bitLength() < 64 -> new Const(number.longValue());
            case null -> throw new RingsideException("null is not a number", "", "give the variable a value first");
            case Number number ->
                throw new RingsideException(number + " is not a whole number", "", "write it without a fraction");
            default ->
                throw new RingsideException(
                        "a " + value.getClass().getSimpleName() + " is not a number",
                        "",
                        "write a number, a label or a constant");
        };
    }

    /** Characters as a little-endian number, as {@code mov eax, 'abcd'} means them. */
    private static long character(String text) {
        if (text.isEmpty() || text.length() > 8) {
            throw new RingsideException(
                    "'" + text + "' does not fit in a number", "", "write 1 to 4 characters, or put the text into db");
        }
        long value = 0;
        for (int i = text.length() - 1; i >= 0; i--) {
            value = value << 8 | text.charAt(i) & 0xff;
        }
        return value;
    }

    private static Expr op(String operator, Expr left, Object right) {
        return Arithmetic.fold(operator, left, of(right));
    }

    default Expr plus(Object other) {
        return op("+", this, other);
    }

    default Expr minus(Object other) {
        return op("-", this, other);
    }

    default Expr multiply(Object other) {
        return op("*", this, other);
    }

    default Expr div(Object other) {
        return op("/", this, other);
    }

    default Expr mod(Object other) {
        return op("%", this, other);
    }

    default Expr remainder(Object other) {
        return op("%", this, other);
    }

    default Expr and(Object other) {
        return op("&", this, other);
    }

    default Expr or(Object other) {
        return op("|", this, other);
    }

    default Expr xor(Object other) {
        return op("^", this, other);
    }

    default Expr leftShift(Object other) {
        return op("<<", this, other);
    }

    default Expr rightShift(Object other) {
        return op(">>", this, other);
    }

    default Expr rightShiftUnsigned(Object other) {
        return op(">>>", this, other);
    }

    default Expr negative() {
        return Arithmetic.fold("-", new Const(0), this);
    }

    default Expr positive() {
        return this;
    }

    default Expr bitwiseNegate() {
        return Arithmetic.fold("^", this, new Const(-1));
    }
}
