package ringside.vmm.mode.hardware;

import static ringside.machine.vmx.VmcsField.ENTRY_INTERRUPTION_INFORMATION;
import static ringside.machine.vmx.VmcsField.GUEST_CR3;
import static ringside.machine.vmx.VmcsField.GUEST_CS_BASE;
import static ringside.machine.vmx.VmcsField.TSC_OFFSET;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import ringside.arch.Control;
import ringside.arch.Msr;
import ringside.arch.Vector;
import ringside.error.RingsideException;
import ringside.machine.board.Board;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeadlineTimer;
import ringside.machine.paging.Walker;
import ringside.machine.time.VirtualClock;
import ringside.machine.vmx.EptPointer;
import ringside.machine.vmx.Vmcs;
import ringside.machine.vmx.VmxControl;
import ringside.machine.vmx.VmxUnit;
import ringside.observe.Counters;
import ringside.vmm.spi.ControlAudit;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.DirectDevices;
import ringside.vmm.spi.ExitLog;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.RealPaging;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmBoot;
import ringside.vmm.vcpu.VirtualProcessor;

/** A guest in non-root operation: entering it, and coming back. */
final class HardwareMachine implements VirtualMachine {
    static final int TIMER_VECTOR = 0xff;
    /** Exits and entries without a retired instruction after which a guest counts as stuck. */
    private static final int STUCK = 1 << 16;

    private static final int NON_MASKABLE = 1 << 31 | 2 << 8 | Vector.NMI;

    /** Where the guest's truth is. */
    private enum Truth {
        /** In the virtual processor: software works on it. */
        VIRTUAL,
        /** In the VMCS: root operation, the next entry resumes it. */
        VMCS,
        /** In the processor: non-root operation. */
        PROCESSOR
    }

    final Cpu hardware;
    final Vmcs vmcs = new Vmcs();
    final VirtualProcessor guest;
    final Cpu state;
    final MemoryStrategy memory;
    final Counters counters = Counters.of("hiddenFaults", "emulated", "interpreted", "injected");
    final ExitLog log;

    final DirectDevices devices;

    private final PhysicalServer server;
    private final Engine engine;
    private final Board board;
    private final DeadlineTimer timer;
    private final VmxUnit vmx;
    private final GuestSwitch guestSwitch;
    private final ExitHandler handler;
    private final Set<Integer> probes = new HashSet<>();

    private Truth truth = Truth.VIRTUAL;
    private long counted;
    private int flushes;
    /** Page faults of the virtual processor that the memory strategy knows of. */
    private long faults;

    private long probedAt = -1;
    private int probedLa;

    HardwareMachine(PhysicalServer server, MemoryStrategy memory) {
        this.server = server;
        this.hardware = server.cpu();
        this.engine = server.engine();
        this.board = server.guest();
        this.timer = server.timer();
        this.memory = memory;
        this.state = board.cpu();
        this.log = new ExitLog(counters, server.heat());
        this.guest = new VirtualProcessor(state);
        this.devices = server.devices();
        guest.outside(devices);
        this.vmx = new VmxUnit(hardware);
        this.guestSwitch =
                new GuestSwitch(state, hardware, vmcs, memory.nestedPointer().isPresent());
        this.handler = new ExitHandler(this);
        int root = memory.root(MemoryStrategy.KERNEL);
        boolean pae = VmmBoot.paeTables(hardware);
        server.ring0().cr(3, root);
        server.ring0().cr(4, Control.CR4_VMXE | (pae ? Control.CR4_PAE : 0));
        if (pae) {
            server.ring0().msr(Msr.EFER, Control.EFER_NXE);
        }
        server.ring0().cr(0, Control.CR0_PE | Control.CR0_PG | Control.CR0_WP | Control.CR0_NE);
        guestSwitch.fixed(root, server.ring0().cr(4), pae ? Control.EFER_NXE : 0, memory);
        flushes = state.mmu.generation;
    }

    // ---- what clients see

    @Override
    public Board board() {
        return board;
    }

    @Override
    public Optional<RealPaging> realPaging() {
        state();
        boolean user = guestSwitch.real() || state.cpl == 3;
        int flat = memory.withoutPaging(guestSwitch.flat());
        Walker.Regime regime = guestSwitch.regime(flat != 0 ? flat : memory.root(MemoryStrategy.KERNEL));
        OptionalLong pointer = memory.nestedPointer();
        return Optional.of(
                pointer.isPresent()
                        ? RealPaging.twoDimensions(
                                hardware.memory(), regime, state.pdpte, EptPointer.format(pointer.getAsLong()), user)
                        : RealPaging.oneDimension(hardware.memory(), regime, user, false));
    }

    @Override
    public DirectDevices devices() {
        return devices;
    }

    @Override
    public Optional<Heat> heat() {
        return Optional.of(server.heat());
    }

    @Override
    public Counters memory() {
        return memory.counters();
    }

    @Override
    public int tablePages() {
        return memory.tablePages();
    }

