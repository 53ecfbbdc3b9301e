package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.RingsideException;
import ringside.lab.ExperimentSpec;
import ringside.lab.SweepSpec;

/** {@code sweep('title') { under bare, hardware; over 'reads', 0, 8, 64; bench { reads, n -> guest(...) } }}. */
public final class SweepBlock extends RepeatedBlock {
    static final Set<String> SETTINGS =
            Set.of("under", "over", "bench", "repeat", "table", "budget", "server", "costs");
    private static final String BENCH = "bench { reads, n -> guest('reads') { ... } }";
    private static final String OVER = "over 'pages read', 0, 8, 64";
    private static final int MOST = 8;

    private final List<Long> points = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();
    private String quantity = "";
    private Closure<?> make;

    SweepBlock(String title, ScriptContext context) {
        super(title, context);
    }

    @Override
    String blockName() {
        return "sweep";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "bench" -> BENCH;
            case "over" -> OVER;
            case "table" -> "table hiddenFaults, reference";
            default -> super.usage(setting);
        };
    }

    @Override
    Object word(String name) {
        return SweepSpec.rowNames().contains(name) ? new Counter(name) : super.word(name);
    }

    @Override
    Set<String> words() {
        Set<String> words = new TreeSet<>(super.words());
        words.addAll(SweepSpec.rowNames());
        return words;
    }

    /** What is varied, and its values in rising order. */
    public void over(String what, Number... values) {
        points.clear();
        quantity = what;
        for (Number value : values) {
            if (!points.isEmpty() && value.longValue() <= points.getLast()) {
                throw new RingsideException(
                        "the values of '" + what + "' do not rise at " + value, "", "write " + OVER);
            }
            points.add(value.longValue());
        }
        if (points.isEmpty() || points.size() > MOST) {
            throw new RingsideException(
                    "'over' in sweep has " + points.size() + " values", "", "give from one to " + MOST);
        }
    }

    /** The closure makes the guest, of a value of the quantity and a number of repetitions. */
    public void bench(Closure<?> guest) {
        make = guest;
    }

    @Override
    public void table(Object... counters) {
        for (Object counter : counters) {
            String name = counter instanceof Counter known ? known.name() : String.valueOf(counter);
            if (!SweepSpec.rowNames().contains(name)) {
                throw new RingsideException(
                        "a sweep has no row for " + name, "", "known: " + String.join(", ", SweepSpec.rowNames()));
            }
            rows.add(name);
        }
    }

    SweepSpec sweep() {
        requireContent(points, OVER);
        requireContent(make == null ? List.of() : List.of(make), BENCH);
        List<SweepSpec.Point> made = points.stream()
                .map(at -> new SweepSpec.Point(at, made(at, few), made(at, many), many - few))
                .toList();
        return new SweepSpec(title, equipped(), settings, quantity, made, rows, prices());
    }

    private ExperimentSpec made(long at, int repetitions) {
        return repeated("bench", quantity + " " + at, new Object[] {at, repetitions}, make);
    }
}
