package ringside.vmm.compression;

import static ringside.arch.Eflags.IF;
import static ringside.arch.Eflags.RF;
import static ringside.arch.Eflags.VIF;
import static ringside.arch.Eflags.VIP;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.Peek;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.ControlAudit;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.RealPaging;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.VmmBoot;
import ringside.vmm.spi.VmmRegion;

/** A guest whose kernel runs on the real processor in ring 1 or 3: entering it, and learning what it did. */
public class CompressedMachine extends RunLoop {
    /** What the VMM's timer raises. */
    public static final int TIMER_VECTOR = 0xff;

    private static final int OWNED_FLAGS = IF | Eflags.IOPL | VIF | VIP;
    private static final int[] DATA_SEGMENTS = {Reg.ES, Reg.DS, Reg.FS, Reg.GS};
    private static final int[] NO_SEGMENTS = {};
    /** The bit of a selector that leads to the LDT. */
    private static final int LOCAL = 4;

    private static final BitSet CLOSED = new BitSet();

    protected final Compression settings;
    protected final Ring0 ring0;
    protected final VmmRegion region;
    protected final DescriptorTables tables;
    protected final VmmBoot boot;
    /** Timer exits that found ring 3 with virtual IF 0 and an interrupt waiting. */
    long heldInRing3;

    private final PhysicalServer server;
    private final Peek peek;
    protected final ExitHandler handler;
    private final RealSegments segments;
    private final Arrival arrival;
    private final Departure departure;
    /** The generation of the guest's translations that the shadows are of. */
    int flushes;
    /** Page faults of the virtual processor that the memory strategy knows of. */
    private long faults;

    public CompressedMachine(Compression settings, PhysicalServer server, MemoryStrategy memory) {
        super(server, memory);
        this.settings = settings;
        this.server = server;
        this.ring0 = server.ring0();
        this.region = server.region();
        this.tables = new DescriptorTables(region, guest, board().bus(), memory, settings.rings());
        this.peek = new Peek(state, board().bus());
        this.boot = new VmmBoot(region, ring0);
        this.segments = new RealSegments(guest, tables, settings.rings(), ring0);
        this.arrival = new Arrival(this, segments);
        this.departure = new Departure(this, segments);
        this.handler = new ExitHandler(this);
        int umip = settings.umip() ? Control.CR4_UMIP : 0;
        int cr4 = VmmBoot.cr4(hardware) & (memory.twoLevel() ? ~Control.CR4_PAE : -1);
        boot.start(hardware, settings.rings().worlds(), memory.root(MemoryStrategy.KERNEL), cr4 | umip);
        flushes = state.mmu.generation;
        tables.refresh();
    }

    // ---- what clients see

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
        CostEvent.copied(work, board());
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
    public Cpu state() {
        if (inGuest()) {
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

    @Override
    public Optional<RealPaging> realPaging() {
        state();
        Walker.Regime now = hardware.mmu.regime();
        Walker.Regime ofGuest = new Walker.Regime(now.cr0(), memory.root(world()), now.cr4(), now.efer());
        boolean user = guest.paragraphs() || settings.rings().real(state.cpl) == 3;
        return Optional.of(RealPaging.oneDimension(region.memory(), ofGuest, user, true));
    }

    @Override
    public OptionalInt realDescriptor(int seg) {
        state();
        int selector = state.selector(seg);
        if (guest.paragraphs() || guest.isNull(seg)) {
            return OptionalInt.empty();
        }
        int table = (selector & LOCAL) != 0 ? VmmRegion.LDT : VmmRegion.GDT;
        return OptionalInt.of(region.ma(table + world() * VmmRegion.TABLE + (selector & ~7)));
    }

    /** Learns the guest's state from the registers of the processor that runs it. */
    protected void look() {
        arrival.look();
    }

    /** What the virtual processor does between two instructions; why the run ends here, or null. */
    @Override
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

    /** After software changed the virtual state or guest memory: everything that shadows them follows. */
    @Override
    protected void settle() {
        long raised = state.mmu.faults - faults;
        faults = state.mmu.faults;
        if (state.mmu.generation != flushes || raised > 1) {
            flushes = state.mmu.generation;
            memory.empty();
            tables.flushed();
            translationsChanged();
        } else if (raised == 1) {
            memory.faulted(state.cr2);
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

    @Override
    final long uncredited() {
        return arrival.uncredited();
    }

    @Override
    final String mode() {
        return settings.mode();
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
        return pa.isPresent() && board().bus().isRam(pa.getAsInt());
    }

    /** Whether the offset lies beyond what the shadow of the register's descriptor allows. */
    boolean isCut(int seg, int offset) {
        int la = guest.base(seg) + offset;
        boolean closed = ShadowDescriptor.isUnreachable(tables.descriptor(state.selector(seg)));
        return closed || VmmRegion.contains(la) || VmmRegion.contains(la + 64);
    }

    // ---- learning what the guest did

    /** The hardware delivered an event: the VMM reads its frame, then deals with it. */
    @Override
    final void arrive(int vector) {
        Frame frame = Frame.read(region, ring0.registers()[Reg.ESP], Vector.hasErrorCode(vector));
        // a fault pushes RF=1 whatever RF was: the virtual one stands as long as nothing completed under it
        boolean resumed = arrival.uncredited() == 0;
        int resume = resumed ? state.systemFlags() & RF : 0;
        learn(vector, isFault(vector) ? frame.withFlags(frame.flags() & ~RF | resume) : frame);
        left();
        guest.keepTime();
        devices.look();
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
    @Override
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
        permitPorts();
        segments.load(data);
        arm();
        departure.go(toGuest);
        entered();
    }

    /** Opens the ports of devices that are the guest's where the guest itself lets its code use ports, and closes them. */
    private void permitPorts() {
        BitSet given = devices.ports();
        BitSet open = given.isEmpty() || guest.mayUsePorts() ? given : CLOSED;
        if (boot.permitted() != open) {
            boot.permit(open);
        }
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
}
