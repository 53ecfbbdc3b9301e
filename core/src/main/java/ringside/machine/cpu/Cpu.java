package ringside.machine.cpu;

import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.arch.Eflags;
import ringside.arch.Feature;
import ringside.arch.Msr;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.Attribute;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.machine.bus.InterruptSource;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.interrupts.EventDelivery;
import ringside.machine.interrupts.ExitTaken;
import ringside.machine.interrupts.TaskSwitcher;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;
import ringside.machine.state.SegmentRegister;
import ringside.machine.time.VirtualClock;

/**
 * The processor: its state, its units and the operations that instruction bodies ask for.
 *
 * <p>An {@link Engine} drives it: it asks {@link #attention} before each straight run, executes bodies, lets {@link
 * #retire} count them, and hands faults to {@link #deliver}.
 */
public final class Cpu extends ProcessorState {
    private static final int PAGE_OFFSET = PhysicalMemory.PAGE - 1;

    /** What takes long, counted. */
    public final Activity activity = new Activity();

    public final Mmu mmu;
    private final int writableFlags;
    private final PhysicalMemory memory;
    private final PortBus ports;
    private final VirtualClock clock;
    private final ControlRegisters controls;
    private final SegmentUnit segmentUnit;
    private final EventDelivery events;
    private final FarTransfers far;
    private final InterruptReturn interruptReturn;
    private final FastSystemCalls fastCalls;
    private final PortPermission portPermission;

    private Intercepts assist;
    private InterruptSource interruptSource = () -> 0xff;
    private boolean interruptLine;
    private long maskedStretches;
    private long maskedFrom = -1;
    private Stop.Requested requested;

    /** {@link Attention} bits: nonzero sends the engine out of its straight run. */
    public int attention;

    /** A repeated string instruction gave up its turn: it does not retire. */
    public boolean suspended;

    /** The instruction ended in a VM exit, to be completed with {@link #completeExit}. */
    public boolean exiting;

    /** EIP of the first instruction of the block that an engine is in. */
    public int blockEip;

    private long timed;
    private final java.util.Set<Integer> probes = new java.util.HashSet<>();
    /** {@link #probeMode} while some address is probed. */
    public static final int PROBING = 4;

    private boolean probeReported;
    private int probeReportedAt;
    private long probeReportedAfter;
    private int doorBase;
    private int doorCount;
    private RetireMap retireMap;

    /** Tells whether any device could still wake a halted processor; set by the board. */
    private java.util.function.BooleanSupplier wakeable = () -> true;

    public Cpu(CpuModel model, SystemBus bus, PortBus ports, VirtualClock clock) {
        super(model);
        this.writableFlags = model.flags();
        this.memory = bus.memory();
        this.ports = ports;
        this.clock = clock;
        this.mmu = new Mmu(this, bus);
        this.controls = new ControlRegisters(this, mmu);
        this.segmentUnit = new SegmentUnit(this, mmu);
        TaskSwitch tasks = new TaskSwitch(this, mmu, segmentUnit, this::switchesTask);
        this.events = new EventDelivery(this, mmu, segmentUnit, tasks);
        this.far = new FarTransfers(this, mmu, segmentUnit, tasks);
        this.interruptReturn = new InterruptReturn(this, mmu, segmentUnit, far, tasks);
        this.fastCalls = new FastSystemCalls(this);
        this.portPermission = new PortPermission(this, mmu);
        reset();
    }

