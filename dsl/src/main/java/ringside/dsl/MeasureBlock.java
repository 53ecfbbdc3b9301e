package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.Expectation;
import ringside.lab.ExperimentSpec;
import ringside.lab.MeasurementSpec;

/** {@code measure('title') { under bare, hardware; bench('in') { n -> guest(...) } }}: what one repetition costs. */
public final class MeasureBlock extends StudyBlock {
    static final Set<String> SETTINGS =
            Set.of("under", "bench", "repeat", "vary", "source", "budget", "server", "costs");
    private static final String BENCH = "bench('in', published: [3209, 214, 15826]) { n -> guest('in') { ... } }";

    private record Named(String name, List<?> published, Closure<?> make) {}

    private final List<Named> benches = new ArrayList<>();
    private int few = 20;
    private int many = 120;
    private int vary;
    private String source = "";

    MeasureBlock(String title, ScriptContext context) {
        super(title, context);
    }

    @Override
    String blockName() {
        return "measure";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "bench" -> BENCH;
            case "repeat" -> "repeat 20, 120";
            case "vary" -> "vary 30";
            case "source" -> "source 'Adams & Agesen 2006'";
            default -> super.usage(setting);
        };
    }

    /** An operation; the closure makes a guest that repeats it so many times. */
    public void bench(String name, Closure<?> guest) {
        bench(Map.of(), name, guest);
    }

    /** As above; {@code published} holds measured cycles, in the order of {@code under}, null where there are none. */
    public void bench(Map<String, ?> named, String name, Closure<?> guest) {
        boolean known = Set.of("published").containsAll(named.keySet());
        if (!known || named.containsKey("published") && !(named.get("published") instanceof List<?>)) {
            throw new RingsideException(
                    "'bench' in measure does not take " + kinds(new Object[] {named}), "", "write " + BENCH);
        }
        benches.add(new Named(name, named.get("published") instanceof List<?> list ? list : List.of(), guest));
    }

    /** How many repetitions the two runs have whose difference is taken. */
    public void repeat(int first, int second) {
        if (first < 0 || second <= first) {
            throw new RingsideException(
                    "repeat " + first + ", " + second + " is no difference", "", "give the smaller number first");
        }
        few = first;
        many = second;
    }

    /** Percent by which each price is varied. */
    public void vary(int percent) {
        if (percent < 1 || percent > 99) {
            throw new RingsideException("vary " + percent, "", "give percent from 1 to 99");
        }
        vary = percent;
    }

    /** Where the published figures are from. */
    public void source(String text) {
        source = text;
    }

    @Override
    public void expect(Expectation expectation) {
        throw unknown("setting", "expect");
    }

    MeasurementSpec measurement() {
        requireContent(benches, BENCH);
        List<MeasurementSpec.Bench> specs = benches.stream().map(this::bench).toList();
        return new MeasurementSpec(title, equipped(), settings, specs, prices(), vary, source);
    }

    private MeasurementSpec.Bench bench(Named named) {
        Map<String, Double> published = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(settings.size(), named.published.size()); i++) {
            if (named.published.get(i) instanceof Number cycles) {
                published.put(settings.get(i).label(), cycles.doubleValue());
            }
        }
        return new MeasurementSpec.Bench(
                named.name, repeated(named, few), repeated(named, many), many - few, published);
    }

    private ExperimentSpec repeated(Named named, int repetitions) {
        Object made = named.make.call(repetitions);
        if (made instanceof GuestImage image) {
            return spec(named.name, image, List.of());
        }
        throw new RingsideException(
                "bench '" + named.name + "' makes " + kinds(new Object[] {made}) + ", no guest", "", "write " + BENCH);
    }
}