    @Override
    public Cpu silicon() {
        return hardware;
    }

    @Override
    public Counters exits() {
        return log.exits();
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public Counters activity() {
        Counters work = CostEvent.of(hardware);
        work.add(CostEvent.VM_EXIT.word(), hardware.activity.exits);
        work.add(CostEvent.VM_ENTRY.word(), hardware.activity.entries);
        work.add(CostEvent.VMCS_ACCESS.word(), vmcs.accesses);
        work.add(CostEvent.EMULATION.word(), hardware.activity.exits + counters.get("interpreted"));
        CostEvent.copied(work, board());
        return work;
    }

    @Override
    public String placement() {
        return "ring 0 non-root, " + memory.name() + " memory";
    }

    @Override
    public void probe(int la) {
        probes.add(la);
        hardware.probe(la);
    }

    @Override
    public Cpu state() {
        if (truth == Truth.PROCESSOR) {
            vmx.observe();
        }
        if (truth != Truth.VIRTUAL) {
            long accesses = vmcs.accesses;
            credit();
            int generation = state.mmu.generation;
            guestSwitch.pull();
            flushes += state.mmu.generation - generation;
            state.syncTime();
            vmcs.accesses = accesses; // an onlooker's, which no VMM would make
        }
        return state;
    }

    @Override
    public long retired() {
        return state.retired + (truth == Truth.PROCESSOR ? hardware.retired - counted : 0);
    }

    @Override
    public long direct() {
        state();
        return guest.credited();
    }

    @Override
    public Optional<ResourceControl> control() {
        OptionalLong pointer = memory.nestedPointer();
        return Optional.of(
                pointer.isPresent()
                        ? ControlAudit.ofNested(server, pointer.getAsLong(), vmcs.getInt(GUEST_CR3))
                        : ControlAudit.of(server));
    }

    // ---- the run loop

    @Override
    public Stop run(long instructions) {
        long start = retired();
        long goal = instructions > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + instructions;
        int idle = 0;
        long progress = start;
        if (truth == Truth.PROCESSOR) {
            arm(0);
            if (state.interruptRequested() || state.nmiPending) {
                timer.at(hardware.clock().now()); // a line may have been raised while nothing ran
            }
        }
        while (idle++ < STUCK) {
            Stop stop = truth == Truth.PROCESSOR ? direct(goal) : between(goal);
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

    private Stop direct(long goal) {
        long left = goal - state.retired - (hardware.retired - counted);
        long before = hardware.retired;
        boolean watches = memory.watchesRetirement();
        Stop stop = engine.run(hardware, watches ? Math.min(left, 1) : left);
        boolean watched = watches && hardware.retired != before;
        if (watched) {
            memory.instructionRetired();
        }
        return switch (stop) {
            case Stop.VmExit exit -> {
                truth = Truth.VMCS;
                credit();
                guestSwitch.glance();
                guest.keepTime();
                devices.look();
                yield handler.handle(exit);
            }
            case Stop.Probe(int la) -> arrived(la) ? stop : null;
            case Stop.Budget budget -> watched && hardware.retired - before < left ? null : budget;
            default -> throw defect("non-root operation ended with " + stop);
        };
    }

    RingsideException defect(String what) {
        return new RingsideException(
                "a defect of Ringside: " + what,
                String.format("guest instruction %d, hardware", state.retired),
                "please report the script that shows it");
    }

    private void credit() {
        guest.credit(hardware.retired - counted);
        counted = hardware.retired;
    }

    /** Whether this arrival at a probed address has not been reported: a hidden fault restarts the instruction. */
    private boolean arrived(int la) {
        long now = retired();
        boolean fresh = probedAt != now || probedLa != la;
        probedAt = now;
        probedLa = la;
        return fresh;
    }

    /** The hardware runs the guest on a directory of the VMM's in the place of paging switched off. */
    boolean flat() {
        return guestSwitch.flat();
    }

    /** In root operation between guest instructions: events of the virtual processor, then VM entry. */
    private Stop between(long goal) {
        guest.keepTime();
        devices.look();
        if (state.retired >= goal) {
            return new Stop.Budget();
        }
        Stop stop = state.attention == 0 && !state.interruptRequested() && !state.nmiPending ? null : boundary();
        if (stop != null) {
            return stop;
        }
        settle();
        if (!probes.isEmpty()) {
            work();
            int la = state.pc();
            if (probes.contains(la) && arrived(la)) {
                return new Stop.Probe(la);
            }
        }
        return enter();
    }

    // ---- events

    /** An event for the next entry, in the coding of the interruption-information field. */
    void inject(int information) {
        counters.add("injected");
        vmcs.write(ENTRY_INTERRUPTION_INFORMATION, information);
    }

    private boolean injecting() {
        return vmcs.readInt(ENTRY_INTERRUPTION_INFORMATION) < 0;
    }

    private Stop boundary() {
        boolean asleep = (state.attention & (Attention.HALTED | Attention.SHUTDOWN | Attention.STOP)) != 0;
        if (asleep || guestSwitch.real()) {
            // sleep, and interrupts of real mode, are the virtual processor's business
            work();
            return guest.boundary();
        }
        nonMaskable();
        boolean wants = state.interruptRequested();
        boolean blocked = !state.interruptsEnabled() || state.interruptShadow || injecting();
        VmxControl.INTERRUPT_WINDOW_EXITING.set(vmcs, wants && blocked);
        if (wants && !blocked) {
            inject(state.acknowledgeInterrupt() | 1 << 31);
            state.refreshAttention();
        }
        return null;
    }

    /** Injects a pending NMI, or has the guest exit as soon as it can take it. */
    private void nonMaskable() {
        boolean waits = state.nmiPending;
        boolean blocked = state.nmiBlocked || state.interruptShadow || injecting();
        VmxControl.NMI_WINDOW_EXITING.set(vmcs, waits && blocked);
        if (waits && !blocked) {
            state.nmiPending = false;
            inject(NON_MASKABLE);
            state.refreshAttention();
        }
    }

    // ---- moving the truth

    /** The linear address of the instruction that exited; for the records, and no access to the VMCS. */
    int exited() {
        if (truth == Truth.VIRTUAL) {
            return state.pc();
        }
        long accesses = vmcs.accesses;
        int la = vmcs.readInt(GUEST_CS_BASE) + state.eip;
        vmcs.accesses = accesses;
        return la;
    }

    /** The virtual processor now holds the guest's state. */
    void work() {
        if (truth == Truth.VMCS) {
            int generation = state.mmu.generation;
            guestSwitch.pull();
            flushes += state.mmu.generation - generation;
            truth = Truth.VIRTUAL;
        }
    }

    /** After software changed the virtual state: what shadows it follows. */
    void settle() {
        long raised = state.mmu.faults - faults;
        faults = state.mmu.faults;
        if (state.mmu.generation != flushes || raised > 1) {
            flushes = state.mmu.generation;
            memory.empty();
        } else if (raised == 1) {
            memory.faulted(state.cr2);
        }
    }

    /** As {@link #settle} after INVLPG alone. */
    void settlePage(int la) {
        if (state.mmu.generation == flushes + 1) {
            flushes = state.mmu.generation;
            memory.drop(la);
        }
        settle();
    }

    private Stop enter() {
        if (truth == Truth.VIRTUAL) {
            if (guestSwitch.real() && !realModeFits()) {
                interpret();
                return null;
            }
            int flat = memory.withoutPaging(guestSwitch.flat());
            guestSwitch.push(flat != 0 ? flat : memory.root(MemoryStrategy.KERNEL));
            truth = Truth.VMCS;
        }
        int ahead = ExitHandler.raisedByInstruction(vmcs.readInt(ENTRY_INTERRUPTION_INFORMATION)) ? 1 : 0;
        guestSwitch.permit(devices.ports(), server.region());
        arm(ahead);
        vmcs.write(TSC_OFFSET, state.timestamp() + ahead - hardware.clock().now());
        memory.entering();
        return switch (vmx.enter(vmcs)) {
            case VmxUnit.Entry.Entered() -> {
                guest.credit(ahead);
                truth = Truth.PROCESSOR;
                yield null;
            }
            case VmxUnit.Entry.Failed(int error, String rule) -> throw defect("VM entry failed: not so: " + rule);
            case VmxUnit.Entry.Aborted() -> throw defect("the exit of an injected event could not be completed");
            case VmxUnit.Entry.Refused(Stop.VmExit exit, String rule) -> refused(exit);
        };
    }

    /** Entry checks forbid this state, or the injected event's delivery exited. */
    private Stop refused(Stop.VmExit exit) {
        if (exit.reason() < 0) {
            work();
            int information = vmcs.readInt(ENTRY_INTERRUPTION_INFORMATION);
            if (information < 0) {
                vmcs.write(ENTRY_INTERRUPTION_INFORMATION, 0);
                handler.deliverInSoftware(information);
            } else {
                interpret();
            }
            return null;
        }
        guestSwitch.glance();
        return handler.handle(exit);
    }

    private void interpret() {
        if (guest.step() == VirtualProcessor.Outcome.RETIRED) {
            counters.add("interpreted");
        }
        settle();
    }

    private boolean realModeFits() {
        for (int seg = 0; seg < 6; seg++) {
            if (!guest.reversibleParagraph(seg)) {
                return false;
            }
        }
        return Integer.compareUnsigned(state.eip, 0xffff) <= 0;
    }

    /**
     * Sets the VMM's timer to the next thing that a device of the guest wants.
     *
     * @param ahead instructions that VM entry itself completes
     */
    private void arm(int ahead) {
        devices.entering(state.clock().now() + ahead - hardware.clock().now());
        long until = guest.untilAlarm();
        timer.at(
                until == VirtualClock.NEVER
                        ? VirtualClock.NEVER
                        : hardware.clock().now() + until - ahead);
    }
}