    /** RESET: real mode, CS:EIP = F000:FFF0 with base FFFF0000 (SDM vol. 3, table 9-1). Time and retired count go on. */
    public void reset() {
        java.util.Arrays.fill(r, 0);
        r[Reg.EDX] = model().signature();
        for (SegmentRegister segment : segments) {
            segment.set(0, 0, 0xffff, 0x93);
        }
        cs().set(0xf000, 0xffff0000, 0xffff, 0x9b);
        ldtr.set(0, 0, 0xffff, 0x82);
        tr.set(0, 0, 0xffff, 0x8b);
        gdtr.set(0, 0xffff);
        idtr.set(0, 0xffff);
        eip = 0xfff0;
        next = eip;
        cpl = 0;
        controls.reset();
        sysenterCs = 0;
        sysenterEsp = 0;
        sysenterEip = 0;
        halted = false;
        shutdown = false;
        interruptShadow = false;
        debugShadow = false;
        pendingDebug = 0;
        nmiPending = false;
        nmiBlocked = false;
        requested = null;
        mmu.flushAll();
        setEflags(Eflags.ALWAYS_ONE);
    }

    // ---- wiring

    /** The INTR pin. */
    public IrqLine interruptPin() {
        return high -> {
            interruptLine = high;
            refreshAttention();
        };
    }

    /** Where the interrupt-acknowledge cycle gets its vector. */
    public void interruptSource(InterruptSource source) {
        interruptSource = source;
    }

    /** What {@link #canWake} asks. */
    public void wakeable(java.util.function.BooleanSupplier anyDeviceCould) {
        wakeable = anyDeviceCould;
    }

