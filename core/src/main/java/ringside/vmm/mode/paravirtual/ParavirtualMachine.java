package ringside.vmm.mode.paravirtual;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Stop;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.time.VirtualClock.Sleep;
import ringside.observe.Counters;
import ringside.vmm.compression.CompressedMachine;
import ringside.vmm.compression.Compression;
import ringside.vmm.compression.Rings;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.ExitLog;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VmExit;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.Bounce;

/** A guest whose kernel runs in ring 1, knows it, and asks the VMM for what it may not do itself. */
final class ParavirtualMachine extends CompressedMachine {
    private static final int CODE = 0x09, DATA = 0x11;
    private static final Descriptor KERNEL_CODE = new Descriptor(0x0000ffff, 0x00cfbb00);
    private static final Descriptor KERNEL_DATA = new Descriptor(0x0000ffff, 0x00cfb300);
    /** IN and OUT of the kernel are its own, the ring-3 program's are not; the guest never sees the field. */
    private static final int KERNEL_MAY_USE_PORTS = 1 << Eflags.IOPL_SHIFT;

    private static final int[] ALL_BUT_CODE = {Reg.ES, Reg.SS, Reg.DS, Reg.FS, Reg.GS};

    private final PhysicalServer server;
    private final PortedGuest ported;
    private final HypercallGate gate;
    private final PortedExits arrivals;
    private final Bounce bounce;
    private Stop ended;

    ParavirtualMachine(
            PhysicalServer server, MemoryStrategy memory, int startTable, boolean fastTraps, Interface calls) {
        super(new Compression("paravirtual", new Rings(1), false, 0, false), server, memory);
        this.server = server;
        GuestView view = new GuestView(guest, board().bus());
        ported = new PortedGuest(this, guest, tables, boot, view, fastTraps, memory.typedTables());
        gate = new HypercallGate(ported, calls, log, counters);
        bounce = new Bounce(guest);
        arrivals = new PortedExits(this, ported, guest, ring0, memory, tables);
        boot.openDoor(Hypercalls.VECTOR, 1);
        start(startTable);
    }

    /** How a ported kernel begins: ring 1, flat segments from a GDT that the VMM put there, CR0.MP, no paging. */
    private void start(int table) {
        put(table + (CODE & ~7), KERNEL_CODE);
        put(table + (DATA & ~7), KERNEL_DATA);
        state.cr(0, state.cr(0) | Control.CR0_MP);
        state.loadGdt(table, DATA | 7);
        state.loadLdt(0);
        guest.withoutTask();
        guest.registers(state.r, state.r[Reg.ESP], state.eip, state.eflags() | KERNEL_MAY_USE_PORTS, 1);
        guest.segment(Reg.CS, CODE, KERNEL_CODE);
        for (int seg : ALL_BUT_CODE) {
            guest.segment(seg, DATA, KERNEL_DATA);
        }
        state.modeChanged();
        settle();
    }

    private void put(int pa, Descriptor descriptor) {
        board().bus().write(32, pa, descriptor.low());
        board().bus().write(32, pa + 4, descriptor.high());
    }

    @Override
    public List<String> notes() {
        return arrivals.remarks();
    }

    ExitLog log() {
        return log;
    }

    MemoryStrategy strategy() {
        return memory;
    }

    /** The machine frames that are the guest's, by number. */
    BitSet guestFrames() {
        return server.guestFrames();
    }

    /** What the mode counts, to be added to. */
    Counters counts() {
        return counters;
    }

    HypercallGate gate() {
        return gate;
    }

    @Override
    public Counters activity() {
        Counters activity = activity(CostEvent.HYPERCALL, counters.get("hypercalls"));
        activity.add(CostEvent.BATCHED.word(), counters.get("batched"));
        return activity;
    }

    // ---- the machine below, as its handlers use it

    @Override
    protected void settle() {
        super.settle();
    }

    @Override
    protected void settlePage(int la, int before) {
        super.settlePage(la, before);
    }

    @Override
    protected boolean isMemory(int la) {
        return super.isMemory(la);
    }

    @Override
    protected int codeByte(int la) {
        return super.codeByte(la);
    }

    @Override
    protected void observed() {
        if (ported != null) {
            ported.interruptsSeen(ported.shared.get(SharedPage.INTERRUPTS) != 0);
        }
    }

    @Override
    protected void handle(int vector, int error) {
        arrivals.handle(vector, error);
        settle();
    }

    @Override
    protected boolean wantsEntry() {
        return (state.attention & Attention.STOP) != 0
                || board().platform().interrupts().pending();
    }

    // ---- between instructions

    @Override
    public boolean asleep() {
        return ported.blocked || super.asleep();
    }

