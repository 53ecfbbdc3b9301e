package ringside.dsl;

import java.util.List;
import java.util.Map;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.Setting;

/** The modes as words, and their options. */
final class Modes {
    /** Each mode's options with the values they take; an empty list means any. */
    private static final Map<String, Map<String, List<String>>> OPTIONS = Map.of(
            "bare", Map.of(),
            "deprivileged", Map.of("ring", List.of("1", "3"), "onFault", List.of("recover", "reflect"), "iopl", List.of("0", "1")));

    private static final List<String> NAMES = List.of("bare", "deprivileged");
    private static final List<String> PLANNED = List.of("translated", "paravirtual", "hardware", "native");

    private Modes() {}

    static List<String> names() {
        return NAMES;
    }

    /** Whether {@code name} is a mode that other virtualization literature knows and this Ringside has not. */
    static boolean isPlanned(String name) {
        return PLANNED.contains(name);
    }

    static RingsideException unknown(String name) {
        return new RingsideException(
                "unknown mode '" + name + "'", "", NearMiss.hint(name, NAMES, "known: " + String.join(", ", NAMES)));
    }

    /** {@code setting} with an option, checked. */
    static Setting option(Setting setting, String name, Object value) {
        Map<String, List<String>> known = OPTIONS.get(setting.mode());
        List<String> names = known.keySet().stream().sorted().toList();
        if (!known.containsKey(name)) {
            throw new RingsideException(
                    "unknown option '" + name + "' of " + setting.mode(),
                    "",
                    names.isEmpty() ? "it has none" : NearMiss.hint(name, names, "known: " + String.join(", ", names)));
        }
        String text = String.valueOf(value);
        if (!known.get(name).contains(text)) {
            throw new RingsideException(
                    "option '" + name + "' of " + setting.mode() + " cannot be " + text,
                    "",
                    "it is " + String.join(" or ", known.get(name)));
        }
        return setting.with(name, text);
    }
}