    public VirtualClock clock() {
        return clock;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public void raiseNmi() {
        nmiPending = true;
        refreshAttention();
    }

    /** Makes the engine come back with {@link Stop.Requested} at the next boundary. */
    public void requestStop(String reason, int code) {
        requested = new Stop.Requested(reason, code);
        refreshAttention();
    }

    /** Takes the request back out, or null. */
    public Stop.Requested takeRequest() {
        Stop.Requested taken = requested;
        requested = null;
        refreshAttention();
        return taken;
    }

    /**
     * Declares the VMM's doors: {@code count} linear addresses from {@code laBase}, 16 bytes apart. Reaching one at CPL 0
     * ends the engine's run with {@link Stop.VmmEntry}. A count of 0 removes them.
     */
    public void doors(int laBase, int count) {
        doorBase = laBase;
        doorCount = count;
        mmu.flushAll();
    }

    /** The door at {@code la}, or -1; doors open only at CPL 0. */
    public int door(int la) {
        int distance = la - doorBase;
        boolean within = distance >= 0 && distance < doorCount * 16 && (distance & 15) == 0;
        return cpl == 0 && within ? distance >> 4 : -1;
    }

    /** Whether the page of {@code la} holds doors: it must not enter the fetch map. */
    public boolean doorPage(int la) {
        return doorCount > 0
                && (la | PAGE_OFFSET) - doorBase >= 0
                && (la & ~PAGE_OFFSET) - (doorBase + doorCount * 16) < 0;
    }

    /** From now on instructions in the map's range count as it says; {@code null} removes it. */
    public void retireMap(RetireMap map) {
        retireMap = map;
    }

    /** Instructions executed, also where several of them count as one that retires. */
    public long executed() {
        return retireMap == null ? retired : retired - retireMap.retired + retireMap.executed;
    }

    /** The map that covers {@code la}, or null: every instruction counts there. */
    public RetireMap retireMapAt(int la) {
        return retireMap != null && retireMap.covers(la) ? retireMap : null;
    }

    // ---- hardware assist

    /** In non-root operation: hardware assist watches. */
    public boolean nonRoot() {
        return assist != null;
    }

    /** Enters (non-null) or leaves non-root operation: {@code watching} now sees every event and sensitive instruction. */
    public void assist(Intercepts watching) {
        assist = watching;
        noticeMask();
        events.watch(watching);
        refreshAttention();
    }

    @Override
    public boolean intercept(Insn i) {
        if (assist == null || !assist.instruction(i)) {
            return false;
        }
        if (!mmu.precise || i.row.is(Attribute.REP)) {
            throw ExitTaken.INSTANCE;
        }
        exiting = true;
        suspend();
        return true;
    }

    @Override
    public int visibleCr(int index) {
        return assist == null ? cr(index) : assist.visibleCr(index);
    }

    private void switchesTask(int selector, TaskSwitcher.Cause cause) {
        if (assist != null) {
            assist.taskSwitch(selector, cause);
        }
    }

    // ---- probes

    /**
     * Makes the engine come back with {@link Stop.Probe} each time the instruction at {@code la} is about to execute.
     * Nothing that a guest could observe changes; running on executes it.
     */
    public void probe(int la) {
        probes.add(la);
    }

    public void removeProbe(int la) {
        probes.remove(la);
    }

    public boolean probed(int la) {
        return !probes.isEmpty() && probes.contains(la);
    }

    /** Nonzero while some address is probed: blocks decoded under probes are kept apart. */
    public int probeMode() {
        return probes.isEmpty() ? 0 : PROBING;
    }

    /** Whether the probe at {@code la} is to be reported now: once for each arrival. */
    public boolean reportProbe(int la) {
        boolean again = probeReported && probeReportedAt == la && probeReportedAfter == retired;
        probeReported = !again;
        probeReportedAt = la;
        probeReportedAfter = retired;
        return !again;
    }

    // ---- attention and time

    @Override
    public void modeChanged() {
        noticeMask();
        mmu.modeChanged();
        refreshAttention();
    }

    private void noticeMask() {
        boolean masked = cpl > 0 && !interruptsEnabled() && assist == null;
        if (!masked) {
            maskedStretches = maskedStretches();
            maskedFrom = -1;
        } else if (maskedFrom < 0) {
            maskedFrom = retired;
        }
    }

    /** How often code outside ring 0 ran with IF clear: a performance counter, that only who looks from outside reads. */
    public long maskedStretches() {
        return maskedStretches + (maskedFrom >= 0 && maskedFrom != retired ? 1 : 0);
    }

    /** Computes {@link #attention} anew. */
    public void refreshAttention() {
        boolean interrupt = interruptLine && (interruptsEnabled() || assist != null && assist.interruptExits());
        int bits = interrupt ? Attention.INTERRUPT : 0;
        boolean nmi = nmiPending && (!nmiBlocked || assist != null && assist.nmiExits());
        bits |= nmi ? Attention.NMI : 0;
        bits |= assist != null && windowOpen() ? Attention.WINDOW : 0;
        bits |= interruptShadow || debugShadow ? Attention.SHADOW : 0;
        boolean debug = (systemFlags() & (Eflags.TF | Eflags.RF)) != 0 || pendingDebug != 0 || breakpointsArmed();
        bits |= debug ? Attention.DEBUG : 0;
        bits |= halted ? Attention.HALTED : 0;
        bits |= shutdown ? Attention.SHUTDOWN : 0;
        bits |= requested != null ? Attention.STOP : 0;
        attention = bits;
    }

    private boolean windowOpen() {
        boolean window = assist.interruptWindow() && interruptsEnabled() && !interruptShadow;
        return window || assist.nmiWindow() && !nmiBlocked || assist.monitorTrap();
    }

    private boolean breakpointsArmed() {
        if ((dr[7] & 0xff) == 0) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if ((dr[7] >> i * 2 & 3) != 0 && (dr[7] >> 16 + i * 4 & 3) == 0) {
                return true;
            }
        }
        return false;
    }

    /** DR6 bits of the enabled instruction breakpoints at {@code la}. */
    public int breakpointsAt(int la) {
        int hit = 0;
        for (int i = 0; i < 4; i++) {
            boolean enabled = (dr[7] >> i * 2 & 3) != 0 && (dr[7] >> 16 + i * 4 & 3) == 0;
            if (enabled && dr[i] == la) {
                hit |= 1 << i;
            }
        }
        return hit;
    }

    /** Before an instruction executes: the shadows of the previous one and RF have had their effect. */
    public void leaveShadow() {
        interruptShadow = false;
        debugShadow = false;
        flagBits &= ~Eflags.RF;
    }

    /** A device at physical addresses was accessed: an engine looks at the clock's deadline again. */
    public boolean deviceTouched;

