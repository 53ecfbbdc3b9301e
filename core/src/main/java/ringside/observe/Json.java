package ringside.observe;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes plain values as JSON, the same bytes each time: maps in their own order, objects over several lines, arrays of
 * scalars on one.
 *
 * <p>Takes maps with text keys, lists, text, booleans, whole numbers, doubles and null; anything else is a defect.
 */
public final class Json {
    private static final int INDENT = 2;

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    /** The value as JSON text, with a line feed at its end. */
    public static String write(Object value) {
        Json json = new Json();
        json.value(value, 0);
        return json.out.append('\n').toString();
    }

    private void value(Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case String text -> text(text);
            case Boolean flag -> out.append(flag);
            case Integer number -> out.append(number);
            case Long number -> out.append(number);
            case Double number -> number(number);
            case Map<?, ?> map -> object(map, depth);
            case List<?> list -> array(list, depth);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private void number(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            out.append("null");
        } else {
            out.append(String.format(Locale.ROOT, "%.3f", number));
        }
    }

    private void object(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> i = map.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<?, ?> entry = i.next();
            newLine(depth + 1);
            text((String) entry.getKey());
            out.append(": ");
            value(entry.getValue(), depth + 1);
            out.append(i.hasNext() ? "," : "");
        }
        newLine(depth);
        out.append('}');
    }

    private void array(List<?> list, int depth) {
        boolean lines = list.stream().anyMatch(item -> item instanceof Map<?, ?>);
        out.append('[');
        for (Iterator<?> i = list.iterator(); i.hasNext(); ) {
            if (lines) {
                newLine(depth + 1);
            }
            value(i.next(), depth + 1);
            out.append(i.hasNext() ? lines ? "," : ", " : "");
        }
        if (lines) {
            newLine(depth);
        }
        out.append(']');
    }

    private void newLine(int depth) {
        out.append('\n').append(" ".repeat(depth * INDENT));
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c < 0x20 || c == 0x7f ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        out.append('"');
    }
}
