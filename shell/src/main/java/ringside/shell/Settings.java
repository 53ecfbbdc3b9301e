package ringside.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.Setting;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** Settings as commands and verbs have them written: a mode, a memory strategy, options of the mode. */
final class Settings {
    private Settings() {}

    /** {@code hardware nested format=npt}; no words are the bare machine. */
    static Setting of(List<String> words) {
        Mode mode = Modes.named(words.isEmpty() ? "bare" : words.getFirst());
        String memory = "";
        TreeMap<String, String> options = new TreeMap<>();
        for (String word : words.subList(Math.min(1, words.size()), words.size())) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                options.put(word.substring(0, equals), word.substring(equals + 1));
            } else if (memory.isEmpty()) {
                memory = word;
            } else {
                throw new RingsideException(
                        "'" + word + "' is one word too many", "", "write hardware nested format=npt");
            }
        }
        return of(mode, memory, options);
    }

    /** A setting whose options the mode has. */
    static Setting of(Mode mode, String memory, SortedMap<String, String> options) {
        check(mode, options);
        Setting setting = new Setting(mode.name());
        return new Setting(setting.mode(), memory, setting.engine(), options);
    }

    /** Refuses options that {@code mode} has not, and values that they cannot have. */
    static void check(Mode mode, SortedMap<String, String> options) {
        List<String> known = new ArrayList<>();
        mode.options().forEach(option -> known.add(option.name()));
        for (String name : options.keySet()) {
            Mode.Option option = mode.options().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new RingsideException(
                            "unknown option '" + name + "' of " + mode.name(),
                            "",
                            NearMiss.hint(
                                    name,
                                    known,
                                    known.isEmpty() ? "it has none" : "known: " + String.join(", ", known))));
            option.valueIn(options, mode.name());
        }
    }
}