    /** Before such an access: devices read the clock. */
    public void deviceAccess() {
        syncTime();
        deviceTouched = true;
    }

    /** Brings the clock up to the retired count. */
    public void syncTime() {
        clock.advance(retired - timed);
        timed = retired;
    }

    /** Whether a halted processor could ever run again by itself. */
    public boolean canWake() {
        return (interruptsEnabled() || nmiPending) && wakeable.getAsBoolean();
    }

    // ---- events

    /** Linear address of the instruction to execute next. */
    public int pc() {
        return cs().base + eip;
    }

    /** Delivers a fault raised by the instruction at {@link #eip}. */
    public void deliver(GuestFault fault) {
        suspended = false;
        events.exception(fault.vector, fault.errorCode);
        activity.deliveries++;
        eventDelivered(fault.vector);
    }

    /** Delivers a trap-class #DB between instructions, its causes already in DR6. */
    public void deliverDebugTrap() {
        events.exception(Vector.DB, 0);
        activity.deliveries++;
        eventDelivered(Vector.DB);
    }

    /** Delivers an event as VM entry injects it. */
    public void inject(ringside.machine.interrupts.EventWatch.Occurrence event, int instructionLength) {
        events.inject(event, instructionLength);
        activity.deliveries++;
        eventDelivered(event.vector());
    }

    /** INTR is high, whether or not IF lets it through. */
    public boolean interruptRequested() {
        return interruptLine;
    }

    /** Whether the pending external interrupt exits, whatever shadows say. */
    public boolean interruptExits() {
        return interruptLine && assist != null && assist.interruptExits();
    }

    /** Tells the assist, if any, that a window it waits for is open. */
    public void openWindow() {
        if (assist.interruptWindow() && interruptsEnabled() && !interruptShadow) {
            assist.interruptWindowOpen();
        }
        if (assist.nmiWindow() && !nmiBlocked) {
            assist.nmiWindowOpen();
        }
    }

    /** After an instruction ran singly in non-root operation. */
    public void instructionDone() {
        if (assist != null && assist.monitorTrap()) {
            assist.monitorTrapDue();
        }
    }

    /** The vector of the pending external interrupt, acknowledged. */
    public int acknowledgeInterrupt() {
        return interruptSource.acknowledge();
    }

    /** Completes the VM exit that was taken. */
    public Stop completeExit() {
        exiting = false;
        return assist.completeExit();
    }

    /** Takes the pending external interrupt. */
    public void deliverInterrupt() {
        if (assist != null && assist.interruptExits()) {
            assist.externalInterrupt();
        }
        halted = false;
        events.external(interruptSource.acknowledge());
        activity.deliveries++;
        refreshAttention();
    }

    public void deliverNmi() {
        halted = false;
        events.nmi();
        activity.deliveries++;
        refreshAttention();
    }

    private void eventDelivered(int vector) {
        if (vector == Vector.DB) {
            controls.debugDelivered();
        }
        modeChanged();
    }

    // ---- flags

    @Override
    public void setEflags(int image) {
        flagBits = image & writableFlags | Eflags.ALWAYS_ONE;
        lazy = false;
        modeChanged();
    }

    // ---- memory

    private GuestFault segmentFault(int seg) {
        return new GuestFault(seg == Reg.SS ? Vector.SS : Vector.GP, 0);
    }

    private void checkRead(SegmentRegister s, int seg, int offset, int size) {
        if (!s.readable && protectedMode() && !virtual8086() || !s.covers(offset, size)) {
            throw s.unusable() ? new GuestFault(Vector.GP, 0) : segmentFault(seg);
        }
    }

    private void checkWrite(SegmentRegister s, int seg, int offset, int size) {
        if (!s.writable && protectedMode() && !virtual8086() || !s.covers(offset, size)) {
            throw s.unusable() ? new GuestFault(Vector.GP, 0) : segmentFault(seg);
        }
    }

