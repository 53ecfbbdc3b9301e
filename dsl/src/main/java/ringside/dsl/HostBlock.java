package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.host.Clocks;
import ringside.host.Scheduler;
import ringside.host.Schedulers;
import ringside.lab.Attachment;
import ringside.lab.Expectation;
import ringside.lab.HostExpectation;
import ringside.lab.HostSpec;
import ringside.lab.Setting;
import ringside.machine.devices.disk.DiskBacking;

/** {@code host('title') { vm 'a', guest: g, under: hardware; schedule weighted }}: several VMs on one server. */
public final class HostBlock extends ExperimentBlock {
    static final Set<String> SETTINGS = Set.of(
            "vm",
            "schedule",
            "processors",
            "switching",
            "clocks",
            "machine",
            "share",
            "reclaim",
            "balloon",
            "expect",
            "table",
            "budget",
            "server");
    private static final String VM = "vm 'a', guest: guest, under: hardware, weight: 2, memory: 16.MiB, disk: 1.MiB";
    private static final List<String> PARTS = List.of(
            "guest", "under", "weight", "memory", "strategy", "engine", "devices", "disk", "nic", "serves", "served");
    private static final int MIB = 1 << 20, PAGE = 1 << 12;

    private final List<HostSpec.Vm> vms = new ArrayList<>();
    private final List<HostExpectation> hopes = new ArrayList<>();
    private final List<String> columns = new ArrayList<>();
    private final List<HostSpec.MemoryWork> memoryWork = new ArrayList<>();
    private Supplier<Scheduler> scheduler =
            () -> Schedulers.ALL.getFirst().make().apply(Schedulers.DEFAULT_SLICE);
    private int processors = 1;
    private long switching;
    private Clocks clocks = Clocks.MACHINE;
    private int machineMib;

    HostBlock(String title, ScriptContext context) {
        super(title, context);
    }

