package ringside.vmm.mode.translated;

import java.util.List;
import java.util.OptionalInt;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.RetireMap;
import ringside.machine.paging.Peek;
import ringside.observe.Counters;
import ringside.vmm.compression.CompressedMachine;
import ringside.vmm.compression.Compression;
import ringside.vmm.compression.Frame;
import ringside.vmm.compression.Rings;
import ringside.vmm.mode.translated.Point.Kind;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VmmRegion;

/** A guest whose kernel, and on demand whose users, run translated in the cache. */
public final class TranslatedMachine extends CompressedMachine {
    private static final int[] DATA_SEGMENTS = {Reg.ES, Reg.DS, Reg.FS};
    private static final int CODE_RIGHTS = 0x99, DATA_RIGHTS = 0x93, BIG = 0x00400000;
    private static final int BREAKPOINTS_ENABLED = 0xff;
    private static final int SYSTEM_FLAGS = Eflags.IOPL | Eflags.VIF | Eflags.VIP;

    private final Settings choices;
    private final RetireMap retires;
    private final TranslationCache cache;
    private final Translator translator;
    private final Adaptation adaptation;
    private final RuleBook rules;
    private final Statistics statistics = new Statistics();
    private final Peek peek;
    private final SystemBus bus;

    /** Whose segments and gate stand in the tables; null while none do. */
    private Context opened;
    /** Whose code runs, and runs again unless something else comes up. */
    private Context running;
    /** Where the last arrival came from; null where the guest ran directly. */
    private Point arrival;
    /** The unit that a callout or a fault interrupted: it goes on where the guest does. */
    private TranslationUnit interrupted;
    /** An address was probed that translated code may run past: it is to be left and made anew. */
    private boolean renew;

    TranslatedMachine(Settings choices, RuleBook rules, PhysicalServer server, MemoryStrategy memory) {
        super(new Compression("translated", new Rings(1), false, 0, false), server, memory);
        this.choices = choices;
        this.rules = rules;
        this.adaptation = new Adaptation(choices.adaptive());
        this.bus = server.guest().bus();
        this.peek = new Peek(state, bus);
        this.retires = new RetireMap(VmmRegion.la(VmmRegion.CACHE), choices.cacheBytes());
        this.cache = new TranslationCache(region, choices.cacheBytes(), retires, counters, tables.alsoTraced());
        this.translator = new Translator(state, choices, rules, this::probed, adaptation, devices::ports);
        hardware.retireMap(retires);
        for (String name : List.of("units", "bytesIn", "bytesOut", "invalidated", "retranslated", "evicted")) {
            counters.add(name, 0);
        }
    }

    @Override
    public Counters activity() {
        Counters now = counters();
        long callouts = now.get("callouts");
        long dispatches = now.get("unchainedExits") + now.get("lookUpMisses");
        Counters work = activity(CostEvent.CALLOUT, callouts);
        work.add(CostEvent.TRAP.word(), -dispatches);
        work.add(CostEvent.DISPATCH.word(), dispatches);
        work.add(CostEvent.TRANSLATION.word(), counters.get("units"));
        return work;
    }

    @Override
    public String placement() {
        String users = choices.translatesUsers() ? "users too" : "users directly";
        return "translation cache in ring 1, " + users + ", " + memory.name() + " memory";
    }

    /** CS and GS of translated code are the cache's. */
    @Override
    public OptionalInt realDescriptor(int seg) {
        boolean own = seg != Reg.CS && seg != Reg.GS || runsDirectly();
        return own ? super.realDescriptor(seg) : OptionalInt.empty();
    }

    @Override
    public int executing() {
        if (!inCache(hardware.selector(Reg.CS))) {
            return hardware.pc();
        }
        Point point = cache.at(hardware.eip);
        return point == null ? state.pc() : running.la(point.guestEip());
    }

    @Override
    public void probe(int la) {
        super.probe(la);
        renew = true;
    }

    @Override
    protected boolean wantsEntry() {
        return renew || super.wantsEntry();
    }

    /** The real processor, to look at. */
    Cpu hardware() {
        return hardware;
    }

    /** Instructions that the real processor executed in the cache. */
    public long simulated() {
        return retires.executed;
    }

    @Override
    public Counters counters() {
        statistics.refresh(counters, retires);
        return super.counters();
    }

    /** Guest code beside what stands for it, as it is now. */
    public List<Listing.Unit> listing() {
        return new Listing(cache, region, state.memory()).units();
    }

    // ---- entering

