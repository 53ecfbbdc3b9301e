package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.DelegatesTo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.isa.Assembler;
import ringside.lab.Expectation;
import ringside.lab.Experiment;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.lab.cost.CostModel;

/** {@code experiment('title') { run guest, under: [bare, deprivileged]; expect ...; table ... }}. */
public class ExperimentBlock extends Block {
    static final Set<String> SETTINGS =
            Set.of("run", "expect", "table", "budget", "server", "costs", "explain", "heat");
    private static final Set<String> RUN = Set.of("under", "memory", "devices", "engine");

    final String title;
    final ScriptContext context;
    private ServerSpec server;
    private GuestImage guest;
    final List<Setting> settings = new ArrayList<>();
    final List<Expectation> expectations = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();
    private final Questions questions;
    private Closure<?> costs;
    long budget = ExperimentSpec.DEFAULT_BUDGET;

    ExperimentBlock(String title, ScriptContext context) {
        this.title = title;
        this.context = context;
        this.server = context.server;
        this.questions = new Questions(context);
    }

    @Override
    String blockName() {
        return "experiment";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "run" -> "run guest, under: [bare, deprivileged]";
            case "expect" ->
                "expect deprivileged.diverges(at: 'checkpoint', because: POPF), or expect deprivileged.equivalent";
            case "table" -> "table exits, hiddenFaults";
            case "budget" -> "budget 1_000_000";
            case "costs" -> "costs { trap 2500 }";
            case "explain" -> Questions.EXPLAIN;
            case "heat" -> Questions.HEAT;
            default -> "server { year 2004 }";
        };
    }

    // ---- words

    @Override
    Object word(String name) {
        if (ModeWords.names().contains(name)) {
            return new SettingWord(new Setting(name));
        }
        if (isCapital(name) && Assembler.knows(name.toLowerCase(Locale.ROOT))) {
            return new Mnemonic(name);
        }
        return Experiment.rowNames().contains(name) ? new Counter(name) : null;
    }

    private static boolean isCapital(String name) {
        return name.length() > 1 && name.equals(name.toUpperCase(Locale.ROOT));
    }

    @Override
    Set<String> words() {
        Set<String> words = new TreeSet<>(ModeWords.names());
        words.addAll(Experiment.rowNames());
        return words;
    }

    @Override
    public Object getProperty(String name) {
        if (name.equals("heat") && settings().contains(name)) {
            questions.heat(Map.of());
            return null;
        }
        if (ModeWords.isMissing(name)) {
            throw ModeWords.unknown(name);
        }
        if (word(name) == null && isCapital(name)) {
            Set<String> mnemonics = new TreeSet<>();
            Assembler.mnemonics().forEach(m -> mnemonics.add(m.toUpperCase(Locale.ROOT)));
            throw new RingsideException(
                    "unknown instruction '" + name + "'",
                    "",
                    NearMiss.hint(name, mnemonics, "write its mnemonic in capitals: POPF"));
        }
        return super.getProperty(name);
    }

    /** A mode with options: {@code deprivileged(ring: 3)}. */
    @Override
    public Object invokeMethod(String name, Object args) {
        Object[] arguments = args instanceof Object[] array ? array : new Object[] {args};
        if (word(name) instanceof SettingWord mode
                && arguments.length == 1
                && arguments[0] instanceof Map<?, ?> options) {
            return mode.with(options);
        }
        return super.invokeMethod(name, args);
    }

    /** An instruction as a culprit: {@code POPF}. */
    record Mnemonic(String name) {}

    /** A row of the table. */
    record Counter(String name) {}

    // ---- settings

    /** The guest under {@code bare} and every other mode there is. */
    public void run(GuestImage image) {
        run(Map.of(), image);
    }

    public void run(Map<String, ?> named, GuestImage image) {
        for (String key : named.keySet()) {
            if (!RUN.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in run",
                        "",
                        NearMiss.hint(key, new TreeSet<>(RUN), "known: " + String.join(", ", new TreeSet<>(RUN))));
            }
        }
        if (guest != null) {
            throw new RingsideException(
                    "the experiment already runs guest '" + guest.name() + "'",
                    "",
                    "write one experiment for each guest");
        }
        guest = image;
        Object under = named.containsKey("under") ? named.get("under") : ModeWords.names();
        for (Object one : under instanceof Iterable<?> list ? list : List.of(under)) {
            settings.add(setting(one, named));
        }
        if (settings.isEmpty()) {
            throw new RingsideException("'under' names no mode", "", "write under: [bare, deprivileged]");
        }
    }

    static Setting setting(Object one, Map<String, ?> named) {
        Setting plain = switch (one) {
            case SettingWord word -> word.setting();
            case CharSequence name when ModeWords.names().contains(name.toString()) -> new Setting(name.toString());
            case CharSequence name -> throw ModeWords.unknown(name.toString());
            case null, default ->
                throw new RingsideException(
                        "'under' holds " + kinds(new Object[] {one}),
                        "",
                        "it holds modes: " + String.join(", ", ModeWords.names()));
        };
        Setting chosen = ModeWords.with(plain, text(named, "memory", ""), text(named, "engine", ""));
        String devices = text(named, "devices", "");
        return devices.isEmpty() ? chosen : ModeWords.option(chosen, "devices", devices);
    }

    static String text(Map<String, ?> named, String key, String otherwise) {
        Object value = named.get(key);
        if (value == null || value instanceof CharSequence) {
            return value == null ? otherwise : value.toString();
        }
        throw new RingsideException("'" + key + "' is " + kinds(new Object[] {value}), "", "write its name in quotes");
    }

    /** What shall come out; the report says whether it did. */
    public void expect(Expectation expectation) {
        expectations.add(expectation);
        places.add(ScriptLine.here(context));
    }

    /** Counters to show beside those that are always shown. */
    public void table(Object... counters) {
        for (Object counter : counters) {
            switch (counter) {
                case Counter known -> rows.add(known.name());
                case CharSequence name
                when Experiment.rowNames().contains(name.toString()) -> rows.add(name.toString());
                case null, default ->
                    throw new RingsideException(
                            "the table has no row for " + kinds(new Object[] {counter}),
                            "",
                            "known: " + String.join(", ", Experiment.rowNames()));
            }
        }
    }

    /** The road of an address under every setting, where the guest ends. */
    public void explain(Object address) {
        explain(Map.of(), address);
    }

    /** The road of an address: {@code explain 0x402ffe, under: hardware(memory: 'nested'), at: 'checkpoint'}. */
    public void explain(Map<String, ?> named, Object address) {
        questions.explain(named, address);
    }

    /** Where exits and hidden faults came from, under some settings. */
    public void heat(Map<String, ?> named) {
        questions.heat(named);
    }

    /** Guest instructions after which a run is ended. */
    public void budget(long instructions) {
        if (instructions < 1) {
            throw new RingsideException("a budget of " + instructions + " instructions", "", "give at least 1");
        }
        budget = instructions;
    }

    /** A server for this experiment alone. */
    public void server(@DelegatesTo(value = ServerBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        ServerBlock block = new ServerBlock();
        block.configure(body);
        server = block.spec();
    }

    /** Prices for this experiment that replace the model's. */
    public void costs(@DelegatesTo(value = CostBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        costs = body;
    }

    ExperimentSpec spec() {
        if (guest == null) {
            throw new RingsideException(
                    "experiment '" + title + "' runs nothing", "", "write run guest, under: [bare, deprivileged]");
        }
        requireExpectationsOfSettings();
        questions.asked().forEach(question -> question.check(guest));
        return spec(title, guest, expectations).explaining(questions.asked());
    }

    void requireExpectationsOfSettings() {
        for (int i = 0; i < expectations.size(); i++) {
            Expectation expectation = expectations.get(i);
            if (settings.stream().noneMatch(s -> s.label().equals(expectation.setting()))) {
                throw new RingsideException(
                        "an expectation speaks of '" + expectation.setting() + "', which the experiment does not run",
                        places.get(i),
                        "add it to under:, next to "
                                + String.join(
                                        ", ",
                                        settings.stream().map(Setting::label).toList()));
            }
        }
    }

    /** The block's server and settings with this guest. */
    final ExperimentSpec spec(String name, GuestImage image, List<Expectation> expected) {
        return new ExperimentSpec(
                name, equipped(), image, settings, expected, rows, prices(), context.rules, budget, context.hypercalls);
    }

    final ServerSpec equipped() {
        long seed = context.seed.orElse(server.seed());
        return server.withDevices(
                context.devices.stream().map(device -> device.kind(seed)).toList(), seed);
    }

    final CostModel prices() {
        return context.costs(server, costs);
    }

    /** A mode, perhaps with options, as a word of the experiment. */
    public static final class SettingWord extends groovy.lang.GroovyObjectSupport {
        private static final List<String> OUTCOMES =
                List.of("equivalent", "diverges", "controlled", "uncontrolled", "efficient", "stops");

        private final Setting setting;

        SettingWord(Setting setting) {
            this.setting = setting;
        }

        Setting setting() {
            return setting;
        }

        SettingWord with(Map<?, ?> options) {
            Setting more = setting;
            for (Map.Entry<?, ?> option : new TreeMap<Object, Object>(options).entrySet()) {
                more = ModeWords.option(more, option.getKey().toString(), option.getValue());
            }
            return new SettingWord(more);
        }

        public Expectation getEquivalent() {
            return new Expectation.Equivalent(setting.label());
        }

        public Expectation getControlled() {
            return new Expectation.Controlled(setting.label());
        }

        public Expectation getUncontrolled() {
            return new Expectation.Uncontrolled(setting.label());
        }

        public Expectation getEfficient() {
            return new Expectation.Efficient(setting.label(), Expectation.Efficient.DOMINANT);
        }

        /** That the real processor executed at least {@code percent} of the guest's instructions. */
        public Expectation efficient(int percent) {
            return new Expectation.Efficient(setting.label(), percent);
        }

        public Expectation getDiverges() {
            return new Expectation.Diverges(setting.label(), "", "");
        }

        /** That the guest can tell, where and because of which instruction. */
        public Expectation diverges(Map<String, ?> named) {
            for (String key : named.keySet()) {
                if (!key.equals("at") && !key.equals("because")) {
                    throw new RingsideException(
                            "unknown setting '" + key + "' in diverges",
                            "",
                            NearMiss.hint(key, List.of("at", "because"), "known: at, because"));
                }
            }
            Object culprit = named.get("because");
            if (culprit != null && !(culprit instanceof Mnemonic)) {
                throw new RingsideException(
                        "'because' is " + kinds(new Object[] {culprit}),
                        "",
                        "it is an instruction in capitals: because: POPF");
            }
            return new Expectation.Diverges(
                    setting.label(), text(named, "at", ""), culprit instanceof Mnemonic insn ? insn.name() : "");
        }

        /** How the run ends. */
        public Expectation stops(String reason) {
            return new Expectation.Stops(setting.label(), reason);
        }

        @Override
        public Object getProperty(String name) {
            return switch (name) {
                case "equivalent" -> getEquivalent();
                case "diverges" -> getDiverges();
                case "controlled" -> getControlled();
                case "uncontrolled" -> getUncontrolled();
                case "efficient" -> getEfficient();
                default -> throw unknown(name);
            };
        }

        @Override
        public Object invokeMethod(String name, Object args) {
            if (OUTCOMES.contains(name)) {
                throw new RingsideException(
                        "'" + name + "' does not take " + kinds((Object[]) args),
                        "",
                        switch (name) {
                            case "stops" -> "write stops('halt')";
                            case "efficient" -> "write efficient, or efficient(95) for a share in percent";
                            case "diverges" -> "write diverges(at: 'checkpoint', because: POPF)";
                            default -> "write " + name + ", without brackets";
                        });
            }
            throw unknown(name);
        }

        private RingsideException unknown(String name) {
            return new RingsideException(
                    "unknown property '" + name + "' of " + setting.mode(),
                    "",
                    NearMiss.hint(name, OUTCOMES, "known: " + String.join(", ", OUTCOMES)));
        }
    }
}
