package ringside.machine.board;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import ringside.machine.board.Snapshot.Difference;

/** Saved state as text, and the first place where two differ. */
final class StateText {
    /** Arrays longer than this are abridged to a checksum. */
    private static final int SHOWN = 16;

    private StateText() {}

    static Optional<Difference> firstDifference(String part, Map<String, Object> left, Map<String, Object> right) {
        for (String name : left.keySet()) {
            Optional<Difference> found = compare(part, name, left.get(name), right.get(name));
            if (found.isPresent()) {
                return found;
            }
        }
        return right.keySet().stream()
                .filter(name -> !left.containsKey(name))
                .findFirst()
                .map(name -> new Difference(part, name, "(absent)", text(right.get(name))));
    }

    private static Optional<Difference> compare(String part, String name, Object left, Object right) {
        if (Objects.deepEquals(left, right)) {
            return Optional.empty();
        }
        boolean arrays = right != null && left.getClass().isArray() && left.getClass() == right.getClass();
        if (arrays && Array.getLength(left) == Array.getLength(right)) {
            for (int i = 0; i < Array.getLength(left); i++) {
                String a = text(Array.get(left, i));
                String b = text(Array.get(right, i));
                if (!a.equals(b)) {
                    return Optional.of(new Difference(part, String.format("%s[%x]", name, i), a, b));
                }
            }
        }
        return Optional.of(new Difference(part, name, text(left), text(right)));
    }

    static List<String> lines(Map<String, String> configuration, Map<String, Map<String, Object>> parts) {
        List<String> lines = new ArrayList<>();
        configuration.forEach((name, value) -> lines.add("configuration." + name + " = " + value));
        parts.forEach(
                (part, values) -> values.forEach((name, value) -> lines.add(part + "." + name + " = " + text(value))));
        return lines;
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "(absent)";
            case Byte b -> String.format("%02x", b);
            case Integer i -> String.format("%08x", i);
            case Long n -> String.format("%016x", n);
            default -> array(value);
        };
    }

    private static String array(Object array) {
        int length = Array.getLength(array);
        if (length > SHOWN) {
            long sum = 0;
            for (int i = 0; i < length; i++) {
                sum = sum * 31 + ((Number) Array.get(array, i)).longValue();
            }
            return String.format("%d entries, checksum %016x", length, sum);
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < length; i++) {
            text.append(i == 0 ? "" : " ").append(text(Array.get(array, i)));
        }
        return text.append(']').toString();
    }
}