    @Override
    String blockName() {
        return "host";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "vm" -> VM;
            case "schedule" ->
                "schedule roundRobin(slice: 1.ms), or schedule weighted, or schedule { now, ready -> ready[0] }";
            case "processors" -> "processors 2";
            case "switching" -> "switching 10.us";
            case "clocks" -> "clocks 'machine', or clocks 'own'";
            case "machine" -> "machine 12.MiB";
            case "share" -> "share every: 10.ms";
            case "reclaim" -> "reclaim every: 10.ms, free: 64, or reclaim 'a', at: 5.ms, from: 0x800000, pages: 256";
            case "balloon" -> "balloon 'a', at: 5.ms, from: 0x800000, pages: 256";
            case "expect" -> "expect vm('a').undisturbed, or expect vm('a').stops('halt')";
            case "table" -> "table run, steal, exits, memory";
            case "budget" -> "budget 50.ms";
            default -> super.usage(setting);
        };
    }

    // ---- words

    @Override
    Object word(String name) {
        if (Schedulers.names().contains(name)) {
            return scheduler(name, Map.of());
        }
        if (HostSpec.columnNames().contains(name)) {
            return new Counter(name);
        }
        return ModeWords.names().contains(name) ? super.word(name) : null;
    }

    @Override
    Set<String> words() {
        Set<String> words = new TreeSet<>(ModeWords.names());
        words.addAll(Schedulers.names());
        words.addAll(HostSpec.columnNames());
        return words;
    }

    /** A scheduler with options: {@code roundRobin(slice: 1.ms)}. */
    @Override
    public Object invokeMethod(String name, Object args) {
        Object[] arguments = args instanceof Object[] array ? array : new Object[] {args};
        if (Schedulers.names().contains(name)) {
            if (arguments.length == 1 && arguments[0] instanceof Map<?, ?> options) {
                return scheduler(name, options);
            }
            throw new RingsideException(
                    "'" + name + "' does not take " + kinds(arguments), "", "write " + name + "(slice: 1.ms)");
        }
        return super.invokeMethod(name, args);
    }

    /** A scheduler as a word. */
    record SchedulerWord(Supplier<Scheduler> make) {}

    private static SchedulerWord scheduler(String name, Map<?, ?> options) {
        for (Object key : options.keySet()) {
            if (!key.equals("slice")) {
                throw new RingsideException(
                        "unknown setting '" + key + "' of " + name,
                        "",
                        NearMiss.hint(key.toString(), List.of("slice"), "known: slice"));
            }
        }
        long slice = options.isEmpty() ? Schedulers.DEFAULT_SLICE : ticks("slice", options.get("slice"));
        return new SchedulerWord(() -> Schedulers.named(name).make().apply(slice));
    }

    private static long ticks(String what, Object value) {
        if (value instanceof Number number && number.longValue() > 0) {
            return number.longValue();
        }
        throw new RingsideException(
                "'" + what + "' is " + kinds(new Object[] {value}), "", "write a time above 0: " + what + ": 1.ms");
    }

    // ---- settings

    /** One virtual machine; {@code memory} is its size, {@code strategy} its memory strategy. */
    public void vm(Map<String, ?> named, String name) {
        for (String key : named.keySet()) {
            if (!PARTS.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' of vm '" + name + "'",
                        "",
                        NearMiss.hint(key, PARTS, "known: " + String.join(", ", PARTS)));
            }
        }
        if (!(named.get("guest") instanceof GuestImage image)) {
            throw new RingsideException("vm '" + name + "' has no guest", "", "write " + VM);
        }
        if (vms.stream().anyMatch(vm -> vm.name().equals(name))) {
            throw new RingsideException("there already is a vm '" + name + "'", "", "choose another name");
        }
        if (named.get("under") == null) {
            throw new RingsideException("vm '" + name + "' names no mode", "", "write " + VM);
        }
        Map<String, Object> choices = new TreeMap<>(named);
        choices.put("memory", named.get("strategy"));
        Setting setting = setting(named.get("under"), choices);
        vms.add(new HostSpec.Vm(
                name,
                image,
                setting,
                number(named, "weight", 1, 1, 10_000),
                number(named, "memory", equipped().ramMib() * MIB, MIB, ServerBlock.MAX_MIB * MIB) / MIB,
                attachments(named, name),
                service(named, name)));
    }

    /** {@code serves: true} makes a service VM, {@code served: 'name'} has one work a disk. */
    private static HostSpec.Service service(Map<String, ?> named, String name) {
        Object serves = named.get("serves");
        if (serves != null && !(serves instanceof Boolean)) {
            throw new RingsideException(
                    "'serves' of vm '" + name + "' is " + kinds(new Object[] {serves}), "", "write serves: true");
        }
        return new HostSpec.Service(Boolean.TRUE.equals(serves), text(named, "served", ""));
    }

    /** The disk and the network adapter of a virtual machine, beside those that all have. */
    private List<Attachment> attachments(Map<String, ?> named, String name) {
        List<Attachment> own = new ArrayList<>();
        int drives = count(Attachment.Drive.class);
        int bytes = number(named, "disk", 0, DiskBacking.SECTOR, 64 * MIB);
        if (bytes % DiskBacking.SECTOR != 0) {
            throw new RingsideException(
                    "a disk of " + bytes + " bytes", "", "give whole sectors of " + DiskBacking.SECTOR + " bytes");
        }
        if (bytes > 0) {
            own.add(new Attachment.Drive("disk", drives, bytes, Optional.empty()));
        }
        String lan = text(named, "nic", "");
        if (!lan.isEmpty()) {
            own.add(new Attachment.Adapter(lan, count(Attachment.Adapter.class), context.network(lan)));
        }
        return own;
    }

    private int count(Class<? extends Attachment> kind) {
        return (int) equipped().attachments().stream().filter(kind::isInstance).count();
    }

    private static int number(Map<String, ?> named, String key, int otherwise, int least, int most) {
        Object value = named.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number && number.longValue() >= least && number.longValue() <= most) {
            return number.intValue();
        }
        throw new RingsideException(
                "'" + key + "' of vm is " + kinds(new Object[] {value}),
                "",
                "give a number from " + least + " to " + most);
    }

    /** A virtual machine to expect something of. */
    public VmWord vm(String name) {
        List<String> names = vms.stream().map(HostSpec.Vm::name).toList();
        if (!names.contains(name)) {
            String known = names.isEmpty() ? "declare it first: " + VM : "known: " + String.join(", ", names);
            throw new RingsideException("there is no vm '" + name + "'", "", NearMiss.hint(name, names, known));
        }
        return new VmWord(name);
    }

    /** How processors are given away: one of the schedulers that there are. */
    public void schedule(Object word) {
        if (!(word instanceof SchedulerWord known)) {
            throw new RingsideException(
                    "'schedule' does not take " + kinds(new Object[] {word}), "", "write " + usage("schedule"));
        }
        scheduler = known.make();
    }

    /** The script decides: its closure gets machine time and those that are ready, and says who runs and how long. */
    public void schedule(Closure<?> body) {
        scheduler = () -> new ScriptedScheduler(body);
    }

    /** Physical processors. */
    public void processors(int count) {
        if (count < 1 || count > 64) {
            throw new RingsideException(count + " processors", "", "give 1 to 64");
        }
        processors = count;
    }

    /** What a world switch takes. */
    public void switching(long ticks) {
        if (ticks < 0) {
            throw new RingsideException("a world switch of " + ticks + " ticks", "", "write " + usage("switching"));
        }
        switching = ticks;
    }

    /** Whether guests notice that time passed in which they did not run. */
    public void clocks(String word) {
        List<String> known = List.of(Clocks.MACHINE.word(), Clocks.OWN.word());
        if (!known.contains(word)) {
            throw new RingsideException(
                    "unknown clocks '" + word + "'", "", NearMiss.hint(word, known, usage("clocks")));
        }
        clocks = word.equals(Clocks.OWN.word()) ? Clocks.OWN : Clocks.MACHINE;
    }

    /** The server looks for pages of equal content from time to time. */
    public void share(Map<String, ?> named) {
        if (!named.keySet().equals(Set.of("every"))) {
            throw new RingsideException("'share' does not say how often", "", "write " + usage("share"));
        }
        memoryWork.add(new HostSpec.MemoryWork.Share(ticks("every", named.get("every"))));
    }

    /** Machine memory for all guests together, whatever they believe to have. */
    public void machine(Number bytes) {
        long size = bytes.longValue();
        if (size < MIB || size % MIB != 0 || size > (long) ServerBlock.MAX_MIB * MIB) {
            throw new RingsideException(
                    "machine memory of " + bytes + " bytes is not possible", "", "give whole MiB: machine 12.MiB");
        }
        machineMib = (int) (bytes.longValue() / MIB);
    }

    /** The server takes frames from virtual machines from time to time, so that some are free. */
    public void reclaim(Map<String, ?> named) {
        if (!named.keySet().equals(Set.of("every", "free"))) {
            throw new RingsideException(
                    "'reclaim' does not say how often and how many", "", "write " + usage("reclaim"));
        }
        memoryWork.add(new HostSpec.MemoryWork.Reclaim(
                ticks("every", named.get("every")), (int) ticks("free", named.get("free"))));
    }

    /** As if the guest's balloon driver had said that it needs these pages no more: they go, with what they hold. */
    public void balloon(Map<String, ?> named, String vm) {
        take(named, vm, true);
    }

    /** The server takes these pages away; what they hold is kept, and comes back when the guest asks for it. */
    public void reclaim(Map<String, ?> named, String vm) {
        take(named, vm, false);
    }

    private void take(Map<String, ?> named, String name, boolean balloon) {
        String word = balloon ? "balloon" : "reclaim";
        if (!named.keySet().equals(Set.of("at", "from", "pages"))) {
            throw new RingsideException("'" + word + "' does not say when and what", "", "write " + usage(word));
        }
        vm(name);
        HostSpec.Vm vm =
                vms.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
        if (vm.setting().mode().equals("bare")) {
            throw new RingsideException(
                    "vm '" + name + "' is bare: no VMM has its memory", "", "choose another mode for it");
        }
        int frames = vm.ramMib() << 8;
        int pages = number(named, "pages", 0, 1, frames);
        int from = number(named, "from", 0, 0, (frames - pages) << 12);
        if (from % PAGE != 0) {
            throw new RingsideException(String.format("%08x is no page", from), "", "give a multiple of 0x1000");
        }
        memoryWork.add(new HostSpec.MemoryWork.Take(name, balloon, ticks("at", named.get("at")), from, pages));
    }

    @Override
    public void run(Map<String, ?> named, GuestImage image) {
        throw unknown("setting", "run");
    }

    @Override
    public void run(GuestImage image) {
        throw unknown("setting", "run");
    }

    @Override
    public void costs(Closure<?> body) {
        throw unknown("setting", "costs");
    }

    @Override
    public void expect(Expectation expectation) {
        throw new RingsideException(
                "a host cannot expect '" + expectation.text() + "'", "", "write " + usage("expect"));
    }

    public void expect(HostExpectation expectation) {
        hopes.add(expectation);
    }

    /** Columns of the table. */
    @Override
    public void table(Object... names) {
        for (Object name : names) {
            String column = name instanceof Counter known ? known.name() : String.valueOf(name);
            if (!HostSpec.columnNames().contains(column)) {
                throw new RingsideException(
                        "the table has no column for " + kinds(new Object[] {name}),
                        "",
                        "known: " + String.join(", ", HostSpec.columnNames()));
            }
            columns.add(column);
        }
    }

    HostSpec host() {
        if (vms.isEmpty()) {
            throw new RingsideException("host '" + title + "' has no vm", "", "write " + VM);
        }
        HostSpec.Scheduling scheduling = new HostSpec.Scheduling(scheduler, processors, switching, clocks);
        return new HostSpec(
                title,
                equipped(),
                vms,
                scheduling,
                budget,
                hopes,
                columns,
                machineMib,
                memoryWork,
                context.rules,
                context.hypercalls);
    }
}