    @Override
    public int load8(int seg, int offset) {
        SegmentRegister s = segments[seg];
        if (!s.flatRead) {
            checkRead(s, seg, offset, 1);
        }
        int la = s.base + offset;
        int entry = mmu.readMap[la >>> 12];
        if (entry < 0) {
            return memory.get8((entry & 0x7fffffff) + (la & PAGE_OFFSET));
        }
        return mmu.read(8, la);
    }

    @Override
    public int load16(int seg, int offset) {
        SegmentRegister s = segments[seg];
        if (!s.flatRead) {
            checkRead(s, seg, offset, 2);
        }
        int la = s.base + offset;
        int entry = mmu.readMap[la >>> 12];
        int in = la & PAGE_OFFSET;
        if ((entry & ~(PAGE_OFFSET - 1 - in)) < 0) {
            return memory.get16((entry & 0x7fffffff) + in);
        }
        return mmu.read(16, la);
    }

    @Override
    public int load32(int seg, int offset) {
        SegmentRegister s = segments[seg];
        if (!s.flatRead) {
            checkRead(s, seg, offset, 4);
        }
        int la = s.base + offset;
        int entry = mmu.readMap[la >>> 12];
        int in = la & PAGE_OFFSET;
        if ((entry & ~(PAGE_OFFSET - 3 - in)) < 0) {
            return memory.get32((entry & 0x7fffffff) + in);
        }
        return mmu.read(32, la);
    }

    @Override
    public long load64(int seg, int offset) {
        SegmentRegister s = segments[seg];
        if (!s.flatRead) {
            checkRead(s, seg, offset, 8);
        }
        int la = s.base + offset;
        return mmu.read(32, la) & 0xffff_ffffL | (long) mmu.read(32, la + 4) << 32;
    }

    @Override
    public void store8(int seg, int offset, int value) {
        SegmentRegister s = segments[seg];
        if (!s.flatWrite) {
            checkWrite(s, seg, offset, 1);
        }
        int la = s.base + offset;
        int entry = mmu.writeMap[la >>> 12];
        if (entry < 0) {
            memory.put8Mapped((entry & 0x7fffffff) + (la & PAGE_OFFSET), value);
        } else {
            mmu.write(8, la, value & 0xff);
        }
    }

    @Override
    public void store16(int seg, int offset, int value) {
        SegmentRegister s = segments[seg];
        if (!s.flatWrite) {
            checkWrite(s, seg, offset, 2);
        }
        int la = s.base + offset;
        int entry = mmu.writeMap[la >>> 12];
        int in = la & PAGE_OFFSET;
        if ((entry & ~(PAGE_OFFSET - 1 - in)) < 0) {
            memory.put16Mapped((entry & 0x7fffffff) + in, value);
        } else {
            mmu.write(16, la, value & 0xffff);
        }
    }

    @Override
    public void store32(int seg, int offset, int value) {
        SegmentRegister s = segments[seg];
        if (!s.flatWrite) {
            checkWrite(s, seg, offset, 4);
        }
        int la = s.base + offset;
        int entry = mmu.writeMap[la >>> 12];
        int in = la & PAGE_OFFSET;
        if ((entry & ~(PAGE_OFFSET - 3 - in)) < 0) {
            memory.put32Mapped((entry & 0x7fffffff) + in, value);
        } else {
            mmu.write(32, la, value);
        }
    }

    @Override
    public void store64(int seg, int offset, long value) {
        SegmentRegister s = segments[seg];
        if (!s.flatWrite) {
            checkWrite(s, seg, offset, 8);
        }
        int la = s.base + offset;
        mmu.claim(64, la);
        mmu.write(32, la + 4, (int) (value >>> 32));
        mmu.write(32, la, (int) value);
    }

    @Override
    public int loadForWrite(int bits, int seg, int offset) {
        SegmentRegister s = segments[seg];
        if (!s.flatWrite) {
            checkWrite(s, seg, offset, bits / 8);
        }
        int la = s.base + offset;
        int in = la & PAGE_OFFSET;
        int entry = mmu.writeMap[la >>> 12];
        if ((entry & ~(PAGE_OFFSET - (bits / 8 - 1) - in)) >= 0) {
            mmu.claim(bits, la);
        }
        return load(bits, seg, offset);
    }

