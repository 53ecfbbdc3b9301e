package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.DelegatesTo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.arch.Control;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Layout;
import ringside.dsl.assembly.Section;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.guest.SourceLine;

/**
 * {@code guest('name') { ... }}: code blocks, and the tables that a kernel would otherwise have to build by hand.
 *
 * <p>A kernel is entered at PA 00100000 in flat 32-bit protected mode, ring 0, paging off, IF = 0, ESP = 00090000, with a
 * GDT in its memory: 08 code and 10 data of ring 0, 1B code and 23 data of ring 3. A {@code real} block instead is
 * entered at 0000:7C00 in real mode. See the package documentation for all places.
 */
public final class GuestBlock extends Block {
    private static final Set<String> SETTINGS = Set.of(
            "kernel",
            "user",
            "real",
            "data",
            "code",
            "interrupt",
            "include",
            "idt",
            "tss",
            "paging",
            "map",
            "unmap",
            "stack",
            "bytes",
            "packed",
            "entry");

    private static final Map<String, String> USAGE = Map.ofEntries(
            Map.entry("kernel", "kernel { ... }, or kernel(at: 0x8000) { ... }"),
            Map.entry("user", "user { ... }, or user(at: 0x300000) { ... }"),
            Map.entry("real", "real { ... }, or real(at: 0x8000) { ... }"),
            Map.entry("data", "data { ... }, or data(at: 0x300000) { ... }"),
            Map.entry("code", "code('name', at: 0x300000, bits: 16, user: true) { ... }"),
            Map.entry("interrupt", "interrupt(13) { ... }, or interrupt(0x80, dpl: 3) { ... }"),
            Map.entry("include", "include driver('ide-pio'), or include driver('ide-pio'), as: 'disk', unit: 1"),
            Map.entry("idt", "idt { on 13, 'label' }"),
            Map.entry("tss", "tss esp0: 0x90000"),
            Map.entry("paging", "paging true"),
            Map.entry("map", "map 0x400000, to: 0x200000, user: true, writable: false"),
            Map.entry("unmap", "unmap 0x400000"),
            Map.entry("stack", "stack 0x90000"),
            Map.entry("bytes", "bytes 0x100000, 'fa f4'"),
            Map.entry("packed", "packed 0x100000, 'text as a reproducing script has it'"),
            Map.entry("entry", "entry flat: 0x100000, stack: 0x90000"));

    private static final int PAGE = 0x1000;
    /** How a ported kernel finds CR0 once it has page tables. */
    private static final int PORTABLE_PAGING = Control.CR0_PG | Control.CR0_WP | Control.CR0_MP;
    /** The vector of interrupt line 0. */
    static final int FIRST_LINE = 0x20;

    private final String name;
    private final ScriptContext context;
    private final Map<String, SourceLine> labels = new HashMap<>();
    private final Map<String, Section> sections = new TreeMap<>();
    private final List<Section> order = new ArrayList<>();
    private final List<Section> userSections = new ArrayList<>();
    private final SystemTables tables = new SystemTables();
    private final Map<Integer, SystemTables.Page> pages = new TreeMap<>();
    /** Interrupt lines that are let in, and where. */
    private final SortedMap<Integer, String> lines = new TreeMap<>();

    private final IncludedDrivers drivers;

    private int stack = SystemTables.KERNEL_STACK;
    private final RawImage raw = new RawImage();

    GuestBlock(String name, ScriptContext context) {
        this.name = name;
        this.context = context;
        this.drivers = new IncludedDrivers(this, context);
    }

    @Override
    String blockName() {
        return "guest";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return USAGE.get(setting);
    }

    // ---- code

