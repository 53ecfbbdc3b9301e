package ringside.dsl;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/**
 * A driver in a guest: the name under which it stands there, and what its settings are.
 *
 * @param prefix the driver's labels are the guest's with this and an underscore before them
 * @param gate whether the guest's interrupt table is to lead to its handler
 */
record Inclusion(String prefix, DriverSpec driver, Map<String, Object> settings, boolean gate) {
    private static final String NAME = "as", GATE = "gate";

    /** {@code include driver('ide-pio'), as: 'disk', irq: 15}, checked. */
    static Inclusion of(DriverSpec driver, Map<String, ?> named) {
        Map<String, Object> values = new LinkedHashMap<>(driver.settings());
        Set<String> known = new TreeSet<>(values.keySet());
        known.add(NAME);
        known.add(GATE);
        for (Map.Entry<String, ?> one : new TreeMap<String, Object>(named).entrySet()) {
            if (!known.contains(one.getKey())) {
                throw new RingsideException(
                        "unknown setting '" + one.getKey() + "' of " + driver,
                        "",
                        NearMiss.hint(one.getKey(), known, "known: " + String.join(", ", known)));
            }
            values.replace(one.getKey(), one.getValue());
        }
        String prefix = named.containsKey(NAME) ? String.valueOf(named.get(NAME)) : driver.word();
        if (!prefix.matches("[A-Za-z_][A-Za-z_0-9]*")) {
            throw new RingsideException(
                    "'" + prefix + "' cannot name a driver: its labels begin with it", "", "write as: 'disk'");
        }
        return new Inclusion(prefix, driver, values, !Boolean.FALSE.equals(named.get(GATE)));
    }

    /** The interrupt line of the device; only of a driver that handles interrupts. */
    int line() {
        if (settings.get(DriverSpec.LINE) instanceof Integer line && line >= 0 && line <= 15 && line != 2) {
            return line;
        }
        throw new RingsideException(
                "there is no interrupt line " + settings.get(DriverSpec.LINE),
                "",
                "lines are 0 to 15; 2 joins the controllers");
    }
}