    @Override
    public long load64ForWrite(int seg, int offset) {
        SegmentRegister s = segments[seg];
        if (!s.flatWrite) {
            checkWrite(s, seg, offset, 8);
        }
        mmu.claim(64, s.base + offset);
        return load64(seg, offset);
    }

    @Override
    public int linear(int seg, int offset) {
        return segments[seg].base + offset;
    }

    // ---- stack

    @Override
    public int stackMask() {
        return ss().big ? -1 : 0xffff;
    }

    @Override
    public int stackPointer() {
        return r[Reg.ESP] & stackMask();
    }

    @Override
    public void stackPointer(int value) {
        int mask = stackMask();
        r[Reg.ESP] = r[Reg.ESP] & ~mask | value & mask;
    }

    @Override
    public void push(int bits, int value) {
        int top = r[Reg.ESP] - bits / 8;
        if (ss().big) {
            store(bits, Reg.SS, top, value);
            r[Reg.ESP] = top;
        } else {
            store(bits, Reg.SS, top & 0xffff, value);
            reg16(Reg.ESP, top);
        }
    }

    @Override
    public int pop(int bits) {
        int top = stackPointer();
        int value = load(bits, Reg.SS, top);
        stackPointer(top + bits / 8);
        return value;
    }

    // ---- branches

    @Override
    public int wrapEip(int target) {
        return cs().big ? target : target & 0xffff;
    }

