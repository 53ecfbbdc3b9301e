package ringside.dsl.assembly;

import java.util.function.ToLongFunction;
import ringside.error.RingsideException;

/** How expressions are computed: 64-bit two's complement, division towards zero. */
public final class Arithmetic {
    private Arithmetic() {}

    /** {@code left operator right}, as a number where both are. */
    static Expr fold(String operator, Expr left, Expr right) {
        if (left instanceof Expr.Const a && right instanceof Expr.Const b) {
            return new Expr.Const(compute(operator, a.value(), b.value()));
        }
        return new Expr.Op(operator, left, right);
    }

    /** The value of {@code expr}; {@code leaf} gives that of labels, {@code $} and {@code $$}. */
    static long value(Expr expr, ToLongFunction<Expr> leaf) {
        return switch (expr) {
            case Expr.Const constant -> constant.value();
            case Expr.Op op -> compute(op.operator(), value(op.left(), leaf), value(op.right(), leaf));
            case Expr.Register register ->
                throw new RingsideException(
                        "register " + register + " stands where a number is needed",
                        "",
                        "registers can be added up only inside square brackets: [" + register + " + 4]");
            default -> leaf.applyAsLong(expr);
        };
    }

    /** Whether {@code expr} needs the layout: it rests on a label, {@code $} or {@code $$}. */
    static boolean needsLayout(Expr expr) {
        return switch (expr) {
            case Expr.Const constant -> false;
            case Expr.Register register -> false;
            case Expr.Op op -> needsLayout(op.left()) || needsLayout(op.right());
            default -> true;
        };
    }

    static boolean hasRegister(Expr expr) {
        return switch (expr) {
            case Expr.Register register -> true;
            case Expr.Op op -> hasRegister(op.left()) || hasRegister(op.right());
            default -> false;
        };
    }

    /** {@code a operator b}. */
    public static long compute(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / divisor(b);
            case "%" -> a % divisor(b);
            case "&" -> a & b;
            case "|" -> a | b;
            case "^" -> a ^ b;
            case "<<" -> b < 0 || b > 63 ? 0 : a << b;
            case ">>" -> a >> Math.clamp(b, 0, 63);
            case ">>>" -> b < 0 || b > 63 ? 0 : a >>> b;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static long divisor(long b) {
        if (b == 0) {
            throw new RingsideException("division by zero", "", "look at what the divisor was computed from");
        }
        return b;
    }
}
