package ringside.vmm.compression;

import static ringside.arch.Eflags.IF;
import static ringside.arch.Eflags.IOPL_SHIFT;
import static ringside.arch.Eflags.VIF;
import static ringside.arch.Eflags.VIP;
import static ringside.arch.Eflags.VM;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.machine.board.Board;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeadlineTimer;
import ringside.machine.paging.Peek;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;
import ringside.vmm.spi.ControlAudit;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmBoot;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.VirtualProcessor;

/** A guest whose kernel runs on the real processor in ring 1 or 3: entering it, and learning what it did. */
public class CompressedMachine implements VirtualMachine {
    /** What the VMM's timer raises. */
    public static final int TIMER_VECTOR = 0xff;

    private static final int WANTS_ENTRY = Attention.INTERRUPT | Attention.NMI | Attention.STOP;
    private static final int STUCK = 1 << 20;
    private static final int OWNED_FLAGS = IF | Eflags.IOPL | VIF | VIP;
    private static final int[] DATA_SEGMENTS = {Reg.ES, Reg.DS, Reg.FS, Reg.GS};
    private static final int[] NO_SEGMENTS = {};
    private static final int BREAKPOINTS_ENABLED = 0xff;
    private static final int GENERAL_DETECT = 0x2000;
    private static final int FIXED_DR7 = 0x400;

    protected final Compression settings;
    protected final Cpu hardware;
    protected final Ring0 ring0;
    protected final VmmRegion region;
    protected final VirtualProcessor guest;
    protected final Cpu state;
    protected final MemoryStrategy memory;
    protected final DescriptorTables tables;
    protected final VmmBoot boot;
    protected final Counters exits = new Counters();
    /** Timer exits that found ring 3 with virtual IF 0 and an interrupt waiting. */
    long heldInRing3;

    protected final Counters counters = Counters.of("hiddenFaults", "trueFaults", "emulated", "interpreted");

    private final PhysicalServer server;
    private final Engine engine;
    private final Board board;
    private final Peek peek;
    private final DeadlineTimer timer;
    protected final ExitHandler handler;
    private final Set<Integer> probes = new HashSet<>();
    private final Set<Integer> carriedOut = new HashSet<>();
    /** What the real data segment registers hold, as fingerprints of the virtual ones they were loaded for. */
    private final long[] loaded = new long[6];

    private boolean inGuest;
    private int world = MemoryStrategy.KERNEL;
    private long counted;
    private int flushes;
    private long probedAt = -1;
    private int probedLa;

    public CompressedMachine(Compression settings, PhysicalServer server, MemoryStrategy memory) {
        this.settings = settings;
        this.server = server;
        this.hardware = server.cpu();
        this.engine = server.engine();
        this.board = server.guest();
        this.ring0 = server.ring0();
        this.region = server.region();
        this.timer = server.timer();
        this.memory = memory;
        this.state = board.cpu();
        this.guest = new VirtualProcessor(state);
        this.tables = new DescriptorTables(region, guest, board.bus(), memory, settings.rings());
        this.peek = new Peek(state, board.bus());
        this.boot = new VmmBoot(region, ring0);
        this.handler = new ExitHandler(this);
        int umip = settings.umip() ? Control.CR4_UMIP : 0;
        boot.start(
                hardware, settings.rings().worlds(), memory.root(MemoryStrategy.KERNEL), VmmBoot.cr4(hardware) | umip);
        flushes = state.mmu.generation;
        java.util.Arrays.fill(loaded, -1);
        tables.refresh();
    }

    // ---- what clients see

    @Override
    public Board board() {
        return board;
    }

