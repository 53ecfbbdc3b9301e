package ringside.dsl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.Explanation;
import ringside.lab.Question;
import ringside.lab.Setting;
import ringside.lab.road.Place;

/** What an experiment block asks to be explained. */
final class Questions {
    static final String EXPLAIN = "explain 0x402ffe, under: hardware(memory: 'nested'), at: 'checkpoint'";
    static final String HEAT = "heat, or heat under: deprivileged, at: 'checkpoint'";

    private static final Set<String> OF_HEAT = Set.of("under", "at", "after");
    private static final Set<String> OF_ROADS = Set.of("under", "at", "after", "access");

    private final ScriptContext context;
    private final List<Question> asked = new ArrayList<>();

    Questions(ScriptContext context) {
        this.context = context;
    }

    List<Question> asked() {
        return asked;
    }

    void explain(Map<String, ?> named, Object address) {
        String written = switch (address) {
            case Number number -> Long.toHexString(number.longValue());
            case CharSequence text when !text.toString().isBlank() -> text.toString();
            case null, default ->
                throw new RingsideException(
                        "an address cannot be " + Block.kinds(new Object[] {address}), "", "write " + EXPLAIN);
        };
        ask("explain", written, named, OF_ROADS);
    }

    void heat(Map<String, ?> named) {
        ask("heat", "", named, OF_HEAT);
    }

    private void ask(String word, String address, Map<String, ?> named, Set<String> known) {
        for (String key : named.keySet()) {
            if (!known.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in " + word,
                        "",
                        NearMiss.hint(key, known, "known: " + String.join(", ", new TreeSet<>(known))));
            }
        }
        Place.Kind access = Place.Kind.named(ExperimentBlock.text(named, "access", Place.Kind.READ.word()));
        asked.add(new Question(address, access, settings(named), until(named), ScriptLine.here(context)));
    }

    private static List<Setting> settings(Map<String, ?> named) {
        List<Setting> settings = new ArrayList<>();
        if (named.containsKey("under")) {
            Object under = named.get("under");
            for (Object one : under instanceof Iterable<?> list ? list : List.of(under)) {
                settings.add(ExperimentBlock.setting(one, Map.of()));
            }
        }
        return settings;
    }

    private static Explanation.Until until(Map<String, ?> named) {
        if (named.containsKey("at") && named.containsKey("after")) {
            throw new RingsideException("'at' and 'after' cannot both say where to stop", "", "give one of them");
        }
        if (named.containsKey("after")) {
            if (named.get("after") instanceof Number count && count.longValue() >= 0) {
                return new Explanation.Until.After(count.longValue());
            }
            throw new RingsideException(
                    "'after' cannot be " + named.get("after"), "", "give a number of guest instructions: after: 100");
        }
        return named.containsKey("at")
                ? new Explanation.Until.At(ExperimentBlock.text(named, "at", ""))
                : new Explanation.Until.End();
    }
}
