package ringside.vmm.vcpu;

import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.ByteSource;
import ringside.isa.CpuPort.SoftwareInterrupt;
import ringside.isa.Decoder;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.interrupts.EventWatch;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.SegmentRegister;
import ringside.machine.time.VirtualClock;
import ringside.machine.time.VirtualClock.Sleep;

/** The virtual state of one processor of a guest, and the execution of single instructions on it. */
public final class VirtualProcessor {
    private static final int DR6_BS = 0x4000;
    private static final int DR6_STATUS = 0xe00f;
    private static final int BREAKPOINTS_ENABLED = 0xff;

    /** Alarms and deliveries without a retired instruction after which a guest counts as stuck. */
    private static final int STUCK = 1 << 20;

    private static final int LOCAL_TABLE = 0x82;

    private final Cpu cpu;
    private OutsideDevices outside = OutsideDevices.NONE;
    private int codeMarks = -1;
    private long credited;

    /** @param cpu wired to the guest's platform and memory; from now on driven only through this object */
    public VirtualProcessor(Cpu cpu) {
        this.cpu = cpu;
    }

    /** From now on {@code devices} too can end its sleep. */
    public void outside(OutsideDevices devices) {
        outside = devices;
    }

    /** The virtual state. */
    public Cpu state() {
        return cpu;
    }

    // ---- learning what the hardware did

    /** The hardware completed {@code instructions} of the guest. */
    public void credit(long instructions) {
        if (instructions != 0) {
            credited += instructions;
            cpu.retired += instructions;
            cpu.interruptShadow = false;
            cpu.debugShadow = false;
            cpu.refreshAttention();
        }
    }

    /** Guest instructions that the hardware completed; all others were carried out here. */
    public long credited() {
        return credited;
    }

    /** Takes over general registers, EIP, CPL and EFLAGS. */
    public void registers(int[] r, int esp, int eip, int flags, int cpl) {
        System.arraycopy(r, 0, cpu.r, 0, r.length);
        cpu.r[Reg.ESP] = esp;
        cpu.eip = eip;
        cpu.next = eip;
        cpu.cpl = cpl;
        cpu.setEflags(flags);
    }

    /** The register holds what {@code descriptor} says; {@code null} for a null selector. */
    public void segment(int seg, int selector, Descriptor descriptor) {
        if (descriptor == null) {
            SegmentUnit.loadNull(cpu.segments[seg], selector);
        } else {
            descriptor.into(cpu.segments[seg], selector);
        }
    }

    /** The register was loaded with a paragraph: in virtual-8086 or real mode, as the virtual state says. */
    public void paragraph(int seg, int selector) {
        if (cpu.protectedMode()) {
            SegmentUnit.loadVirtual8086(cpu.segments[seg], selector);
        } else {
            cpu.segments[seg].setReal(selector);
        }
    }

    /** The selector changes, the hidden part does not: RPL follows CPL. */
    public void selector(int seg, int selector) {
        cpu.segments[seg].selector = selector;
    }

    /** Whether the register's hidden part is what loading {@code descriptor} would give; the accessed bit aside. */
    public boolean reversible(int seg, Descriptor descriptor) {
        SegmentRegister register = cpu.segments[seg];
        int rights = descriptor.rights() | Descriptor.ACCESSED;
        return register.base == descriptor.base()
                && register.limit == descriptor.limit()
                && (register.rights | Descriptor.ACCESSED) == rights;
    }

    /** Whether virtual-8086 mode would give the register a base and limit that mean the same. */
    public boolean reversibleParagraph(int seg) {
        SegmentRegister register = cpu.segments[seg];
        return register.base == register.selector << 4
                && register.limit == 0xffff
                && !register.expandDown
                && !register.big
                && !register.unusable();
    }

    public boolean isNull(int seg) {
        return cpu.segments[seg].unusable();
    }

    /** DPL of what the register holds. */
    public int dpl(int seg) {
        return cpu.segments[seg].dpl();
    }

    /** The register holds conforming code. */
    public boolean conforming(int seg) {
        return (cpu.segments[seg].type() & 12) == 12;
    }

    /** CS holds 32-bit code. */
    public boolean code32() {
        return cpu.cs().big;
    }

    /** Selectors are paragraphs, not indices of a table: real or virtual-8086 mode. */
    public boolean paragraphs() {
        return !cpu.protectedMode() || cpu.virtual8086();
    }

    /** The highest EIP that CS allows. */
    public int codeLimit() {
        return cpu.cs().limit;
    }

    /** The instruction that just completed keeps interrupts away for one more. */
    public void shadow() {
        cpu.interruptShadow = true;
        cpu.refreshAttention();
    }

