package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Section;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.guest.SourceLine;
import ringside.lab.NetworkSpec;
import ringside.lab.ServerSpec;
import ringside.lab.StoreSpec;
import ringside.lab.Study;
import ringside.lab.cost.CostModel;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.rule.RuleChange;

/** What one run of a script has made so far. A script runs on one thread, and its context belongs to that thread. */
final class ScriptContext {
    private static final ThreadLocal<ScriptContext> CURRENT = new ThreadLocal<>();

    final String file;
    final RingsideScript script;
    final OptionalLong seed;
    final List<GuestImage> guests = new ArrayList<>();
    /** In the order written. */
    final List<Study> studies = new ArrayList<>();
    /** Where the script describes each of them. */
    final Map<Study, String> places = new IdentityHashMap<>();

    final List<DeviceSpec> devices = new ArrayList<>();
    /** Replace prices of the model, in order. */
    final List<Closure<?>> costs = new ArrayList<>();

    /** Changes to translation rules, in order. */
    final List<RuleChange> rules = new ArrayList<>();

    /** What a rule's emission is about, while it runs. */
    private EmissionWords emission;

    final List<NetworkSpec> networks = new ArrayList<>();
    final List<StoreSpec> stores = new ArrayList<>();

    final List<GuestCall> hypercalls = new ArrayList<>();
    final List<DriverSpec> drivers = new ArrayList<>();
    /** The driver of this script that a guest is including, or null. */
    private Inclusion inclusion;

    ServerSpec server = ServerSpec.DEFAULT;
    /** The guest whose block runs. */
    GuestBlock guest;
    /** What a multicall block collects, or null. */
    Operation.Batch batch;

    private final Deque<Section> sections = new ArrayDeque<>();

    /** @param seed what the person at the keyboard wants instead of the script's seeds */
    ScriptContext(String file, RingsideScript script, OptionalLong seed) {
        this.seed = seed;
        this.file = file;
        this.script = script;
    }

    /** The context of the script that runs on this thread. */
    static ScriptContext current() {
        ScriptContext context = CURRENT.get();
        if (context == null) {
            throw new IllegalStateException("no script runs on this thread");
        }
        return context;
    }

    /** Makes {@code context} current while {@code body} runs. */
    static void with(ScriptContext context, Runnable body) {
        ScriptContext before = CURRENT.get();
        CURRENT.set(context);
        try {
            body.run();
        } finally {
            CURRENT.set(before);
        }
    }

    /** The prices of the server's processor, with what the script gave so far and what {@code more}, perhaps null, gives. */
    CostModel costs(ServerSpec where, Closure<?> more) {
        CostModel model = CostModel.of(where.cpu());
        List<Closure<?>> all = new ArrayList<>(costs);
        if (more != null) {
            all.add(more);
        }
        for (Closure<?> body : all) {
            CostBlock block = new CostBlock(model);
            block.configure(body);
            model = block.model();
        }
        return model;
    }

    /** The network of this name, as the script described it or else as it usually is. */
    NetworkSpec network(String name) {
        return networks.stream()
                .filter(network -> network.name().equals(name))
                .findFirst()
                .orElseGet(() -> NetworkSpec.of(name));
    }

    SourceLine line(int line) {
        return new SourceLine(file, line);
    }

    /** Collects what {@code body} emits in {@code section}. */
    void emitInto(Section section, Runnable body) {
        sections.push(section);
        try {
            body.run();
        } finally {
            sections.pop();
        }
    }

    /** Collects what a rule emits in {@code section}; {@code words} says of what instruction. */
    void emitRule(EmissionWords words, Section section, Runnable body) {
        emission = words;
        try {
            emitInto(section, body);
        } finally {
            emission = null;
        }
    }

    /** Collects what {@code body}, a part of an included driver, emits in {@code section} of {@code forGuest}. */
    void emitDriver(Inclusion included, GuestBlock forGuest, Section section, Runnable body) {
        GuestBlock before = guest;
        inclusion = included;
        guest = forGuest;
        try {
            with(this, () -> emitInto(section, () -> section.named(included.prefix(), body)));
        } finally {
            inclusion = null;
            guest = before;
        }
    }

    /** The value of a setting of the driver that is being included, or null. */
    Object driverSetting(String name) {
        return inclusion == null ? null : inclusion.settings().get(name);
    }

    /** A label, from where statements are being collected. */
    Expr.Symbol label(String name) {
        return sections.isEmpty() ? new Expr.Symbol(name) : sections.peek().symbol(name);
    }

    /** What the emission of a rule is about; null elsewhere. */
    EmissionWords emission() {
        return emission;
    }

    boolean assembling() {
        return !sections.isEmpty();
    }

    /** The section that statements go to; {@code what} is the statement, for the refusal where there is none. */
    Section section(String what) {
        if (sections.isEmpty()) {
            throw new RingsideException(
                    "'" + what + "' stands outside a guest's code",
                    "",
                    "instructions belong in guest('name') { kernel { ... } }");
        }
        return sections.peek();
    }

    /** What the script described just now. */
    void study(Study study) {
        studies.add(study);
        places.put(study, ScriptLine.here(this));
    }
}
