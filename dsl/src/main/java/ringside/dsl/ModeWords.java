package ringside.dsl;

import java.util.List;
import ringside.engine.Engines;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.Setting;
import ringside.vmm.DeviceModels;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** The modes, their options, memory strategies and engines as words of a script: what the registries know. */
final class ModeWords {
    /** Words of the field for modes; one that no registry knows is told apart from a misspelling. */
    private static final List<String> OF_THE_FIELD = List.of("translated", "paravirtual", "hardware", "native");

    private ModeWords() {}

    static List<String> names() {
        return Modes.names();
    }

    /** Whether {@code name} is a mode of the field that this Ringside does not have. */
    static boolean isMissing(String name) {
        return OF_THE_FIELD.contains(name) && !names().contains(name);
    }

    static RingsideException unknown(String name) {
        return unknown("unknown mode '" + name + "'", name, names());
    }

    /** {@code setting} with an option, checked. */
    static Setting option(Setting setting, String name, Object value) {
        String word = String.valueOf(value);
        switch (name) {
            case "memory" -> {
                if (Modes.named(setting.mode()).memories().isEmpty()) {
                    throw new RingsideException(
                            "mode " + setting.mode() + " has no VMM, and so no memory strategy", "", "leave it out");
                }
                return with(setting, word, "");
            }
            case "engine" -> {
                return with(setting, "", word);
            }
            case "devices" -> {
                return setting.withDevices(DeviceModels.named(word).name());
            }
            default -> {
                return ofMode(setting, name, value);
            }
        }
    }

    private static Setting ofMode(Setting setting, String name, Object value) {
        List<Mode.Option> options = Modes.named(setting.mode()).options();
        Mode.Option option = options.stream()
                .filter(o -> o.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(
                        "unknown option '" + name + "' of " + setting.mode(),
                        name,
                        options.stream().map(Mode.Option::name).toList()));
        String text = value instanceof Boolean on && option.values().contains("on")
                ? on ? "on" : "off"
                : String.valueOf(value);
        if (!option.values().contains(text)) {
            throw new RingsideException(
                    "option '" + name + "' of " + setting.mode() + " cannot be " + text,
                    "",
                    "it is " + String.join(" or ", option.values()));
        }
        return setting.with(name, text);
    }

    /** {@code setting} with a memory strategy and an engine, checked; empty ones stay at the default. */
    static Setting with(Setting setting, String memory, String engine) {
        List<String> memories = Modes.named(setting.mode()).memories();
        if (!memory.isEmpty() && !memories.contains(memory) && !memories.isEmpty()) {
            throw unknown("unknown memory strategy '" + memory + "' of " + setting.mode(), memory, memories);
        }
        if (!engine.isEmpty() && !Engines.names().contains(engine)) {
            throw unknown("unknown engine '" + engine + "'", engine, Engines.names());
        }
        Setting remembered = memories.isEmpty() || memory.isEmpty() ? setting : setting.withMemory(memory);
        return engine.isEmpty() ? remembered : remembered.withEngine(engine);
    }

    private static RingsideException unknown(String what, String word, List<String> known) {
        String list = known.isEmpty() ? "there is none" : "known: " + String.join(", ", known);
        return new RingsideException(what, "", NearMiss.hint(word, known, list));
    }
}
