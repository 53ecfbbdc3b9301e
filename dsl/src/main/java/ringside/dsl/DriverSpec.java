package ringside.dsl;

import groovy.lang.Closure;
import java.util.Map;
import java.util.Optional;

/**
 * A driver for guests: assembler that a guest includes, under a name of its own.
 *
 * @param about what it drives, in a line
 * @param settings that an inclusion may change, with their values where it does not
 * @param code its routines; each label is seen from outside with the inclusion's name and an underscore before it
 * @param data what it keeps; labels likewise
 * @param interrupt what its interrupt handler does to the device, ending in no return of its own
 * @param home the script in which it is written
 */
public record DriverSpec(
        String name,
        String about,
        Map<String, Object> settings,
        Closure<?> code,
        Optional<Closure<?>> data,
        Optional<Closure<?>> interrupt,
        ScriptContext home) {
    /** The setting that says by which line the device interrupts. */
    static final String LINE = "irq";

    /** What an inclusion is called that gives no name: {@code ide_pio}. */
    String word() {
        return name.replace('-', '_');
    }

    @Override
    public String toString() {
        return "driver '" + name + "'";
    }
}
