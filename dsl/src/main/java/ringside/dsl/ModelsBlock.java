package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.ModelsSpec;
import ringside.lab.Setting;

/** {@code models('title') { way('PIO', under: hardware) { n -> guest(...) } }}: one disk on several ways. */
public final class ModelsBlock extends RepeatedBlock {
    static final Set<String> SETTINGS = Set.of("requests", "way", "expect", "budget", "server", "costs");
    private static final String ALIKE = "alike";
    private static final String WAY = "way('split', under: hardware(devices: 'split')) { n -> guest('g') { ... } }";
    private static final String EXPECT = "expect alike, or expect exits: 'split', atMost: 0.01, of: 'PIO'";

    private record Named(String name, Setting setting, Closure<?> make) {}

    private final List<Named> ways = new ArrayList<>();
    private final List<ModelsSpec.Bound> bounds = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private boolean alike;

    /** The word of an expectation. */
    record Alike() {}

    ModelsBlock(String title, ScriptContext context) {
        super(title, context);
        few = 0;
        many = 1000;
    }

    @Override
    String blockName() {
        return "models";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "requests" -> "requests 1000";
            case "way", "bench" -> WAY;
            case "expect" -> EXPECT;
            default -> super.usage(setting);
        };
    }

    @Override
    Object word(String name) {
        return name.equals(ALIKE) ? new Alike() : super.word(name);
    }

    /** How many requests are looked at; each way's guest is made once for none and once for all of them. */
    public void requests(int count) {
        repeat(0, count);
    }

    /** A way: what drives the disk, and under what. The closure makes the guest that makes so many requests. */
    public void way(Map<String, ?> named, String name, Closure<?> guest) {
        if (!named.keySet().equals(Set.of("under"))) {
            throw new RingsideException(
                    "'way' in models does not take " + kinds(new Object[] {named}), "", "write " + WAY);
        }
        if (ways.stream().anyMatch(way -> way.name().equals(name))) {
            throw new RingsideException("there already is a way '" + name + "'", "", "choose another name");
        }
        ways.add(new Named(name, setting(named.get("under"), Map.of()), guest));
    }

    private ModelsSpec.Way way(Named named) {
        String what = "way '" + named.name + "'";
        return new ModelsSpec.Way(
                named.name,
                named.setting,
                repeated(what, named.name, few, named.make),
                repeated(what, named.name, many, named.make));
    }

    /** That all ways make the same requests in the same order and leave the same content. */
    public void expect(Alike same) {
        alike = true;
    }

    /** That a figure of one way is at most so many times that of another. */
    public void expect(Map<String, ?> named) {
        List<String> rows = named.keySet().stream()
                .filter(key -> !key.equals("atMost") && !key.equals("of"))
                .toList();
        if (rows.size() != 1 || !(named.get("atMost") instanceof Number factor) || !named.containsKey("of")) {
            throw new RingsideException("the expectation does not say what and of what", "", "write " + EXPECT);
        }
        String row = rows.getFirst();
        if (!ModelsSpec.rowNames().contains(row)) {
            throw new RingsideException(
                    "unknown figure '" + row + "'",
                    "",
                    NearMiss.hint(row, ModelsSpec.rowNames(), "known: " + String.join(", ", ModelsSpec.rowNames())));
        }
        bounds.add(new ModelsSpec.Bound(
                row, String.valueOf(named.get(row)), factor.doubleValue(), String.valueOf(named.get("of"))));
        places.add(ScriptLine.here(context));
    }

    ModelsSpec models() {
        if (ways.isEmpty()) {
            throw new RingsideException("models '" + title + "' runs nothing", "", "write " + WAY);
        }
        Set<String> names = new TreeSet<>(ways.stream().map(Named::name).toList());
        for (int i = 0; i < bounds.size(); i++) {
            for (String name : List.of(bounds.get(i).way(), bounds.get(i).of())) {
                if (!names.contains(name)) {
                    throw new RingsideException(
                            "an expectation speaks of '" + name + "', which is no way",
                            places.get(i),
                            NearMiss.hint(name, names, "there are " + String.join(", ", names)));
                }
            }
        }
        return new ModelsSpec(title, equipped(), ways.stream().map(this::way).toList(), many, bounds, alike, prices());
    }
}