    @Override
    protected boolean enter() {
        if (renew) {
            renew = false;
            leave();
            cache.flush();
        }
        if (runsDirectly()) {
            close();
            leave();
            if (super.enter()) {
                return true;
            }
        }
        Context context = context();
        int ring = context == null ? 0 : context.ring();
        if (context == null || !loadable(ring, DATA_SEGMENTS)) {
            leave();
            return false;
        }
        int offset = locate(context);
        if (offset < 0) {
            return false;
        }
        open(cache.context(context.key));
        fill(running.store);
        if (cache.takePagesChanged()) {
            tables.refresh();
        }
        occupy(Reg.GS, VmmRegion.CACHE_STORE | ring);
        depart(VmmRegion.CACHE_CODE | ring, offset, DATA_SEGMENTS);
        return true;
    }

    /** Guest user code, and code of real mode, that is left to the hardware. */
    private boolean runsDirectly() {
        if (choices.translatesUsers()) {
            return false;
        }
        boolean interruptible = (state.systemFlags() & Eflags.IF) != 0 && (state.systemFlags() & Eflags.IOPL) == 0;
        return guest.paragraphs() || state.cpl == 3 && interruptible;
    }

    /** What code at the virtual EIP is translated for; null where it must be interpreted. */
    private Context context() {
        boolean plain = state.protectedMode() && !state.virtual8086();
        boolean debugged = (state.dr[7] & BREAKPOINTS_ENABLED) != 0 || (state.systemFlags() & Eflags.TF) != 0;
        if (!plain || debugged) {
            return null;
        }
        int iopl = rules.askForIopl() ? state.iopl() : 0;
        return cache.context(new ContextKey(
                guest.base(Reg.CS), guest.codeLimit(), state.cpl, iopl, guest.code32(), guest.bigStack()));
    }

    /** Where in the cache the code for the virtual EIP lies, translated where it must be; -1 where it cannot be. */
    private int locate(Context context) {
        int eip = state.eip;
        Point from = arrival;
        TranslationUnit left = interrupted;
        arrival = null;
        interrupted = null;
        if (left != null && left.valid && left.active && left.context == context) {
            int offset = left.offsetOf(eip);
            if (offset >= 0 && (!cache.at(offset).afterSti() || state.interruptShadow)) {
                return offset;
            }
        }
        if (!context.key.allows(eip)) {
            return -1;
        }
        boolean lookedUp = from != null && from.kind() == Kind.MISS;
        TranslationUnit unit = cache.find(context, eip);
        if (unit == null) {
            unit = obtain(context, eip, lookedUp);
        }
        if (unit == null) {
            return -1;
        }
        if (from != null && !probed(unit.context.la(eip))) {
            connect(from, unit);
        }
        return unit.start;
    }

    private TranslationUnit obtain(Context context, int eip, boolean landed) {
        try {
            int la = context.la(eip);
            int page = translator.page(la);
            if (page == SystemBus.NONE) {
                return null;
            }
            TranslationUnit known = cache.findSuspended(context, eip, page + (la & 0xfff), -1);
            if (known != null) {
                cache.activate(known);
                return known;
            }
            Context there = context;
            if (!cache.hasRoom()) {
                cache.flush();
                there = cache.context(context.key);
            }
            Emitter code = translator.translate(there, eip, cache.next(), landed);
            if (code == null) {
                return null;
            }
            cache.add(code);
            return code.unit;
        } catch (GuestFault fault) {
            // fetching faults: the interpreter raises it
            return null;
        }
    }

    /** Spares the next arrival from the same place. */
    private void connect(Point from, TranslationUnit unit) {
        switch (from.kind()) {
            case EXIT -> {
                boolean same = from.unit().valid && from.unit().context == unit.context;
                if (choices.chaining() && same && from.exit().target == unit.eip) {
                    cache.chain(from.exit(), unit);
                }
            }
            case MISS -> {
                if (cache.hasRoom()) {
                    cache.land(unit);
                }
            }
            case PLAIN, CALLOUT -> {}
        }
    }

    // ---- the segments and the gate of translated code

    private void open(Context context) {
        running = context;
        if (opened == context) {
            return;
        }
        opened = context;
        int dpl = context.ring() << 13;
        int code = VmmRegion.la(VmmRegion.CACHE);
        descriptor(VmmRegion.CACHE_CODE, code, choices.cacheBytes() - 1, CODE_RIGHTS << 8 | dpl);
        descriptor(VmmRegion.CACHE_STORE, context.store.la(), Store.SIZE - 1, DATA_RIGHTS << 8 | dpl);
        gate(dpl);
    }

    /** Takes them away while guest code runs directly. */
    private void close() {
        if (opened != null) {
            opened = null;
            region.put64(VmmRegion.GDT + VmmRegion.CACHE_CODE, 0, 0);
            region.put64(VmmRegion.GDT + VmmRegion.CACHE_STORE, 0, 0);
            gate(0);
        }
    }

