package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ringside.error.RingsideException;
import ringside.lab.MeasurementSpec;

/** {@code measure('title') { under bare, hardware; bench('in') { n -> guest(...) } }}: what one repetition costs. */
public final class MeasureBlock extends RepeatedBlock {
    static final Set<String> SETTINGS =
            Set.of("under", "bench", "repeat", "vary", "source", "budget", "server", "costs");
    private static final String BENCH = "bench('in', published: [3209, 214, 15826]) { n -> guest('in') { ... } }";

    private record Named(String name, List<?> published, Closure<?> make) {}

    private final List<Named> benches = new ArrayList<>();
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
                named.name,
                repeated("bench '" + named.name + "'", named.name, few, named.make),
                repeated("bench '" + named.name + "'", named.name, many, named.make),
                many - few,
                published);
    }
}
