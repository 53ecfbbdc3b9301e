package ringside.machine.board;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import ringside.error.RingsideException;
import ringside.machine.state.Stateful;

/**
 * The whole state of a machine at one moment, apart from the machine: to load, to keep, to compare, to read.
 *
 * <p>It carries the configuration of the machine it was taken of, and loads only into one of the same configuration.
 */
public final class Snapshot {
    /** A value that two snapshots hold differently, as text. */
    public record Difference(String part, String name, String left, String right) {
        @Override
        public String toString() {
            return part + "." + name + ": " + left + " / " + right;
        }
    }

    private static final String ABSENT = "(absent)";

    private final Map<String, String> configuration;
    /** By part, then by name: Integer, Long, byte[], int[] or long[]. */
    private final Map<String, Map<String, Object>> parts;

    Snapshot(Map<String, String> configuration, Map<String, Map<String, Object>> parts) {
        this.configuration = new LinkedHashMap<>(configuration);
        this.parts = parts;
    }

    /** Takes a copy of every part's state; {@code configuration} is what must agree for loading. */
    public static Snapshot of(Map<String, String> configuration, List<? extends Stateful> machine) {
        Map<String, Map<String, Object>> parts = new LinkedHashMap<>();
        for (Stateful part : machine) {
            StateSaver saver = new StateSaver(part.stateName());
            part.visit(saver);
            if (parts.put(part.stateName(), saver.values()) != null) {
                throw new RingsideException("two parts of the machine are called '" + part.stateName() + "'");
            }
        }
        return new Snapshot(configuration, parts);
    }

    /** Puts every part into the state saved here; refuses a machine of another configuration before changing it. */
    public void load(Map<String, String> into, List<? extends Stateful> machine) {
        differingSetting(into).ifPresent(text -> {
            throw new RingsideException(
                    "the snapshot does not fit this machine: " + text, "", "load it into a machine configured alike");
        });
        for (Stateful part : machine) {
            if (!parts.containsKey(part.stateName())) {
                throw new RingsideException(
                        "the snapshot holds nothing of '" + part.stateName() + "'",
                        "",
                        "load it into a machine with the same devices");
            }
        }
        for (Stateful part : machine) {
            part.visit(new StateLoader(part.stateName(), parts.get(part.stateName())));
        }
    }

    private Optional<String> differingSetting(Map<String, String> other) {
        TreeSet<String> names = new TreeSet<>(configuration.keySet());
        names.addAll(other.keySet());
        return names.stream()
                .filter(name -> !configuration.getOrDefault(name, ABSENT).equals(other.getOrDefault(name, ABSENT)))
                .findFirst()
                .map(name -> name + " was " + configuration.getOrDefault(name, ABSENT) + ", here it is "
                        + other.getOrDefault(name, ABSENT));
    }

    public Map<String, String> configuration() {
        return Collections.unmodifiableMap(configuration);
    }

    /** The first value, in the machine's order, that the two hold differently; empty if they are equal. */
    public Optional<Difference> firstDifference(Snapshot other) {
        TreeSet<String> missing = new TreeSet<>(other.parts.keySet());
        for (String part : parts.keySet()) {
            missing.remove(part);
            Optional<Difference> found =
                    StateText.firstDifference(part, parts.get(part), other.parts.getOrDefault(part, Map.of()));
            if (found.isPresent()) {
                return found;
            }
        }
        return missing.stream().findFirst().map(part -> new Difference(part, "*", ABSENT, "(present)"));
    }

    /** One line a value, {@code part.name = value}; long arrays abridged. */
    public List<String> lines() {
        return StateText.lines(configuration, parts);
    }

    // ---- files

    /** Writes the snapshot in Ringside's own format, compressed. */
    public void write(OutputStream to) {
        SnapshotFormat.write(configuration, parts, to);
    }

    /** Reads what {@link #write} wrote; anything else is refused. */
    public static Snapshot read(InputStream from) {
        return SnapshotFormat.read(from);
    }
}