    @Override
    protected Stop events() {
        if (ported.yields) {
            ported.yields = false;
            return new Stop.Budget();
        }
        while (ended == null) {
            ported.events.poll();
            if ((state.attention & Attention.STOP) != 0) {
                return state.takeRequest();
            }
            if (ported.stopped) {
                return new Stop.Halted();
            }
            if (ported.upcallDue()) {
                ported.blocked = false;
                upcall();
                return ended;
            }
            if (!ported.blocked) {
                return null;
            }
            devices.sleeping();
            Sleep sleep = ported.events.mayCome() ? state.clock().sleep() : Sleep.ENDLESS;
            if (sleep != Sleep.PASSED) {
                return sleep == Sleep.ENDLESS ? new Stop.Halted() : new Stop.Budget();
            }
            devices.look();
        }
        return ended;
    }

    private void upcall() {
        counters.add("upcalls");
        bounce("an event", ported.eventCallback, true, OptionalInt.empty());
    }

    /** Whether the hardware's interrupt is of a real device that the guest works itself; then it is led on. */
    boolean interruptOfDevice(int vector) {
        return devices.interrupt(vector);
    }

    // ---- giving the guest its events

    /** A fault of the guest goes to the handler that it registered. */
    void reflect(GuestFault fault) {
        counters.add("trueFaults");
        log.add(new VmExit.TrueFault(fault.vector), state.pc());
        if (fault.vector == Vector.PF) {
            log.trueFault(state.cr2);
        }
        OptionalInt error = Vector.hasErrorCode(fault.vector) ? OptionalInt.of(fault.errorCode) : OptionalInt.empty();
        deliver(fault.vector, ported.traps.entry(fault.vector), error);
    }

    /** INT n, INT3 or INTO, {@code length} bytes of which EIP is already past. */
    void trap(int vector, TrapTable.Entry entry, int length) {
        log.add("INT " + Integer.toHexString(vector), state.pc() - length);
        deliver(vector, entry, OptionalInt.empty());
    }

    private void deliver(int vector, TrapTable.Entry entry, OptionalInt error) {
        String what = "vector " + Integer.toHexString(vector);
        if (entry == null) {
            crash("no handler for " + what);
        } else {
            bounce(what, entry.handler(), entry.masks(), error);
        }
    }

    /** IRET as a hypercall met a fault. */
    void returnFailed(GuestFault fault) {
        if (ported.failsafe == null) {
            reflect(fault);
        } else {
            counters.add("failedReturns");
            bounce("a failed return", ported.failsafe, true, OptionalInt.empty());
        }
    }

    private void bounce(String what, Bounce.Handler handler, boolean masks, OptionalInt error) {
        int below = (state.cpl == 1 ? guest.base(Reg.SS) + state.stackPointer() : ported.stack.pointer()) - 4;
        if (VmmRegion.contains(below) || !isMemory(below)) {
            crash(String.format("the stack for %s is at %08x, where the guest has no memory", what, below));
            return;
        }
        try {
            bounce.enter(handler, ported.stack, state.eflags() & ~Eflags.IOPL, error);
        } catch (GuestFault fault) {
            crash("the handler or stack for " + what + " cannot be used: " + fault.getMessage());
            return;
        }
        if (masks) {
            ported.interrupts(false);
        }
        settle();
    }

    /** The guest cannot go on; the VMM can. */
    private void crash(String why) {
        ended = new Stop.Requested("guest crash: " + why, 1);
    }

    // ---- entering the guest

    /**
     * Segments that the tables no longer say the same of are loaded anew, as the hardware would on the way back; what
     * cannot be is taken away, and without code or stack the guest is at its end.
     */
    @Override
    protected void unloadable() {
        boolean changed = false;
        try {
            for (int seg = 0; seg < 6; seg++) {
                changed |= renew(seg);
            }
        } catch (GuestFault fault) {
            changed = false;
        }
        settle();
        if (!changed) {
            crash("its segments cannot be loaded");
        }
    }

    /** Whether anything about the register or its descriptor changed. */
    private boolean renew(int seg) {
        int selector = state.selector(seg);
        boolean needed = seg == Reg.CS || seg == Reg.SS;
        if (tables.loadable(seg)) {
            return needed && tables.isLazy(selector) && tables.use(selector);
        }
        Descriptor descriptor = tables.descriptor(selector);
        boolean right = switch (seg) {
            case Reg.CS -> descriptor.code();
            case Reg.SS -> descriptor.writableData();
            default -> descriptor.readable();
        };
        boolean usable = right && descriptor.present() && descriptor.dpl() == state.cpl;
        if (needed && !usable || guest.isNull(seg)) {
            return false;
        }
        guest.segment(seg, usable ? selector : 0, usable ? descriptor : null);
        return true;
    }
}