    @Override
    public void checkBranch(int target) {
        if (Integer.compareUnsigned(target, cs().limit) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    @Override
    public void farJump(int opSize, int selector, int offset) {
        far.jump(opSize, selector, offset);
    }

    @Override
    public void farCall(int opSize, int selector, int offset) {
        far.call(opSize, selector, offset);
    }

    @Override
    public void farReturn(int opSize, int release) {
        far.returnFar(opSize, release);
    }

    @Override
    public void interruptReturn(int opSize) {
        interruptReturn.execute(opSize);
        modeChanged();
    }

    @Override
    public void softwareInterrupt(int vector, SoftwareInterrupt kind) {
        events.software(vector, kind);
        activity.deliveries++;
        eventDelivered(vector);
    }

    @Override
    public void sysenter() {
        fastCalls.enter();
    }

    @Override
    public void sysexit() {
        fastCalls.exit();
    }

    // ---- segments and tables

    @Override
    public void loadSegment(int seg, int selector) {
        segmentUnit.loadSegment(seg, selector);
    }

    @Override
    public int accessRights(int selector) {
        return segmentUnit.accessRights(selector);
    }

    @Override
    public long segmentLimit(int selector) {
        return segmentUnit.segmentLimit(selector);
    }

    @Override
    public boolean verify(int selector, boolean write) {
        return segmentUnit.verify(selector, write);
    }

    @Override
    public int gdtBase() {
        return gdtr.base;
    }

    @Override
    public int gdtLimit() {
        return gdtr.limit;
    }

    @Override
    public void loadGdt(int base, int limit) {
        gdtr.set(base, limit);
    }

    @Override
    public int idtBase() {
        return idtr.base;
    }

    @Override
    public int idtLimit() {
        return idtr.limit;
    }

    @Override
    public void loadIdt(int base, int limit) {
        idtr.set(base, limit);
    }

    @Override
    public int ldtSelector() {
        return ldtr.selector;
    }

    @Override
    public void loadLdt(int selector) {
        segmentUnit.loadLdt(selector);
    }

    @Override
    public int taskSelector() {
        return tr.selector;
    }

    @Override
    public void loadTask(int selector) {
        segmentUnit.loadTask(selector);
    }

    // ---- control registers, MSRs, time

    @Override
    public int cr(int index) {
        return controls.read(index);
    }

    @Override
    public void cr(int index, int value) {
        controls.write(index, assist == null ? value : assist.writableCr(index, value));
    }

    @Override
    public int dr(int index) {
        return controls.readDebug(index);
    }

    @Override
    public void dr(int index, int value) {
        controls.writeDebug(index, value);
    }

    @Override
    public long msr(int index) {
        return switch (index) {
            case Msr.TSC -> timestamp();
            case Msr.APIC_BASE -> {
                requireMsr(has(Feature.APIC));
                yield Msr.APIC_AT_RESET;
            }
            case Msr.SYSENTER_CS -> sysenter(sysenterCs);
            case Msr.SYSENTER_ESP -> sysenter(sysenterEsp);
            case Msr.SYSENTER_EIP -> sysenter(sysenterEip);
            case Msr.EFER -> {
                requireMsr(has(Feature.NX));
                yield efer;
            }
            default -> throw new GuestFault(Vector.GP, 0);
        };
    }

    private long sysenter(int value) {
        requireMsr(has(Feature.SEP));
        return value & 0xffff_ffffL;
    }

    private void requireMsr(boolean present) {
        if (!present) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    @Override
    public void msr(int index, long value) {
        switch (index) {
            case Msr.TSC -> tscOffset += value - timestamp();
            // the local APIC can be neither moved nor switched off here
            case Msr.APIC_BASE -> requireMsr(has(Feature.APIC) && value == Msr.APIC_AT_RESET);
            case Msr.SYSENTER_CS -> {
                requireMsr(has(Feature.SEP));
                sysenterCs = (int) value;
            }
            case Msr.SYSENTER_ESP -> {
                requireMsr(has(Feature.SEP));
                sysenterEsp = (int) value;
            }
            case Msr.SYSENTER_EIP -> {
                requireMsr(has(Feature.SEP));
                sysenterEip = (int) value;
            }
            case Msr.EFER -> {
                requireMsr(has(Feature.NX) && (value & ~Control.EFER_NXE) == 0);
                efer = value;
                mmu.flushAll();
                modeChanged();
            }
            default -> throw new GuestFault(Vector.GP, 0);
        }
    }

    @Override
    public void cpuid() {
        activity.cpuids++;
        CpuId.execute(model(), r);
    }

    @Override
    public long timestamp() {
        syncTime();
        return clock.now() + tscOffset + (assist == null ? 0 : assist.tscOffset());
    }

    @Override
    public long performanceCounter(int index) {
        if (index < 0 || index > 1) {
            throw new GuestFault(Vector.GP, 0);
        }
        return retired;
    }

    @Override
    public void invalidatePage(int seg, int offset) {
        mmu.flushPage(linear(seg, offset));
    }

    @Override
    public void flushCaches() {
        // no caches are modelled: nothing a guest could see
    }

    @Override
    public void halt() {
        halted = true;
        refreshAttention();
    }

    @Override
    public void inhibitInterrupts(boolean debugToo) {
        interruptShadow = true;
        debugShadow |= debugToo;
        refreshAttention();
    }

    // ---- ports

    @Override
    public void checkPort(int bits, int port) {
        portPermission.check(bits, port);
    }

    @Override
    public int in(int bits, int port) {
        syncTime();
        activity.ports++;
        return ports.in(bits, port);
    }

    @Override
    public void out(int bits, int port, int value) {
        syncTime();
        activity.ports++;
        ports.out(bits, port, value);
    }

    // ---- repetition

    private static final int SLICE = 4096;

    @Override
    public int iterations() {
        // a data breakpoint is reported behind the iteration that met it
        return (attention & Attention.DEBUG) != 0 || mmu.hasDataBreakpoints() ? 1 : SLICE;
    }

    @Override
    public void suspend() {
        suspended = true;
        next = eip;
    }

    @Override
    public void visit(ringside.machine.state.StateVisitor v) {
        syncTime();
        super.visit(v);
        interruptLine = v.flag("intr", interruptLine);
        timed = retired;
        mmu.flushAll();
        modeChanged();
    }
}
