package ringside.dsl;

import groovy.lang.Closure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.codehaus.groovy.runtime.InvokerHelper;
import ringside.arch.Reg;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Arithmetic;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Operands;
import ringside.dsl.assembly.Place;
import ringside.dsl.assembly.Section;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;

/**
 * What the assembler's statements in a script call when they run. Not for people: the compiler writes these calls.
 *
 * <p>Statements add items to the section of the block that is running; operands make {@link Arg} and {@link Expr}
 * values, which a script may keep in variables and pass to its own methods.
 */
public final class Emitter {
    private Emitter() {}

    // ---- statements

    /** An instruction or directive; {@code words} is the mnemonic with the prefixes before it. */
    public static Object insn(int line, String words, Object... operands) {
        ScriptContext context = ScriptContext.current();
        SourceLine at = context.line(line);
        try {
            return Statements.emit(context, at, words, operands == null ? new Object[] {null} : operands);
        } catch (RingsideException e) {
            throw placed(e, at);
        }
    }

    /** A label. */
    public static void label(int line, String name) {
        ScriptContext context = ScriptContext.current();
        SourceLine at = context.line(line);
        try {
            context.section(name + ":").label(at, name);
        } catch (RingsideException e) {
            throw placed(e, at);
        }
    }

    /** {@code times}: what {@code body} emits, {@code count} times. */
    public static void times(int line, Object count, Closure<?> body) {
        ScriptContext context = ScriptContext.current();
        SourceLine at = context.line(line);
        try {
            Section section = context.section("times");
            Section repeated = section.body();
            context.emitInto(repeated, body::call);
            section.add(new Item.Times(at, Expr.of(count), List.copyOf(repeated.items())));
        } catch (RingsideException e) {
            throw placed(e, at);
        }
    }

    private static RingsideException placed(RingsideException e, SourceLine at) {
        return e.where().isEmpty() ? new RingsideException(e.what(), Place.of(at), e.remedy(), e) : e;
    }

    // ---- operands

    /** Memory: {@code size} and {@code segment} are empty where they are not written. */
    public static Arg mem(String size, String segment, Object address) {
        return Operands.memory(size, Arrays.asList(Reg.SEGMENTS).indexOf(segment), Expr.of(address));
    }

    /** A width written before something other than square brackets. */
    public static Arg sized(String size, Object operand) {
        return Operands.sized(size, Operands.of(operand));
    }

    /** {@code short}, {@code near} or {@code far} before an operand. */
    public static Arg distance(String distance, Object operand) {
        return Operands.distance(distance, Operands.of(operand));
    }

    /** A far pointer. */
    public static Arg far(Object selector, Object offset) {
        return new Arg.Far(0, Expr.of(selector), Expr.of(offset));
    }

    /** A local label, {@code .name}. */
    public static Expr local(String name) {
        return ScriptContext.current().section("." + name).local(name);
    }

    /** A checkpoint's value with the text it was written as. */
    public static Item.Shown shown(String text, Object operand) {
        return new Item.Shown(text, Operands.of(operand));
    }

    /** A name that the script does not declare: a register, a constant, a script variable, or a label. */
    public static Object symbol(String name) {
        Expr word = SymbolWords.of(name);
        if (word != null) {
            return word;
        }
        ScriptContext context = ScriptContext.current();
        Object ofRule = context.emission() == null ? null : context.emission().word(name);
        if (ofRule != null) {
            return ofRule;
        }
        Object setting = context.driverSetting(name);
        if (setting != null) {
            return setting;
        }
        if (context.script.getBinding().hasVariable(name)) {
            return context.script.getBinding().getVariable(name);
        }
        return context.label(name);
    }

    /** {@code name.member}: another label's local label, or a property of a script variable. */
    public static Object member(String name, String member) {
        Object owner = symbol(name);
        return owner instanceof Expr.Symbol
                ? ScriptContext.current().label(name + "." + member)
                : InvokerHelper.getProperty(owner, member);
    }

    // ---- arithmetic

    /** {@code a operator b} of numbers, labels and registers; of anything else as Groovy does it. */
    public static Object binary(String operator, Object a, Object b) {
        if (a instanceof Expr || b instanceof Expr) {
            return Operands.arithmetic(operator, Expr.of(a), Expr.of(b));
        }
        if (isWhole(a) && isWhole(b)) {
            return number(Arithmetic.compute(operator, ((Number) a).longValue(), ((Number) b).longValue()));
        }
        return InvokerHelper.invokeMethod(a, groovyName(operator), b);
    }

    /** {@code -a}. */
    public static Object negated(Object a) {
        return binary("-", 0, a instanceof CharSequence ? Expr.of(a) : a);
    }

    /** {@code ~a}. */
    public static Object complement(Object a) {
        return binary("^", a, -1);
    }

    private static boolean isWhole(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }

    private static Object number(long value) {
        return value == (int) value ? (Object) (int) value : (Object) value;
    }

    private static String groovyName(String operator) {
        return switch (operator) {
            case "+" -> "plus";
            case "-" -> "minus";
            case "*" -> "multiply";
            case "/" -> "div";
            case "%" -> "mod";
            case "&" -> "and";
            case "|" -> "or";
            case "^" -> "xor";
            case "<<" -> "leftShift";
            case ">>" -> "rightShift";
            default -> "rightShiftUnsigned";
        };
    }

    /** Values of {@code db} and the like: text as its bytes, all else as numbers. */
    static List<Object> data(int bits, Object[] operands) {
        List<Object> values = new ArrayList<>();
        for (Object operand : operands) {
            switch (operand) {
                case CharSequence text -> values.add(text.toString().getBytes(StandardCharsets.UTF_8));
                case byte[] bytes -> values.add(bytes.clone());
                case List<?> list -> values.addAll(data(bits, list.toArray()));
                case null, default -> values.add(Expr.of(operand));
            }
        }
        return values;
    }
}