    @Override
    public Counters exits() {
        return exits;
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public List<String> notes() {
        return heldInRing3 == 0
                ? List.of()
                : List.of(heldInRing3 + " timer exits found ring 3 with virtual IF 0 and an interrupt waiting:"
                        + " IRET to ring 3 at CPL > IOPL drops the IF of its frame and does not trap"
                        + " (Robin & Irvine 2000)");
    }

    /** Every arrival in the VMM is a trap, but {@code callouts} which are there by an agreed way. */
    protected final Counters activity(CostEvent way, long callouts) {
        Counters work = CostEvent.of(hardware);
        long doors = hardware.activity.doors;
        work.add(CostEvent.DELIVERY.word(), -doors);
        work.add(CostEvent.TRAP.word(), doors - callouts);
        work.add(way.word(), callouts);
        work.add(CostEvent.EMULATION.word(), counters.get("interpreted"));
        return work;
    }

    @Override
    public Counters activity() {
        return activity(CostEvent.CALLOUT, 0);
    }

    @Override
    public String placement() {
        return "ring " + settings.rings().kernel() + ", " + memory.name() + " memory";
    }

    @Override
    public void probe(int la) {
        probes.add(la);
        hardware.probe(la);
    }

    @Override
    public boolean carryOut(int la) {
        carriedOut.add(la);
        hardware.probe(la);
        return true;
    }

    @Override
    public Cpu state() {
        if (inGuest) {
            look();
            state.syncTime();
        }
        return state;
    }

    @Override
    public long direct() {
        state();
        return guest.credited();
    }

    @Override
    public Optional<ResourceControl> control() {
        return Optional.of(ControlAudit.of(server));
    }

    /** Learns the guest's state from the registers of the processor that runs it. */
    protected void look() {
        observe(hardware.eip, hardware.eflags(), hardware.r[Reg.ESP], selectors());
    }

    // ---- the run loop

    @Override
    public Stop run(long instructions) {
        long start = retired();
        long goal = instructions > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + instructions;
        if (inGuest) {
            arm();
        }
        int idle = 0;
        long progress = start;
        while (idle++ < STUCK) {
            Stop stop = inGuest ? direct(goal) : between(goal);
            if (stop != null) {
                return stop;
            }
            if (state.retired != progress) {
                progress = state.retired;
                idle = 0;
            }
        }
        return new Stop.Budget();
    }

    /** Lets the hardware run the guest until it comes back. */
    private Stop direct(long goal) {
        long left = goal - state.retired - (hardware.retired - counted);
        return switch (engine.run(hardware, left)) {
            case Stop.VmmEntry(int vector) -> {
                arrive(vector);
                yield null;
            }
            case Stop.Probe(int la) -> {
                if (carriedOut.contains(la)) {
                    // the VMM's timer brings it here before the instruction executes
                    timer.at(hardware.clock().now());
                }
                yield probes.contains(la) && arrived(la) ? new Stop.Probe(la) : null;
            }
            // an event may have been delivered after the last instruction: then the door is next
            case Stop.Budget budget ->
                (hardware.selector(Reg.CS) & 3) == 0 && !hardware.virtual8086() ? comeBack() : budget;
            case Stop.Halted halted -> throw defect("the real processor halted");
            case Stop.Shutdown shutdown -> throw defect("the real processor shut down");
            case Stop.VmExit exit -> throw defect("the real processor left a mode it was never in");
            case Stop.Requested request -> throw defect("the real machine asked to stop: " + request.reason());
        };
    }

    private Stop comeBack() {
        if (engine.run(hardware, 1) instanceof Stop.VmmEntry(int vector)) {
            arrive(vector);
            return null;
        }
        throw defect("ring 0 ran past its door");
    }

    /** Something that no guest can bring about. */
    RingsideException defect(String what) {
        return new RingsideException(
                "a defect of Ringside: " + what,
                String.format("guest instruction %d, %s", state.retired, settings.mode()),
                "please report the script that shows it");
    }

    /** Whether this arrival at a probed address has not been reported: a hidden fault restarts the instruction. */
    private boolean arrived(int la) {
        long now = state.retired + (inGuest ? hardware.retired - counted : 0);
        boolean fresh = probedAt != now || probedLa != la;
        probedAt = now;
        probedLa = la;
        return fresh;
    }

    /** Between guest instructions, the VMM in control: events of the virtual processor, then back into the guest. */
    private Stop between(long goal) {
        guest.keepTime();
        if (state.retired >= goal) {
            return new Stop.Budget();
        }
        Stop stop = events();
        if (stop != null) {
            return stop;
        }
        int la = state.pc();
        if (probes.contains(la) && arrived(la)) {
            return new Stop.Probe(la);
        }
        if (carriedOut.contains(la)) {
            guest.step();
            settle();
        } else if (!enter()) {
            unloadable();
        }
        return null;
    }

    /** What the virtual processor does between two instructions; why the run ends here, or null. */
    protected Stop events() {
        Stop stop = null;
        if (state.attention != 0) {
            stop = guest.boundary();
            settle();
        } else if (state.mmu.generation != flushes) {
            settle();
        }
        return stop;
    }

    /** The real processor cannot be given the virtual state: the next instruction is interpreted. */
    protected void unloadable() {
        if (guest.step() == VirtualProcessor.Outcome.RETIRED) {
            counters.add("interpreted");
        }
        settle();
    }

    /** After software changed the virtual state or guest memory: everything that shadows them follows. */
    protected void settle() {
        if (state.mmu.generation != flushes) {
            flushes = state.mmu.generation;
            memory.empty();
            tables.flushed();
            translationsChanged();
        }
        tables.refresh();
    }

    /** Every translation of the guest may be another now. */
    protected void translationsChanged() {}

    /** The guest's translation of the page of {@code la} may be another now. */
    protected void translationChanged(int la) {}

    /** As {@link #settle} after INVLPG of the page of {@code la}, which changed nothing else since {@code before}. */
    protected void settlePage(int la, int before) {
        if (flushes == before && state.mmu.generation == before + 1) {
            flushes = state.mmu.generation;
            memory.drop(la);
            tables.flushed();
            translationChanged(la);
        }
        settle();
    }

    // ---- looking at guest memory

    /** The code byte at a linear address, or -1. */
    protected int codeByte(int la) {
        return peek.byteAt(la);
    }

    /** Four bytes at a linear address, 0 where nothing can be seen. */
    int peek32(int la) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= Math.max(0, peek.byteAt(la + i)) << 8 * i;
        }
        return value;
    }

    /** Whether plain memory lies at a linear address. */
    protected boolean isMemory(int la) {
        var pa = peek.pa(la);
        return pa.isPresent() && board.bus().isRam(pa.getAsInt());
    }

    /** Whether the offset lies beyond what the shadow of the register's descriptor allows. */
    boolean isCut(int seg, int offset) {
        int la = guest.base(seg) + offset;
        return VmmRegion.contains(la) || VmmRegion.contains(la + 64);
    }

    // ---- learning what the guest did

    /** The hardware delivered an event: the VMM reads its frame, then deals with it. */
    private void arrive(int vector) {
        Frame frame = Frame.read(region, ring0.registers()[Reg.ESP], ringside.arch.Vector.hasErrorCode(vector));
        learn(vector, frame);
        inGuest = false;
        guest.keepTime();
        handle(vector, frame.error());
    }

    /** Deals with the event whose frame was just read. */
    protected void handle(int vector, int error) {
        handler.handle(vector, error);
    }

    /** Brings the virtual state up to what the frame and the registers say. */
    protected void learn(int vector, Frame frame) {
        int[] selectors = selectors();
        selectors[Reg.CS] = frame.cs();
        selectors[Reg.SS] = frame.ss();
        if (frame.paragraphs() != null) {
            int[] order = {Reg.ES, Reg.DS, Reg.FS, Reg.GS};
            for (int i = 0; i < order.length; i++) {
                selectors[order[i]] = frame.paragraphs()[i];
            }
        }
        observe(frame.eip(), frame.flags(), frame.esp(), selectors);
        if (frame.paragraphs() != null) {
            // delivery from virtual-8086 mode leaves null in the data segment registers
            java.util.Arrays.fill(loaded, -1);
        }
    }

    private int[] selectors() {
        int[] selectors = new int[6];
        for (int seg = 0; seg < selectors.length; seg++) {
            selectors[seg] = ring0.selector(seg);
        }
        return selectors;
    }

    /** Brings the virtual state up to what can be seen of the guest; where the VMM owns a bit, its own word counts. */
    private void observe(int eip, int flags, int esp, int[] selectors) {
        boolean v86 = (flags & VM) != 0;
        int realCpl = v86 ? 3 : selectors[Reg.CS] & 3;
        int cpl = v86 ? 3 : virtualCpl(selectors[Reg.CS], realCpl);
        int owned = realCpl <= settings.iopl() ? OWNED_FLAGS & ~IF : OWNED_FLAGS;
        int image = flags & ~owned | state.systemFlags() & owned;
        registers(eip, image, esp, cpl);
        for (int seg = 0; seg < selectors.length; seg++) {
            boolean stack = seg == Reg.CS || seg == Reg.SS;
            int selector = stack && !v86 ? selectors[seg] & ~3 | cpl : selectors[seg];
            segment(seg, selector, v86);
            loaded[seg] = guest.fingerprint(seg);
        }
        int generation = state.mmu.generation;
        observed();
        flushes += state.mmu.generation - generation;
    }

    /** The virtual state was brought up to the hardware's: for what a mode keeps elsewhere. */
    protected void observed() {}

    /** What the guest completed, and its registers; {@code image} is EFLAGS as the virtual processor has it. */
    private void registers(int eip, int image, int esp, int cpl) {
        guest.credit(hardware.retired - counted);
        counted = hardware.retired;
        int generation = state.mmu.generation;
        guest.registers(ring0.registers(), esp, eip, image, cpl);
        flushes += state.mmu.generation - generation;
    }

    /** As {@link #look} where the VMM's own code ran in the guest's place: CPL and segment registers did not change. */
    protected final void observe(int eip, int flags, int esp, boolean virtualIf) {
        int virtual = state.systemFlags() & OWNED_FLAGS & ~IF | (virtualIf ? IF : 0);
        registers(eip, flags & ~OWNED_FLAGS | virtual, esp, state.cpl);
    }

    private void segment(int seg, int selector, boolean v86) {
        int known = state.selector(seg);
        if (v86) {
            if (known != selector) {
                guest.paragraph(seg, selector);
            }
        } else if ((known ^ selector) >> 2 != 0) {
            boolean none = selector >> 2 == 0;
            guest.segment(seg, selector, none ? null : tables.descriptor(selector));
        } else if (known != selector) {
            guest.selector(seg, selector);
        }
    }

    /** Ring 1 may be virtual ring 0 or 1, ring 3 any: what code segment the guest is in tells. */
    private int virtualCpl(int selector, int realCpl) {
        if (realCpl > settings.rings().kernel()) {
            return realCpl;
        }
        Descriptor code = tables.descriptor(selector);
        if (code.code() && !code.conforming()) {
            return code.dpl();
        }
        return Math.min(state.cpl, realCpl);
    }

    // ---- entering the guest

    /** Loads the virtual state into the processor and returns to the guest; false where it cannot be loaded. */
    protected boolean enter() {
        if (!state.protectedMode()) {
            // until the guest is back in protected mode with registers that can be loaded, the VMM interprets
            return false;
        }
        boolean v86 = state.virtual8086();
        int ring = v86 ? 3 : settings.rings().real(state.cpl);
        if (v86 ? !paragraphs() : !returnable(ring)) {
            return false;
        }
        depart(frame(v86, ring), v86 ? NO_SEGMENTS : DATA_SEGMENTS);
        return true;
    }

    /** Runs the VMM's own code in the guest's place: with the guest's registers, SS and {@code data}. */
    protected final void depart(int selector, int eip, int[] data) {
        Frame frame = frame(false, selector & 3);
        depart(new Frame(0, eip, selector, frame.flags(), frame.esp(), frame.ss(), null), data);
    }

    private void depart(Frame toGuest, int[] data) {
        boolean v86 = toGuest.paragraphs() != null;
        enterWorld(settings.rings().world(state.cpl));
        mirrorControls();
        loadData(data);
        arm();
        int[] r = ring0.registers();
        System.arraycopy(state.r, 0, r, 0, r.length);
        int frame = toGuest.write(region);
        if (v86 || guest.bigStack()) {
            r[Reg.ESP] = frame;
        } else {
            keepHighHalf(frame);
        }
        ring0.iret();
        inGuest = true;
    }

    /** Loads a segment register with a selector of the VMM's own; the guest's must be loaded again before it runs. */
    protected final void occupy(int seg, int selector) {
        ring0.load(seg, selector);
        loaded[seg] = -1;
    }

    /** Whether code is to be run at an address that a client probes. */
    protected final boolean probed(int la) {
        return probes.contains(la);
    }

    private boolean paragraphs() {
        for (int seg = 0; seg < 6; seg++) {
            if (!guest.reversibleParagraph(seg)) {
                return false;
            }
        }
        return Integer.compareUnsigned(state.eip, 0xffff) <= 0;
    }

    private boolean returnable(int ring) {
        boolean code = tables.returnable(Reg.CS)
                && (guest.conforming(Reg.CS) ? guest.dpl(Reg.CS) <= state.cpl : guest.dpl(Reg.CS) == state.cpl)
                && Integer.compareUnsigned(state.eip, tables.codeLimit()) <= 0;
        return code && loadable(ring, DATA_SEGMENTS);
    }

    /** Whether an IRET to {@code ring} with the guest's SS and {@code data} gives them what the virtual registers hold. */
    protected final boolean loadable(int ring, int[] data) {
        if (!tables.returnable(Reg.SS) || guest.dpl(Reg.SS) != state.cpl) {
            return false;
        }
        for (int seg : data) {
            boolean held = guest.fingerprint(seg) == loaded[seg];
            if (!held && !tables.loadable(seg) || droppedByReturn(seg, ring)) {
                return false;
            }
        }
        return true;
    }

    /** IRET to an outer ring takes away data segments of inner ones. */
    private boolean droppedByReturn(int seg, int ring) {
        int dpl = settings.rings().shadowDpl(settings.rings().world(state.cpl), guest.dpl(seg));
        return !guest.isNull(seg) && !guest.conforming(seg) && dpl < ring;
    }

    private void enterWorld(int next) {
        if (next != world) {
            world = next;
            boot.enterWorld(world, memory.root(world));
            ring0.lldt(VmmRegion.LOCAL);
        }
    }

    /** The bits of CR0 and CR4, and the debug registers, in which the guest's word counts. */
    private void mirrorControls() {
        mirror(0, Control.CR0_AM, state.cr0);
        mirror(4, Control.CR4_DE, state.cr4);
        int dr7 = breakpoints();
        if (dr7 != FIXED_DR7 || ring0.dr(7) != FIXED_DR7) {
            for (int i = 0; i < 4; i++) {
                ring0.dr(i, state.dr[i]);
            }
            ring0.dr(7, dr7);
        }
    }

    private void mirror(int register, int bit, int value) {
        if (((ring0.cr(register) ^ value) & bit) != 0) {
            ring0.cr(register, ring0.cr(register) ^ bit);
        }
    }

    /** The guest's DR7 without breakpoints inside the VMM's region and without general detect. */
    private int breakpoints() {
        int dr7 = state.dr[7] & ~GENERAL_DETECT;
        for (int i = 0; i < 4; i++) {
            if (VmmRegion.contains(state.dr[i])) {
                dr7 &= ~(3 << i * 2);
            }
        }
        return (dr7 & BREAKPOINTS_ENABLED) == 0 ? FIXED_DR7 : dr7;
    }

    private void loadData(int[] data) {
        for (int seg : data) {
            if (guest.fingerprint(seg) != loaded[seg]) {
                int selector = state.selector(seg);
                tables.lend(selector, () -> ring0.load(seg, selector));
                loaded[seg] = guest.fingerprint(seg);
            }
        }
    }

    /** Sets the VMM's timer to the next thing that a device of the guest wants. */
    private void arm() {
        long now = hardware.clock().now();
        long until = guest.untilAlarm();
        if (inGuest && wantsEntry()) {
            until = 0;
        } else if (guest.interruptBehindShadow()) {
            until = 1;
        }
        timer.at(until == VirtualClock.NEVER ? VirtualClock.NEVER : now + until);
    }

    /** Whether the VMM wants control at once, not when a device next does. */
    protected boolean wantsEntry() {
        return (state.attention & WANTS_ENTRY) != 0;
    }

    private Frame frame(boolean v86, int ring) {
        int iopl = settings.iopl() << IOPL_SHIFT;
        int virtual = state.eflags();
        boolean ownsIf = ring <= settings.iopl();
        int real = virtual & ~OWNED_FLAGS | iopl | (ownsIf ? virtual & IF : IF);
        if (v86) {
            int[] data = {state.selector(Reg.ES), state.selector(Reg.DS), state.selector(Reg.FS), state.selector(Reg.GS)
            };
            return new Frame(
                    0, state.eip, state.selector(Reg.CS), real, state.r[Reg.ESP], state.selector(Reg.SS), data);
        }
        int cs = state.selector(Reg.CS) & ~3 | ring;
        int ss = state.selector(Reg.SS) & ~3 | ring;
        return new Frame(0, state.eip, cs, real, state.r[Reg.ESP], ss, null);
    }

    /** IRET to a 16-bit stack leaves the high half of ESP alone: the VMM returns from a stack whose ESP has the guest's. */
    private void keepHighHalf(int frame) {
        int esp = state.r[Reg.ESP] & 0xffff0000 | frame & 0xffff;
        int base = frame - esp;
        int at = VmmRegion.GDT + world * VmmRegion.TABLE + VmmRegion.STACK_FIX;
        int high = base & 0xff000000 | 0x00cf9300 | base >>> 16 & 0xff;
        region.put64(at, base << 16 | 0xffff, high);
        ring0.load(Reg.SS, VmmRegion.STACK_FIX);
        ring0.registers()[Reg.ESP] = esp;
    }
}
