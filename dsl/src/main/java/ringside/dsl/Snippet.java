package ringside.dsl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Operands;
import ringside.dsl.assembly.Section;
import ringside.guest.SourceLine;

/**
 * Code of Ringside's own in a guest, written as text: {@code mov eax, {0}}, where {@code {0}} is an operand of the script.
 *
 * <p>Knows the few forms that such code needs: registers, numbers, labels, {@code dword[ss:eax + edx*4 + 8]}.
 */
final class Snippet {
    private final ScriptContext context;
    private final SourceLine at;
    private final Section section;

    /** Code that belongs to a statement of the script. */
    Snippet(ScriptContext context, SourceLine at) {
        this(context, at, new Section("", 0, 32, new HashMap<>()));
    }

    /** Code in a section of its own, which may have labels. */
    Snippet(ScriptContext context, SourceLine at, Section section) {
        this.context = context;
        this.at = at;
        this.section = section;
    }

    /** What was written. */
    List<Item> items() {
        return List.copyOf(section.items());
    }

    /** Appends instructions, one a line; a line that ends with a colon is a label. */
    Snippet lines(String text, Object... operands) {
        text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> line(line, operands));
        return this;
    }

    private void line(String line, Object... operands) {
        if (line.endsWith(":")) {
            section.label(at, line.substring(0, line.length() - 1));
            return;
        }
        int prefixes = line.startsWith("lock ") ? line.indexOf(' ') + 1 : 0;
        int space = line.indexOf(' ', prefixes);
        String words = space < 0 ? line : line.substring(0, space);
        List<Object> arguments = new ArrayList<>();
        if (space >= 0) {
            for (String operand : line.substring(space + 1).split(",")) {
                arguments.add(operand(operand.strip(), operands));
            }
        }
        context.emitInto(section, () -> Statements.emit(context, at, words, arguments.toArray()));
    }

    private static Object operand(String text, Object[] operands) {
        if (text.startsWith("{")) {
            return operands[Integer.parseInt(text.substring(1, text.length() - 1))];
        }
        int bracket = text.indexOf('[');
        if (bracket < 0) {
            int space = text.indexOf(' ');
            boolean sized = space > 0 && Operands.SIZES.contains(text.substring(0, space));
            return sized
                    ? Emitter.sized(text.substring(0, space), operand(text.substring(space + 1), operands))
                    : value(text, operands);
        }
        String inside = text.substring(bracket + 1, text.length() - 1);
        int colon = inside.indexOf(':');
        String segment = colon < 0 ? "" : inside.substring(0, colon);
        Object sum = null;
        for (String term : inside.substring(colon + 1).split("\\+")) {
            Object value = term(term.strip(), operands);
            sum = sum == null ? value : Emitter.binary("+", sum, value);
        }
        return Emitter.mem(text.substring(0, bracket).strip(), segment, sum);
    }

    private static Object term(String text, Object[] operands) {
        int star = text.indexOf('*');
        return star < 0
                ? value(text, operands)
                : Emitter.binary(
                        "*", value(text.substring(0, star), operands), value(text.substring(star + 1), operands));
    }

    private static Object value(String text, Object[] operands) {
        if (text.startsWith("{")) {
            return operand(text, operands);
        }
        if (Character.isDigit(text.charAt(0))) {
            return Integer.parseUnsignedInt(text.replace("0x", ""), text.startsWith("0x") ? 16 : 10);
        }
        Expr word = SymbolWords.of(text);
        return word == null ? new Expr.Symbol(text) : word;
    }
}
