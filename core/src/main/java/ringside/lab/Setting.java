package ringside.lab;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One way to run a guest: a column of the table.
 *
 * @param mode how the VMM virtualizes: {@code bare}, {@code deprivileged}, ...
 * @param memory memory strategy, or empty for the mode's default
 * @param devices device model, or empty for the default
 * @param engine how the silicon is simulated: {@code interpreter}
 * @param options further settings of the mode by name ({@code ring}, {@code onFault}, {@code iopl}), only those that were given
 */
public record Setting(String mode, String memory, String devices, String engine, SortedMap<String, String> options) {
    public Setting {
        options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    }

    /** With the default device model. */
    public Setting(String mode, String memory, String engine, SortedMap<String, String> options) {
        this(mode, memory, "", engine, options);
    }

    /** A mode with everything else at its default. */
    public Setting(String mode) {
        this(mode, "", "interpreter", new TreeMap<>());
    }

    /** This setting with one option given. */
    public Setting with(String option, String value) {
        TreeMap<String, String> more = new TreeMap<>(options);
        more.put(option, value);
        return new Setting(mode, memory, devices, engine, more);
    }

    /** This setting with another memory strategy. */
    public Setting withMemory(String strategy) {
        return new Setting(mode, strategy, devices, engine, options);
    }

    /** This setting on another engine. */
    public Setting withEngine(String name) {
        return new Setting(mode, memory, devices, name, options);
    }

    /** This setting with another device model. */
    public Setting withDevices(String model) {
        return new Setting(mode, memory, model, engine, options);
    }

    /** The heading of its column: {@code deprivileged}, {@code deprivileged ring 3}, {@code hardware nested split}. */
    public String label() {
        StringBuilder text = new StringBuilder(mode);
        for (String word : List.of(memory, devices)) {
            if (!word.isEmpty()) {
                text.append(' ').append(word);
            }
        }
        options.forEach(
                (name, value) -> text.append(' ').append(name).append(' ').append(value));
        return text.toString();
    }
}
