package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.DelegatesTo;
import groovy.lang.MissingMethodException;
import groovy.lang.MissingPropertyException;
import groovy.lang.Script;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.codehaus.groovy.runtime.InvokerHelper;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.SensitiveInstruction;
import ringside.lab.ServerSpec;
import ringside.vmm.mode.paravirtual.Interface;
import ringside.vmm.mode.translated.RuleBook;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.rule.RuleChange;

/** The class that every script becomes: its methods are the words at the top level of a script. */
public abstract class RingsideScript extends Script {
    static final List<String> WORDS = List.of(
            "guest",
            "server",
            "experiment",
            "device",
            "driver",
            "network",
            "costs",
            "rule",
            "removeRule",
            "hypercall",
            "matrix",
            "measure",
            "sweep",
            "models",
            "host",
            "guestOf",
            "sensitive");

    private ScriptContext context;
    /** Which names are methods of the script: asking its meta class costs microseconds. */
    private final Map<String, Boolean> responds = new HashMap<>();

    final void context(ScriptContext made) {
        context = made;
    }

    // ---- words

    /** A guest program. */
    public GuestImage guest(
            String name, @DelegatesTo(value = GuestBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        GuestBlock block = new GuestBlock(name, context);
        context.guest = block;
        block.configure(body);
        GuestImage image = block.image();
        context.guests.add(image);
        return image;
    }

    /** The server that the experiments after it run on. */
    public ServerSpec server(
            @DelegatesTo(value = ServerBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        ServerBlock block = new ServerBlock();
        block.configure(body);
        context.server = block.spec();
        return context.server;
    }

    /** A device that the experiments after it have. */
    public DeviceSpec device(
            String name, @DelegatesTo(value = DeviceBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        DeviceBlock block = new DeviceBlock(name, ScriptLine.here(context));
        block.configure(body);
        if (context.devices.stream().anyMatch(d -> d.name().equals(name))) {
            throw new RingsideException("there already is a device '" + name + "'", "", "choose another name");
        }
        context.devices.add(block.spec());
        return context.devices.getLast();
    }

    /** Storage for the disks that come after it. */
    public void storage(
            String name, @DelegatesTo(value = StorageBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        StorageBlock block = new StorageBlock(name);
        block.configure(body);
        if (context.stores.stream().anyMatch(store -> store.name().equals(name))) {
            throw new RingsideException("there already is a storage '" + name + "'", "", "choose another name");
        }
        context.stores.add(block.spec());
    }

    /** A network for the adapters of its name that come after it. */
    public void network(
            String name, @DelegatesTo(value = NetworkBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        NetworkBlock block = new NetworkBlock(name, context);
        block.configure(body);
        if (context.networks.stream().anyMatch(network -> network.name().equals(name))) {
            throw new RingsideException("there already is a network '" + name + "'", "", "choose another name");
        }
        context.networks.add(block.spec());
    }

    /** A driver that guests can include. */
    public DriverSpec driver(
            String name, @DelegatesTo(value = DriverBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        if (context.drivers.stream().anyMatch(driver -> driver.name().equals(name))) {
            throw new RingsideException("there already is a driver '" + name + "'", "", "choose another name");
        }
        DriverBlock block = new DriverBlock(name, context);
        block.configure(body);
        context.drivers.add(block.spec());
        return context.drivers.getLast();
    }

    /** The driver of this name: the script's own, else one that comes with Ringside. */
    public DriverSpec driver(String name) {
        return context.drivers.stream()
                .filter(driver -> driver.name().equals(name))
                .findFirst()
                .orElseGet(() -> DriverLibrary.named(name, context.drivers));
    }

    /** A translation rule that the experiments after it have, in front of the mode's own or in place of its namesake. */
    public void rule(
            String name, @DelegatesTo(value = RuleBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        rule(Map.of(), name, body);
    }

    /** As above, in front of another rule: {@code rule('x', before: 'ident') { ... }}. */
    public void rule(
            Map<String, ?> named,
            String name,
            @DelegatesTo(value = RuleBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        RuleBlock block = new RuleBlock(name, named, context);
        block.configure(body);
        change(new RuleChange.Put(block.rule()));
    }

    /** Takes a translation rule away, for the experiments after it. */
    public void removeRule(String name) {
        change(new RuleChange.Remove(name, ScriptLine.here(context)));
    }

    private void change(RuleChange change) {
        context.rules.add(change);
        RuleBook.of(context.rules);
    }

    /** Prices in cycles that replace the model's, for the experiments after it. */
    public void costs(@DelegatesTo(value = CostBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        context.costs.add(body);
    }

    /** A hypercall without arguments. */
    public void hypercall(int number, String name, Closure<?> body) {
        hypercall(Map.of(), number, name, body);
    }

    /** A hypercall that the VMMs of the experiments after it offer; {@code arguments} by name and kind. */
    public void hypercall(Map<String, ?> arguments, int number, String name, Closure<?> body) {
        GuestCall call = ScriptedCall.of(number, name, arguments, body, ScriptLine.here(context));
        List<GuestCall> all = new ArrayList<>(context.hypercalls);
        all.add(call);
        new Interface(all); // refuses a number or a name that is taken
        context.hypercalls.add(call);
    }

    /** One guest under several settings. */
    public void experiment(
            String title,
            @DelegatesTo(value = ExperimentBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        ExperimentBlock block = new ExperimentBlock(title, context);
        block.configure(body);
        context.study(block.spec());
    }

    /** Several guests under the same settings, a line for each. */
    public void matrix(
            String title, @DelegatesTo(value = MatrixBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        MatrixBlock block = new MatrixBlock(title, context);
        block.configure(body);
        context.study(block.matrix());
    }

    /** What one repetition of each of several operations costs. */
    public void measure(
            String title, @DelegatesTo(value = MeasureBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        MeasureBlock block = new MeasureBlock(title, context);
        block.configure(body);
        context.study(block.measurement());
    }

    /** What one repetition costs as a quantity grows, and where two settings cost the same. */
    public void sweep(
            String title, @DelegatesTo(value = SweepBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        SweepBlock block = new SweepBlock(title, context);
        block.configure(body);
        context.study(block.sweep());
    }

    /** Several virtual machines on one server. */
    public void host(
            String title, @DelegatesTo(value = HostBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        HostBlock block = new HostBlock(title, context);
        block.configure(body);
        context.study(block.host());
    }

    /** The same requests to the same disk on several ways. */
    public void models(
            String title, @DelegatesTo(value = ModelsBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        ModelsBlock block = new ModelsBlock(title, context);
        block.configure(body);
        context.study(block.models());
    }

    /** The last guest of another script, which lies beside this one or where its name says from there; nothing is run. */
    public GuestImage guestOf(String file) {
        Path script = Path.of(context.file).resolveSibling(file);
        List<GuestImage> guests = ScriptRunner.run(script, new PrintStream(OutputStream.nullOutputStream()))
                .guests();
        if (guests.isEmpty()) {
            throw new RingsideException("script " + script + " describes no guest", "", "name one that does");
        }
        return guests.getLast();
    }

    /** The instructions of IA-32 that are sensitive but not privileged. */
    public List<SensitiveInstruction> sensitive() {
        return SensitiveInstruction.ALL;
    }

    // ---- what a script does not declare

    @Override
    public Object getProperty(String name) {
        try {
            return super.getProperty(name);
        } catch (MissingPropertyException e) {
            if (context.assembling()) {
                return Emitter.symbol(name);
            }
            Optional<Argument.Kind> kind = ScriptedCall.kind(name);
            if (kind.isPresent()) {
                return kind.get();
            }
            if (WORDS.contains(name)) {
                throw new RingsideException("'" + name + "' is not complete", "", "write " + usage(name));
            }
            throw unknown(name);
        }
    }

    @Override
    public Object invokeMethod(String name, Object args) {
        try {
            return super.invokeMethod(name, args);
        } catch (MissingMethodException e) {
            if (!e.getMethod().equals(name)) {
                throw e;
            }
            Object[] arguments = args instanceof Object[] array ? array : new Object[] {args};
            if (WORDS.contains(name)) {
                throw new RingsideException(
                        "'" + name + "' does not take " + Block.kinds(arguments), "", "write " + usage(name));
            }
            if (context.assembling()) {
                if (SectionBlock.FORMS.contains(name)) {
                    return InvokerHelper.invokeMethod(new SectionBlock("a method"), name, arguments);
                }
                throw Statements.unknown(context, name);
            }
            throw unknown(name);
        }
    }

    private RingsideException unknown(String name) {
        Set<String> known = new TreeSet<>(WORDS);
        known.addAll(macroNames());
        return new RingsideException(
                "unknown word '" + name + "'", "", NearMiss.hint(name, known, "known: " + String.join(", ", WORDS)));
    }

    private static String usage(String word) {
        return switch (word) {
            case "server" -> "server { year 2004 }";
            case "guest" -> "guest('name') { kernel { ... } }";
            case "driver" -> "driver('name') { code { probe: ret } }, or include driver('ide-pio'), as: 'disk'";
            case "rule" -> "rule('name') { match CLI, when: { vcpl == 0 }; emit { callout } }";
            case "removeRule" -> "removeRule 'name'";
            case "costs" -> "costs { trap 2500 }";
            case "hypercall" -> "hypercall(40, 'log', message: VA, length: LENGTH) { vm, message, length -> ... }";
            case "matrix" -> "matrix('title') { under bare, deprivileged; row 'popf', guest }";
            case "measure" -> "measure('title') { under bare, hardware; bench('in') { n -> guest('in') { ... } } }";
            case "sweep" ->
                "sweep('title') { under bare, hardware; over 'reads', 1, 8; bench { reads, n -> guest('in') { ... } } }";
            case "network" -> "network('lan') { latency 50.us; bandwidth 100.Mbps }";
            case "host" -> "host('title') { vm 'a', guest: guest, under: hardware }";
            case "models" -> "models('title') { way('PIO', under: hardware) { n -> guest('g') { ... } } }";
            case "sensitive" -> "sensitive().each { println it.name }";
            case "guestOf" -> "guestOf 'other.groovy'";
            case "experiment" -> "experiment('title') { run guest, under: [bare, deprivileged] }";
            default -> "device('name') { ports 0x500..0x501; read { port, width -> 0 } }";
        };
    }

    // ---- macros

    /** Whether the script has a method or a closure variable {@code name} of its own. */
    boolean hasMacro(String name) {
        return responds.computeIfAbsent(
                        name, method -> !getMetaClass().respondsTo(this, method).isEmpty())
                || getBinding().hasVariable(name) && getBinding().getVariable(name) instanceof Closure<?>;
    }

    Object callMacro(String name, Object[] arguments) {
        if (getBinding().hasVariable(name) && getBinding().getVariable(name) instanceof Closure<?> closure) {
            return closure.call(arguments);
        }
        return getMetaClass().invokeMethod(this, name, arguments);
    }

    /** The methods that the script itself declares, sorted. */
    Set<String> macroNames() {
        Set<String> names = new TreeSet<>();
        for (java.lang.reflect.Method method : getClass().getDeclaredMethods()) {
            if (!method.isSynthetic()
                    && !method.getName().contains("$")
                    && !method.getName().matches("main|run")) {
                names.add(method.getName());
            }
        }
        return names;
    }

    // ---- errors

    /** {@code e} as a message with the script's line. */
    RingsideException placed(Throwable e) {
        return ScriptErrors.of(e, context.file);
    }
}