    /** Ring-0 code, 32 bits wide. */
    public void kernel(@DelegatesTo(value = SectionBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        kernel(Map.of(), body);
    }

    public void kernel(Map<String, ?> named, Closure<?> body) {
        block("kernel", SystemTables.KERNEL, 32, false, named, Set.of("at", "bits"), body);
    }

    /** Ring-3 code; with paging its pages and its stack's are the user's. {@code enterUser} goes there. */
    public void user(@DelegatesTo(value = SectionBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        user(Map.of(), body);
    }

    public void user(Map<String, ?> named, Closure<?> body) {
        block("user", SystemTables.USER, 32, true, named, Set.of("at", "bits"), body);
    }

    /** Real-mode code: the guest is entered here, at 0000:7C00. */
    public void real(@DelegatesTo(value = SectionBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        real(Map.of(), body);
    }

    public void real(Map<String, ?> named, Closure<?> body) {
        block("real", SystemTables.REAL, 16, false, named, Set.of("at"), body);
    }

    /** Data of the kernel. */
    public void data(@DelegatesTo(value = SectionBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        data(Map.of(), body);
    }

    public void data(Map<String, ?> named, Closure<?> body) {
        block("data", SystemTables.DATA, 32, false, named, Set.of("at"), body);
    }

    /** A further section of its own name and place. */
    public void code(Map<String, ?> named, String section, Closure<?> body) {
        if (!named.containsKey("at")) {
            throw new RingsideException(
                    "code '" + section + "' has no place", "", "write code('" + section + "', at: 0x300000) { ... }");
        }
        block(section, 0, 32, Boolean.TRUE.equals(named.get("user")), named, Set.of("at", "bits", "user"), body);
    }

    private void block(
            String section, int at, int bits, boolean user, Map<String, ?> named, Set<String> known, Closure<?> body) {
        check(section, named, known);
        Section existing = sections.get(section);
        if (existing != null) {
            throw new RingsideException(
                    "guest '" + name + "' already has a block '" + section + "'",
                    "",
                    "join them, or use code('name', at: ...) { ... }");
        }
        Section made = new Section(section, number(named, "at", at), number(named, "bits", bits), labels);
        made.label(context.line(0), section);
        add(made);
        if (user) {
            userSections.add(made);
        }
        collect(made, body);
    }

    private void add(Section section) {
        sections.put(section.name(), section);
        order.add(section);
    }

    private void collect(Section section, Closure<?> body) {
        context.emitInto(section, () -> new SectionBlock(section.name()).configure(body));
    }

    // ---- what privileged operations need

    /** The kernel makes a gate for the vector at run time. */
    void reserveGate(int vector) {
        tables.reserve(vector);
    }

    /** The kernel lets an interrupt line in. */
    void usesLine(int line) {
        lines.put(line, ScriptLine.here(context));
    }

    // ---- tables

    /** A handler and its gate: entered with interrupts off. */
    public void interrupt(int vector, Closure<?> body) {
        interrupt(Map.of(), vector, body);
    }

    public void interrupt(Map<String, ?> named, int vector, Closure<?> body) {
        check("interrupt", named, Set.of("dpl", "trap"));
        String label = "interrupt_" + vector;
        gate(named, vector, label);
        Section handlers = section("handlers", SystemTables.HANDLERS);
        handlers.label(context.line(0), label);
        collect(handlers, body);
    }

    /** The section of Ringside's own with this name, made on first use. */
    Section section(String section, int at) {
        Section existing = sections.get(section);
        if (existing == null) {
            existing = new Section(section, at, 32, labels);
            add(existing);
        }
        return existing;
    }

    /** A driver, its labels with its own name before them. */
    public void include(DriverSpec driver) {
        include(Map.of(), driver);
    }

    /** A driver under another name, or with other settings. */
    public void include(Map<String, ?> named, DriverSpec driver) {
        drivers.add(Inclusion.of(driver, named));
    }

    /** Gates to labels of the guest. */
    public void idt(@DelegatesTo(value = IdtBlock.class, strategy = Closure.DELEGATE_ONLY) Closure<?> body) {
        new IdtBlock(this).configure(body);
    }

    void gate(Map<String, ?> named, int vector, String label) {
        check("idt", named, Set.of("dpl", "trap"));
        int dpl = number(named, "dpl", 0);
        if (vector < 0 || vector > 255 || dpl < 0 || dpl > 3) {
            throw new RingsideException(
                    vector < 0 || vector > 255 ? "there is no vector " + vector : "there is no DPL " + dpl,
                    "",
                    vector < 0 || vector > 255 ? "vectors are 0 to 255" : "a DPL is 0 to 3");
        }
        tables.gate(
                vector,
                new SystemTables.Gate(label, dpl, Boolean.TRUE.equals(named.get("trap")), ScriptLine.here(context)));
    }

    /** A task-state segment for the stack switch from ring 3; TR is loaded before the kernel starts. */
    public void tss(Map<String, ?> named) {
        check("tss", named, Set.of("esp0"));
        tables.task(number(named, "esp0", SystemTables.KERNEL_STACK));
    }

    /** Page tables that map the first 16 MiB onto themselves, switched on before the kernel starts. */
    public void paging(boolean on) {
        tables.paging(on);
    }

    /** Maps one page otherwise than onto itself, or for user code, or read-only. */
    public void map(Map<String, ?> named, int la) {
        check("map", named, Set.of("to", "user", "writable"));
        int pa = number(named, "to", la);
        if (pa % PAGE != 0) {
            throw new RingsideException(
                    String.format("0x%x is not the start of a page", pa), "", "give a multiple of 0x1000");
        }
        page(
                la,
                new SystemTables.Page(
                        pa, Boolean.TRUE.equals(named.get("user")), !Boolean.FALSE.equals(named.get("writable"))));
    }

    private void page(int la, SystemTables.Page page) {
        if (pages.putIfAbsent(la, page) != null) {
            throw new RingsideException(
                    String.format("page 0x%x is mapped or unmapped twice", la), "", "say once what it leads to");
        }
    }

    /** Leaves one page out: touching it is a page fault. */
    public void unmap(int la) {
        page(la, new SystemTables.Page(-1, false, false));
    }

    /** The kernel's ESP when it is entered. */
    public void stack(int top) {
        stack = top;
    }

    // ---- a finished image

    /** Bytes in hex digits for one place; what follows a semicolon is a comment. */
    public void bytes(int pa, CharSequence hex) {
        raw.hex(pa, hex.toString());
    }

    public void bytes(long pa, CharSequence hex) {
        raw.hex((int) pa, hex.toString());
    }

    /** Bytes, deflated and in Base64. */
    public void packed(int pa, CharSequence text) {
        raw.packed(pa, text.toString(), false);
    }

    public void packed(Map<String, ?> named, Number pa, CharSequence text) {
        check("packed", named, Set.of("rom"));
        raw.packed(pa.intValue(), text.toString(), Boolean.TRUE.equals(named.get("rom")));
    }

    /** The processor's state when the guest gets control; then nothing is added to what the block itself says. */
    public void entry(Map<String, ?> named) {
        check("entry", named, RawImage.ENTRY);
        raw.entry(named);
    }

    /** {@code entry 'reset'}. */
    public void entry(String state) {
        raw.reset(state);
    }

    // ---- the image

    /** The finished guest. */
    GuestImage image() {
        if (raw.entered()) {
            Layout.Assembled assembled = Layout.of(order, labels);
            List<LoadSegment> segments = new ArrayList<>(raw.segments());
            segments.addAll(assembled.segments());
            return new GuestImage(
                    name, segments, raw.entryState(), assembled.symbols(), assembled.lines(), assembled.checkpoints());
        }
        Section first = sections.getOrDefault("real", sections.get("kernel"));
        if (first == null) {
            throw new RingsideException(
                    "guest '" + name + "' has no code to start with", "", "write kernel { ... } or real { ... }");
        }
        drivers.handle();
        SortedMap<Integer, String> handlers = handlersOfLines();
        GuestImage unported = unported(first);
        return asks() && !first.name().equals("real") ? unported.ported(ported(handlers)) : unported;
    }

    /** Whether the kernel asks by name for anything that is privileged: then it has a ported form. */
    private boolean asks() {
        return order.stream().anyMatch(Section::hasChoice);
    }

    private GuestImage unported(Section first) {
        boolean prologue = !first.name().equals("real") && known().prepared();
        List<Section> all = new ArrayList<>(order);
        if (prologue) {
            all.add(prologue());
        }
        Layout.Assembled assembled = Layout.of(all, labels, false);
        addUserPages(assembled.segments());
        pages.forEach(tables::page);
        List<LoadSegment> segments = new ArrayList<>(raw.segments());
        segments.addAll(assembled.segments());
        segments.addAll(tables.segments(gate -> handler(gate, assembled)));
        return image(assembled, segments, entry(assembled.symbol(prologue ? "prologue" : first.name()), first));
    }

    /** The same program for a VMM: its tables are registered, its privileged operations are hypercalls. */
    private GuestImage ported(SortedMap<Integer, String> handlers) {
        List<Section> all = new ArrayList<>(order);
        int fast = tables.fastVector();
        String fastHandler = fast == 0 ? "" : tables.handler(fast);
        all.add(Ported.runtime(context, labels, handlers, fastHandler, fast != 0 && tables.shutsOut(fast)));
        all.add(Ported.start(context, labels, known()));
        Layout.Assembled assembled = Layout.of(all, labels, true);
        List<LoadSegment> segments = new ArrayList<>(assembled.segments());
        segments.addAll(tables.portedSegments(
                gate -> handler(gate, assembled), assembled.symbols().getOrDefault(Ported.FAST, 0)));
        int start = assembled.symbol(Ported.START);
        EntryState entry = new EntryState.Flat(
                Ported.KERNEL_CODE, start, Ported.KERNEL_DATA, stack, 0, -1, 0, -1, EntryState.cleared(stack));
        return image(assembled, segments, entry);
    }

    private Ported.Tables known() {
        return new Ported.Tables(
                (tables.gdtLimit() + 1) / 8,
                tables.gates(),
                tables.kernelStack(),
                tables.fastVector(),
                tables.hasPaging(),
                !lines.isEmpty());
    }

    private GuestImage image(Layout.Assembled assembled, List<LoadSegment> segments, EntryState entry) {
        return new GuestImage(
                name,
                segments,
                entry,
                assembled.symbols(),
                assembled.lines(),
                assembled.checkpoints(),
                assembled.markers(),
                Optional.empty());
    }

    /** The handler's label for each line that is let in. */
    private SortedMap<Integer, String> handlersOfLines() {
        SortedMap<Integer, String> handlers = new TreeMap<>();
        lines.forEach((line, where) -> {
            String handler = tables.handler(FIRST_LINE + line);
            if (handler == null) {
                throw new RingsideException(
                        "interrupt line " + line + " is let in and has no handler",
                        where,
                        String.format("write interrupt(0x%x) { ... }", FIRST_LINE + line));
            }
            handlers.put(line, handler);
        });
        return handlers;
    }

    private EntryState entry(int start, Section first) {
        if (first.name().equals("real")) {
            return new EntryState.Real(
                    start >> 4 & 0xf000,
                    start & 0xffff,
                    0,
                    SystemTables.REAL,
                    0,
                    EntryState.cleared(SystemTables.REAL));
        }
        int idtLimit = tables.idtLimit();
        return new EntryState.Flat(
                SystemTables.KERNEL_CODE,
                start,
                SystemTables.KERNEL_DATA,
                stack,
                SystemTables.GDT,
                tables.gdtLimit(),
                idtLimit < 0 ? 0 : SystemTables.IDT,
                idtLimit,
                EntryState.cleared(stack));
    }

    /** Guest instructions that switch on what the script asked for, then go to the kernel. */
    private Section prologue() {
        Section section = new Section("prologue", SystemTables.PROLOGUE, 32, labels);
        section.label(context.line(0), "prologue");
        Snippet code = new Snippet(context, context.line(0), section);
        if (tables.hasTask()) {
            code.lines("mov ax, {0}\nltr ax", SystemTables.TASK);
        }
        if (!lines.isEmpty()) {
            Operations.controllers(code);
        }
        if (tables.hasPaging()) {
            code.lines("mov eax, {0}\nmov cr3, eax", SystemTables.PAGE_DIRECTORY);
            code.lines("mov eax, cr0\nor eax, {0}\nmov cr0, eax", asks() ? PORTABLE_PAGING : Control.CR0_PG);
        }
        Expr kernel = new Expr.Symbol("kernel");
        // with paging a far jump, as a kernel makes one: CS is read anew through the page tables
        Object target = tables.hasPaging() ? new Arg.Far(0, Expr.of(SystemTables.KERNEL_CODE), kernel) : kernel;
        code.lines("xor eax, eax\njmp {0}", target);
        return section;
    }

    private int handler(SystemTables.Gate gate, Layout.Assembled assembled) {
        Integer address = assembled.symbols().get(gate.handler());
        if (address == null) {
            throw new RingsideException(
                    "label '" + gate.handler() + "' is not defined",
                    gate.where(),
                    NearMiss.hint(
                            gate.handler(),
                            assembled.symbols().keySet(),
                            "define it in the kernel with " + gate.handler() + ":"));
        }
        return address;
    }

    private void addUserPages(List<LoadSegment> segments) {
        for (LoadSegment segment : segments) {
            if (userSections.stream().anyMatch(s -> s.name().equals(segment.name()))) {
                for (int la = segment.pa() & -PAGE; la < segment.end(); la += PAGE) {
                    pages.putIfAbsent(la, new SystemTables.Page(la, true, true));
                }
            }
        }
        int userStack = SystemTables.USER_STACK - PAGE;
        pages.putIfAbsent(userStack, new SystemTables.Page(userStack, true, true));
    }

    // ---- named values

    private static void check(String word, Map<String, ?> named, Set<String> known) {
        for (String key : named.keySet()) {
            if (!known.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in " + word,
                        "",
                        NearMiss.hint(
                                key,
                                new java.util.TreeSet<>(known),
                                "known: " + String.join(", ", new java.util.TreeSet<>(known))));
            }
        }
    }

    private static int number(Map<String, ?> named, String key, int otherwise) {
        Object value = named.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).intValue();
        }
        throw new RingsideException("'" + key + "' is not a number: " + value, "", "write " + key + ": 0x100000");
    }
}
