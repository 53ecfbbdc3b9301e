package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.GroovyObjectSupport;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/**
 * What a block of a script talks to: its methods are the block's words, and every other word is refused with the nearest
 * known one.
 *
 * <p>Closures resolve DELEGATE_ONLY, so a word can mean nothing but what the innermost block says; the script's own
 * variables and methods stay visible.
 */
abstract class Block extends GroovyObjectSupport {
    /** The block's name in messages: {@code server}. */
    abstract String blockName();

    /** The words that take a value: settings. */
    abstract Set<String> settings();

    /** The script whose variables and methods the block's closures see. */
    RingsideScript script() {
        return ScriptContext.current().script;
    }

    /** Runs {@code body} against this block. */
    final void configure(Closure<?> body) {
        body.setDelegate(this);
        body.setResolveStrategy(Closure.DELEGATE_ONLY);
        body.call();
    }

    /** A word without arguments, or null where this block has no such word. */
    Object word(String name) {
        return null;
    }

    /** Names that {@link #word} knows, for suggestions. */
    Set<String> words() {
        return Set.of();
    }

    @Override
    public Object getProperty(String name) {
        Object word = word(name);
        if (word != null) {
            return word;
        }
        if (script().getBinding().hasVariable(name)) {
            return script().getBinding().getVariable(name);
        }
        if (settings().contains(name)) {
            throw new RingsideException(
                    "'" + name + "' in " + blockName() + " needs a value", "", "write " + usage(name));
        }
        throw unknown("word", name);
    }

    @Override
    public void setProperty(String name, Object value) {
        if (settings().contains(name)) {
            throw new RingsideException(
                    "'" + name + "' in " + blockName() + " is not assigned to", "", "write " + usage(name));
        }
        throw new RingsideException("variable '" + name + "' is not declared", "", "write def " + name + " = ...");
    }

    @Override
    public Object invokeMethod(String name, Object args) {
        Object[] arguments = args instanceof Object[] array ? array : new Object[] {args};
        if (settings().contains(name)) {
            return misused(name, arguments);
        }
        if (script().hasMacro(name)) {
            return script().callMacro(name, arguments);
        }
        throw unknown("setting", name);
    }

    /** A known setting with arguments of kinds that no method takes. */
    Object misused(String name, Object[] arguments) {
        throw new RingsideException(
                "'" + name + "' in " + blockName() + " does not take " + kinds(arguments), "", "write " + usage(name));
    }

    /** How setting {@code name} is written. */
    abstract String usage(String name);

    static String kinds(Object[] arguments) {
        if (arguments.length == 0) {
            return "nothing";
        }
        return String.join(", ", Arrays.stream(arguments).map(Block::kind).toList());
    }

    private static String kind(Object argument) {
        return switch (argument) {
            case null -> "null";
            case Closure<?> c -> "a block";
            case CharSequence text -> "'" + text + "'";
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case java.util.List<?> list -> "a list";
            case java.util.Map<?, ?> map -> "named values";
            default -> "a " + argument.getClass().getSimpleName();
        };
    }

    final RingsideException unknown(String what, String name) {
        Set<String> known = new TreeSet<>(settings());
        known.addAll(words());
        return new RingsideException(
                "unknown " + what + " '" + name + "' in " + blockName(),
                "",
                NearMiss.hint(name, known, "known: " + String.join(", ", known)));
    }
}