    /** SS is a 32-bit stack. */
    public boolean bigStack() {
        return cpu.ss().big;
    }

    /** Linear base of what the register holds. */
    public int base(int seg) {
        return cpu.segments[seg].base;
    }

    /** Where the guest's LDT lies. */
    public int localBase() {
        return cpu.ldtr.base;
    }

    /** Its limit; -1 where it has none, or none but the one that RESET leaves at address 0. */
    public int localLimit() {
        return cpu.ldtr.unusable() || cpu.ldtr.selector >> 2 == 0 ? -1 : cpu.ldtr.limit & 0xffff;
    }

    /** The guest's LDT lies there, as a VMM gave it; none where {@code limit} is -1. */
    public void localTable(int selector, int base, int limit) {
        cpu.ldtr.set(selector, base, limit, limit == -1 ? SegmentRegister.UNUSABLE : LOCAL_TABLE);
    }

    /** The guest has no TSS, as far as its processor knows. */
    public void withoutTask() {
        cpu.tr.set(0, 0, 0, SegmentRegister.UNUSABLE);
    }

    /** The hidden part of a register as one value, to see whether it changed. */
    public long fingerprint(int seg) {
        SegmentRegister s = cpu.segments[seg];
        return ((long) s.base << 32 | s.limit & 0xffff_ffffL) * 31 + ((long) s.selector << 20 | s.rights);
    }

    // ---- execution

    /** The instruction at EIP; throws the fault that fetching it raises. */
    public Insn decode() {
        return Decoder.decode(new Fetch(cpu), cpu.cs().big ? 32 : 16);
    }

    /** What an attempt to execute one instruction came to. */
    public enum Outcome {
        /** It completed and counts. */
        RETIRED,
        /** It faulted; the guest's handler is entered, or the guest is in shutdown. */
        FAULTED,
        /** A repeated string instruction has iterations left. */
        SUSPENDED
    }

    /** Executes the instruction at EIP, with its faults and debug traps delivered to the guest. */
    public Outcome step() {
        Outcome outcome;
        try {
            outcome = execute();
        } catch (GuestFault fault) {
            raise(fault);
            return Outcome.FAULTED;
        }
        settleDebug();
        cpu.refreshAttention();
        return outcome;
    }

    /** Executes the instruction at EIP; throws its fault, leaves its debug traps pending. */
    public Outcome execute() {
        protectCode();
        cpu.suspended = false;
        try {
            int hit = (cpu.systemFlags() & Eflags.RF) == 0 && !cpu.debugShadow ? cpu.breakpointsAt(cpu.pc()) : 0;
            if (hit != 0) {
                cpu.dr[6] |= hit;
                throw new GuestFault(Vector.DB, 0);
            }
            Insn insn = decode();
            boolean trap = (cpu.systemFlags() & Eflags.TF) != 0;
            cpu.next = cpu.eip + insn.length;
            cpu.leaveShadow();
            insn.row.body().execute(cpu, insn);
            // a software interrupt that was taken has cleared TF; INTO may have done nothing
            boolean taken = insn.row.mnemonic().startsWith("int") && (cpu.systemFlags() & Eflags.TF) == 0;
            if (trap && !taken) {
                cpu.pendingDebug |= DR6_BS;
            }
        } catch (GuestFault fault) {
            cpu.pendingDebug = 0;
            throw fault;
        }
        Outcome outcome = cpu.suspended ? Outcome.SUSPENDED : Outcome.RETIRED;
        cpu.suspended = false;
        cpu.eip = cpu.next;
        cpu.retired += outcome == Outcome.RETIRED ? 1 : 0;
        return outcome;
    }

    /** The VMM carried out the instruction at EIP itself: it retires, and shadows end. */
    public void completed() {
        cpu.retired++;
        cpu.interruptShadow = false;
        cpu.debugShadow = false;
        cpu.refreshAttention();
    }

    /**
     * A MOV SS that was carried out holds breakpoints away from the next instruction, or its own until behind that: no
     * hardware can be told so, the next instruction must be carried out too.
     */
    public boolean debugHeld() {
        return cpu.pendingDebug != 0 || cpu.debugShadow && (cpu.dr[7] & BREAKPOINTS_ENABLED) != 0;
    }

    /** Delivers a fault of the instruction at EIP to the guest. */
    public void raise(GuestFault fault) {
        protectCode();
        cpu.interruptShadow = false;
        cpu.debugShadow = false;
        cpu.deliver(fault);
    }