    private void descriptor(int selector, int base, int limit, int rights) {
        int high = base & 0xff000000 | BIG | limit & 0xf0000 | rights | base >>> 16 & 0xff;
        region.put64(VmmRegion.GDT + selector, base << 16 | limit & 0xffff, high);
    }

    private void gate(int dpl) {
        int at = VmmRegion.IDT + Emitter.CALLOUT_VECTOR * 8 + 4;
        region.put32(at, region.get32(at) & ~0x6000 | dpl);
    }

    /** What translated code reads of the virtual state. */
    private void fill(Store store) {
        store.put(Store.VIRTUAL_IF, state.systemFlags() & Eflags.IF);
        store.put(Store.PENDING, state.interruptRequested() ? Eflags.IF : 0);
        store.put(Store.SYSTEM_FLAGS, state.systemFlags() & SYSTEM_FLAGS);
        for (int index : new int[] {0, 2, 3}) {
            store.put(Store.CR + 4 * index, state.visibleCr(index));
        }
    }

    // ---- learning what translated code did

    private static boolean inCache(int selector) {
        return (selector & ~3) == VmmRegion.CACHE_CODE;
    }

    @Override
    protected void look() {
        if (inCache(ring0.selector(Reg.CS))) {
            observe(cache.at(hardware.eip), hardware.eflags(), ring0.registers()[Reg.ESP]);
        } else {
            super.look();
        }
    }

    @Override
    protected void learn(int vector, Frame frame) {
        interrupted = null;
        if (frame.paragraphs() != null || !inCache(frame.cs())) {
            arrival = null;
            super.learn(vector, frame);
            return;
        }
        arrival = cache.at(vector == Emitter.CALLOUT_VECTOR ? frame.eip() - 2 : frame.eip());
        observe(arrival, frame.flags(), frame.esp());
        if (vector != Emitter.CALLOUT_VECTOR && arrival.kind() == Kind.EXIT) {
            statistics.interrupted(arrival.exit());
        }
        if (vector != Emitter.CALLOUT_VECTOR || arrival.kind() == Kind.CALLOUT) {
            interrupted = arrival.unit();
            if (vector != Emitter.CALLOUT_VECTOR) {
                arrival = null;
            }
        } else {
            state.eip = arrival.kind() == Kind.EXIT ? arrival.exit().target : running.store.get(Store.TARGET);
        }
    }

    private void observe(Point point, int flags, int esp) {
        Store store = running.store;
        boolean interruptible = (store.get(Store.VIRTUAL_IF) & Eflags.IF) != 0;
        observe(point.guestEip(), flags, esp, interruptible);
        boolean before = point.kind() == Kind.PLAIN || point.kind() == Kind.CALLOUT;
        if (before && point.afterSti() && store.get(Store.IF_BEFORE) == 0 && interruptible) {
            guest.shadow();
        }
    }

    @Override
    protected void handle(int vector, int error) {
        if (arrival == null) {
            TranslationUnit copied = interrupted != null && interrupted.copies(state.eip) ? interrupted : null;
            int la = state.pc();
            long emulated = counters.get("emulated");
            super.handle(vector, error);
            boolean access = vector == Vector.PF || vector == Vector.GP || vector == Vector.SS;
            boolean trapped = access && counters.get("emulated") != emulated;
            if (trapped && copied != null && copied.valid && adaptation.trapped(la)) {
                cache.retranslate(copied);
            }
            return;
        }
        switch (arrival.kind()) {
            case EXIT -> statistics.unchained(arrival.exit());
            case MISS -> statistics.missed();
            case CALLOUT, PLAIN -> {
                arrival = null;
                int la = state.pc();
                statistics.calledOut(interrupted.wordAt(state.eip));
                handler.emulate();
                if (adaptation.calledOut(la)) {
                    cache.retranslate(interrupted);
                }
            }
        }
    }

    /** Nothing of the cache is current any more. */
    private void leave() {
        arrival = null;
        interrupted = null;
    }

    // ---- coherence

    @Override
    protected void translationsChanged() {
        cache.verify(this::mapped);
    }

    @Override
    protected void translationChanged(int la) {
        cache.verify(la, this::mapped);
    }

    /** The machine page behind a linear page times two, plus one for users; NONE where fetching would do more than read. */
    private int mapped(long page) {
        var pa = peek.pa((int) (page >>> 1) << 12, (page & 1) != 0, true);
        return pa.isEmpty() || peek.wouldMark() ? SystemBus.NONE : bus.direct(pa.getAsInt(), false);
    }
}
