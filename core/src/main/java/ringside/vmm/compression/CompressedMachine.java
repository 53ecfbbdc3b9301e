package ringside.vmm.compression;

import static ringside.arch.Eflags.IF;
import static ringside.arch.Eflags.RF;
import static ringside.arch.Eflags.VIF;
import static ringside.arch.Eflags.VIP;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.error.RingsideException;
import ringside.machine.board.Board;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeadlineTimer;
import ringside.machine.paging.Peek;
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
import ringside.vmm.vcpu.Probes;
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
    private final RealSegments segments;
    private final Arrival arrival;
    private final Departure departure;
    private final Probes probes = new Probes();
    private final Set<Integer> carriedOut = new HashSet<>();

    private boolean inGuest;
    /** The generation of the guest's translations that the shadows are of. */
    int flushes;

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
        this.segments = new RealSegments(guest, tables, settings.rings(), ring0);
        this.arrival = new Arrival(this, segments);
        this.departure = new Departure(this, segments);
        this.handler = new ExitHandler(this);
        int umip = settings.umip() ? Control.CR4_UMIP : 0;
        boot.start(
                hardware, settings.rings().worlds(), memory.root(MemoryStrategy.KERNEL), VmmBoot.cr4(hardware) | umip);
        flushes = state.mmu.generation;
        tables.refresh();
    }

    // ---- what clients see

    @Override
    public Board board() {
        return board;
    }

    @Override
    public Counters memory() {
        return memory.counters();
    }

    @Override
    public Cpu silicon() {
        return hardware;
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
        arrival.look();
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
        long left = goal - state.retired - arrival.uncredited();
        long before = hardware.retired;
        Stop stop = engine.run(hardware, memory.watchesRetirement() ? Math.min(left, 1) : left);
        boolean watched = memory.watchesRetirement() && hardware.retired != before;
        if (watched) {
            memory.instructionRetired();
        }
        return switch (stop) {
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
                (hardware.selector(Reg.CS) & 3) == 0 && !hardware.virtual8086()
                        ? comeBack()
                        : watched && hardware.retired - before < left ? null : budget;
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

    private boolean arrived(int la) {
        return probes.arrived(la, state.retired + (inGuest ? arrival.uncredited() : 0));
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
        } else if (guest.debugHeld()) {
            interpret();
        } else {
            memory.entering();
            if (!enter()) {
                unloadable();
            }
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
        interpret();
    }

    private void interpret() {
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
        boolean closed = ShadowDescriptor.isUnreachable(tables.descriptor(state.selector(seg)));
        return closed || VmmRegion.contains(la) || VmmRegion.contains(la + 64);
    }

    // ---- learning what the guest did

    /** The hardware delivered an event: the VMM reads its frame, then deals with it. */
    private void arrive(int vector) {
        Frame frame = Frame.read(region, ring0.registers()[Reg.ESP], Vector.hasErrorCode(vector));
        // a fault pushes RF=1 whatever RF was: the virtual one stands as long as nothing completed under it
        boolean resumed = arrival.uncredited() == 0;
        int resume = resumed ? state.systemFlags() & RF : 0;
        learn(vector, isFault(vector) ? frame.withFlags(frame.flags() & ~RF | resume) : frame);
        inGuest = false;
        guest.keepTime();
        handle(vector, frame.error());
    }

    private static boolean isFault(int vector) {
        return switch (vector) {
            case Vector.DB, Vector.NMI, Vector.BP, Vector.OF, Vector.DF -> false;
            default -> vector < 32;
        };
    }

    /** Deals with the event whose frame was just read. */
    protected void handle(int vector, int error) {
        handler.handle(vector, error);
    }

    /** Brings the virtual state up to what the frame and the registers say. */
    protected void learn(int vector, Frame frame) {
        arrival.learn(frame);
    }

    /** The virtual state was brought up to the hardware's: for what a mode keeps elsewhere. */
    protected void observed() {}

    /** As {@link #look} where the VMM's own code ran in the guest's place: CPL and segment registers did not change. */
    protected final void observe(int eip, int flags, int esp, boolean virtualIf) {
        arrival.observe(eip, flags, esp, virtualIf);
    }

    /** The flags in which the VMM's word counts at a real CPL; virtual-8086 mode always runs at IOPL 0. */
    int ownedFlags(int realCpl, boolean paragraphs) {
        return !paragraphs && realCpl <= settings.iopl() ? OWNED_FLAGS & ~IF : OWNED_FLAGS;
    }

    // ---- entering the guest

    /** Loads the virtual state into the processor and returns to the guest; false where it cannot be loaded. */
    protected boolean enter() {
        if (guest.paragraphs()) {
            if (!segments.paragraphs()) {
                return false;
            }
            depart(departure.paragraphs(), NO_SEGMENTS);
            return true;
        }
        int ring = settings.rings().real(state.cpl);
        if (!segments.returnable(ring, DATA_SEGMENTS)) {
            return false;
        }
        depart(departure.protectedMode(ring), DATA_SEGMENTS);
        return true;
    }

    /** Runs the VMM's own code in the guest's place: with the guest's registers, SS and {@code data}. */
    protected final void depart(int selector, int eip, int[] data) {
        Frame frame = departure.protectedMode(selector & 3);
        depart(new Frame(0, eip, selector, frame.flags(), frame.esp(), frame.ss(), null), data);
    }

    private void depart(Frame toGuest, int[] data) {
        departure.prepare();
        segments.load(data);
        arm();
        departure.go(toGuest);
        inGuest = true;
    }

    /** The world that the virtual state belongs to. */
    int world() {
        return settings.rings().world(state.cpl, guest.dpl(Reg.SS));
    }

    /** Loads a segment register with a selector of the VMM's own; the guest's must be loaded again before it runs. */
    protected final void occupy(int seg, int selector) {
        segments.occupy(seg, selector);
    }

    /** Whether an IRET to {@code ring} with the guest's SS and {@code data} gives them what the virtual registers hold. */
    protected final boolean loadable(int ring, int[] data) {
        return segments.loadable(ring, data);
    }

    /** Whether code is to be run at an address that a client probes. */
    protected final boolean probed(int la) {
        return probes.contains(la);
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
}
