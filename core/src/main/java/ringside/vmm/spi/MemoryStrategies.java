package ringside.vmm.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ringside.error.RingsideException;

/**
 * The memory strategies that a mode offers, the default first.
 *
 * @param kinds one declaration each
 */
public record MemoryStrategies(List<MemoryStrategy.Kind> kinds) {
    public MemoryStrategies {
        kinds = List.copyOf(kinds);
    }

    public static MemoryStrategies of(MemoryStrategy.Kind... kinds) {
        return new MemoryStrategies(List.of(kinds));
    }

    /** Their words, for {@link Mode#memories}. */
    public List<String> words() {
        return kinds.stream().map(MemoryStrategy.Kind::word).toList();
    }

    /** The options of the mode itself, {@code own}, and those of its strategies. */
    public List<Mode.Option> options(List<Mode.Option> own) {
        List<Mode.Option> all = new ArrayList<>(own);
        kinds.forEach(kind -> all.addAll(kind.options()));
        return List.copyOf(all);
    }

    /** The strategy that {@code spec} asks for, made; an option of another strategy is refused. */
    public MemoryStrategy make(VmSpec spec, PhysicalServer server, MemoryStrategy.Layout layout) {
        String word = spec.memory().isEmpty() ? kinds.getFirst().word() : spec.memory();
        MemoryStrategy.Kind chosen = kinds.stream()
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow();
        Map<String, String> options = new TreeMap<>();
        for (Mode.Option option : chosen.options()) {
            options.put(option.name(), option.valueIn(spec.options(), chosen.word() + " memory"));
        }
        for (MemoryStrategy.Kind kind : kinds) {
            for (Mode.Option option : kind.options()) {
                if (!options.containsKey(option.name()) && spec.options().containsKey(option.name())) {
                    throw new RingsideException(
                            "option '" + option.name() + "' belongs to " + kind.word() + " memory, not to " + word,
                            "",
                            "leave it out, or give memory: '" + kind.word() + "'");
                }
            }
        }
        return chosen.maker().make(server, layout, options);
    }
}