    /** Delivers a #DB whose causes the hardware left in its DR6; EIP and EFLAGS are as the hardware's frame had them. */
    public void debug(int hardwareDr6) {
        cpu.dr[6] |= hardwareDr6 & DR6_STATUS;
        protectCode();
        cpu.deliverDebugTrap();
    }

    /** Carries out INT3, INTO or INT1, of which the hardware already stands behind: EIP is past the instruction. */
    public void softwareInterrupt(int vector, SoftwareInterrupt kind, int start) {
        protectCode();
        cpu.next = cpu.eip;
        try {
            cpu.softwareInterrupt(vector, kind);
            cpu.eip = cpu.next;
        } catch (GuestFault fault) {
            cpu.eip = start;
            cpu.retired--;
            raise(fault);
        }
    }

    /** Delivers an event as VM entry would, with whatever its delivery raises. */
    public void inject(EventWatch.Occurrence event, int instructionLength) {
        protectCode();
        cpu.inject(event, instructionLength);
    }

    private void settleDebug() {
        if (cpu.pendingDebug == 0) {
            return;
        }
        if (cpu.debugShadow) {
            cpu.pendingDebug &= ~DR6_BS;
            return;
        }
        cpu.dr[6] |= cpu.pendingDebug;
        cpu.pendingDebug = 0;
        cpu.deliverDebugTrap();
    }

    /** Pages that the engine decoded since the last look must not be written past its watch. */
    public void protectCode() {
        int marks = cpu.memory().codeMarks();
        if (marks != codeMarks) {
            codeMarks = marks;
            cpu.mmu.protectCodePages();
        }
    }

    // ---- between instructions

    /** Brings the guest's clock up to the retired count and fires the alarms that are due. */
    public void keepTime() {
        cpu.syncTime();
        cpu.clock().fire();
    }

    /** Ticks until a device wants attention, or {@link VirtualClock#NEVER}. */
    public long untilAlarm() {
        long deadline = cpu.clock().deadline();
        return deadline == VirtualClock.NEVER
                ? VirtualClock.NEVER
                : Math.max(0, deadline - cpu.clock().now());
    }

    /** Whether the guest itself lets the code that it runs now use any port. */
    public boolean mayUsePorts() {
        return !cpu.protectedMode() || !cpu.virtual8086() && cpu.cpl <= cpu.iopl();
    }

    /** An interrupt waits that only a shadow keeps away. */
    public boolean interruptBehindShadow() {
        return (cpu.attention & Attention.SHADOW) != 0 && (cpu.attention & (Attention.INTERRUPT | Attention.NMI)) != 0;
    }

    /**
     * Does what a processor does between instructions: takes interrupts, sleeps through HLT.
     *
     * @return why the run ends here, or null
     */
    public Stop boundary() {
        for (int idle = 0; idle < STUCK; idle++) {
            int why = cpu.attention;
            if ((why & Attention.SHUTDOWN) != 0) {
                return new Stop.Shutdown();
            }
            if ((why & Attention.STOP) != 0) {
                return cpu.takeRequest();
            }
            if ((why & Attention.SHADOW) != 0) {
                return null;
            }
            if ((why & Attention.NMI) != 0) {
                protectCode();
                cpu.deliverNmi();
            } else if ((why & Attention.INTERRUPT) != 0) {
                protectCode();
                cpu.deliverInterrupt();
            } else if ((why & Attention.HALTED) != 0) {
                outside.sleeping();
                Sleep sleep = cpu.canWake() ? cpu.clock().sleep() : Sleep.ENDLESS;
                if (sleep != Sleep.PASSED) {
                    return sleep == Sleep.ENDLESS ? new Stop.Halted() : new Stop.Budget();
                }
                outside.look();
            } else {
                return null;
            }
        }
        return new Stop.Budget();
    }

    /** Bytes of code as the virtual processor fetches them. */
    private static final class Fetch implements ByteSource {
        private final Cpu cpu;
        private int at;

        Fetch(Cpu cpu) {
            this.cpu = cpu;
        }

        @Override
        public int next() {
            int limit = cpu.cs().limit;
            int eip = cpu.eip + at;
            boolean wrapped = Integer.compareUnsigned(eip, cpu.eip) < 0 && limit != -1;
            if (wrapped || Integer.compareUnsigned(eip, limit) > 0) {
                throw new GuestFault(Vector.GP, 0);
            }
            int la = cpu.pc() + at++;
            int page = cpu.mmu.fetchPage(la, false);
            return page == SystemBus.NONE
                    ? cpu.mmu.fetchDevice(la)
                    : cpu.memory().get8(page + (la & 0xfff));
        }
    }
}
