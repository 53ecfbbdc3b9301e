package ringside.vmm.compression;

import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.CpuPort.SoftwareInterrupt;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Privilege;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.segmentation.Descriptor;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy.Resolution;
import ringside.vmm.spi.VmExit;
import ringside.vmm.vcpu.VirtualProcessor;
import ringside.vmm.vcpu.VirtualProcessor.Outcome;

/**
 * What the VMM does with an event that the hardware delivered to it: hide it, emulate the instruction, or let the guest's
 * own handler have it.
 */
public final class ExitHandler {
    private static final int ERROR_W = 2, ERROR_I = 16;
    private static final int IN_IDT = 2;
    private static final int DR6_CLEAR = 0xffff0ff0, DR6_CAUSES = 0xe00f;
    private static final int INT3 = 0xcc, INTO = 0xce;

    private final CompressedMachine vmm;
    private final VirtualProcessor guest;
    private final Cpu state;

    ExitHandler(CompressedMachine vmm) {
        this.vmm = vmm;
        this.guest = vmm.guest;
        this.state = vmm.state;
    }

    /** Deals with the event whose frame was just read into the virtual state. */
    void handle(int vector, int error) {
        switch (vector) {
            case CompressedMachine.TIMER_VECTOR -> deadline();
            case Vector.PF -> pageFault(error);
            case Vector.DB -> debug();
            case Vector.BP -> trap(vector, INT3, SoftwareInterrupt.INT3);
            case Vector.OF -> trap(vector, INTO, SoftwareInterrupt.INTO);
            case Vector.DE, Vector.BR, Vector.UD, Vector.NM, Vector.TS, Vector.NP, Vector.SS, Vector.GP ->
                fault(vector, error);
            case Vector.MF, Vector.AC, Vector.XM -> fault(vector, error);
            default -> interrupt(vector);
        }
    }

    /** A real device that the guest works itself, or the IOMMU. */
    private void interrupt(int vector) {
        if (!vmm.devices.interrupt(vector)) {
            throw vmm.defect("the real processor raised " + Vector.name(vector) + " under the guest");
        }
        count(new VmExit.DeviceInterrupt(), state.pc());
    }

    private void deadline() {
        count(new VmExit.Deadline(), state.pc());
        if (state.interruptRequested() && !state.interruptsEnabled() && state.cpl == 3) {
            vmm.heldInRing3++;
        }
    }

    private void count(VmExit exit, int la) {
        count(exit, la, Heat.NOWHERE);
    }

    private void count(VmExit exit, int la, int pa) {
        vmm.log.add(exit, la, pa);
        if (exit instanceof VmExit.TrueFault(int vector) && vector == Vector.PF) {
            vmm.log.trueFault(state.cr2);
        }
        vmm.counters.add("trueFaults", exit instanceof VmExit.TrueFault ? 1 : 0);
    }

    // ---- memory

    private void pageFault(int error) {
        int la = vmm.ring0.cr(2);
        boolean user = state.cpl == 3;
        int world = vmm.world();
        Resolution resolution = vmm.memory.resolve(world, la, (error & ERROR_W) != 0, user, (error & ERROR_I) != 0);
        switch (resolution) {
            case MAPPED -> count(new VmExit.HiddenPage(), state.pc(), vmm.memory.touched());
            case TRUE_FAULT -> {
                state.cr2 = la;
                raise(new GuestFault(Vector.PF, vmm.memory.error()));
            }
            case TRACED -> emulate(new VmExit.Trace(), Vector.PF, vmm.memory.touched());
            case EMULATE -> {
                boolean traced = vmm.isMemory(la);
                emulate(traced ? new VmExit.Trace() : new VmExit.DeviceMemory(), Vector.PF, vmm.memory.touched());
            }
        }
    }

    // ---- traps

    private void debug() {
        int causes = vmm.ring0.dr(6);
        vmm.ring0.dr(6, DR6_CLEAR);
        boolean instruction = (causes & DR6_CAUSES) == 0;
        count(new VmExit.Trap(Vector.DB), state.pc() - (instruction ? 1 : 0));
        if (instruction) {
            guest.softwareInterrupt(Vector.DB, SoftwareInterrupt.INT1, state.eip - 1);
        } else {
            guest.debug(causes);
        }
        vmm.settle();
    }

    /** INT3 or INTO, in their short form or as INT n: the hardware let them pass, the guest's gate decides. */
    private void trap(int vector, int opcode, SoftwareInterrupt kind) {
        boolean brief = vmm.codeByte(state.pc() - 1) == opcode;
        int length = brief ? 1 : 2;
        count(new VmExit.Trap(vector), state.pc() - length);
        guest.softwareInterrupt(vector, brief ? kind : SoftwareInterrupt.INT_N, state.eip - length);
        vmm.settle();
    }

    // ---- faults

    private void fault(int vector, int error) {
        if (restarts(vector, error)) {
            return;
        }
        Insn insn = decode();
        if (insn == null) {
            return;
        }
        if (!vmm.settings.reflect() || mayEmulate(insn, vector, error)) {
            emulate(new VmExit.Instruction(insn), vector, Heat.NOWHERE);
        } else {
            raise(new GuestFault(vector, error));
        }
    }

    /** The instruction at the virtual EIP, or null where fetching it faulted. */
    private Insn decode() {
        try {
            return guest.decode();
        } catch (GuestFault fault) {
            raise(fault);
            return null;
        }
    }

    /** Carries out the instruction at the virtual EIP, which somebody asked for. */
    public void emulate() {
        Insn insn = decode();
        if (insn != null) {
            emulate(new VmExit.Instruction(insn), Vector.GP, Heat.NOWHERE);
        }
    }

    /** A descriptor that only the shadow held as not present: made present, and the instruction tried again. */
    private boolean restarts(int vector, int error) {
        boolean selector = vector == Vector.NP || vector == Vector.SS && (error & ~7) != 0;
        if (!selector || (error & IN_IDT) != 0 || vmm.tables.state(error) != DescriptorShadow.State.LAZY) {
            return false;
        }
        try {
            if (!vmm.tables.use(error)) {
                return false;
            }
            count(new VmExit.HiddenDescriptor(), state.pc());
        } catch (GuestFault fault) {
            raise(fault);
        }
        vmm.settle();
        return true;
    }

    /**
     * With {@code reflect}: whether the fault is one that the VMM must serve. Privileged and IOPL-sensitive instructions
     * are, and faults that only the shadows caused; what the change of ring alone caused is the guest's.
     */
    private boolean mayEmulate(Insn insn, int vector, int error) {
        if (trapsForTheVmm(insn) || vector == Vector.NM || vector == Vector.PF) {
            return true;
        }
        boolean selector = vector >= Vector.TS && vector <= Vector.GP && (error & ~7) != 0;
        if (selector && (error & IN_IDT) != 0) {
            return openToRing(error >> 3);
        }
        return selector ? vmm.tables.hides(error) : vector == Vector.SS || touchesCutMemory(insn);
    }

    /** Whether the processor traps it in the state that the VMM runs the guest in: by privilege, IOPL, or CR4 and MSRs. */
    private boolean trapsForTheVmm(Insn insn) {
        boolean paragraphs = guest.paragraphs();
        int ring = vmm.settings.rings().real(state.cpl);
        int iopl = vmm.settings.iopl();
        int cr4 = vmm.ring0.cr(4);
        Privilege real = paragraphs
                ? new Privilege(Privilege.Mode.VIRTUAL_8086, 3, 0, cr4)
                : new Privilege(Privilege.Mode.PROTECTED, ring, iopl, cr4);
        return switch (insn.row.sensitivity(insn.operands, real)) {
            case PRIVILEGED, IOPL_SENSITIVE -> true;
            case INNOCUOUS, UNPRIVILEGED -> insn.row.mnemonic().startsWith("sysenter");
        };
    }

    /** The guest's gate would let the real ring through: only the VMM's own gate did not. */
    private boolean openToRing(int vector) {
        if (vector * 8 + 7 > state.idtr.limit) {
            return false;
        }
        int high = vmm.peek32(state.idtr.base + vector * 8 + 4);
        return new Descriptor(0, high).dpl() >= vmm.settings.rings().real(state.cpl);
    }

    /** A memory operand that lies where only the cut limit of the shadow stands against it. */
    private boolean touchesCutMemory(Insn insn) {
        for (Operand operand : insn.operands) {
            if (operand instanceof Operand.Mem mem && vmm.isCut(mem.seg(), mem.offset(state))) {
                return true;
            }
        }
        return vmm.isCut(Reg.SS, state.stackPointer());
    }

    /** Carries the instruction out on the virtual state; its own faults go to the guest. */
    private void emulate(VmExit exit, int vector, int touched) {
        int la = state.pc();
        int invalidated = 0;
        boolean page = false;
        int before = state.mmu.generation;
        if (exit instanceof VmExit.Instruction(Insn insn) && insn.row.mnemonic().equals("invlpg")) {
            Operand.Mem mem = (Operand.Mem) insn.op0;
            invalidated = guest.base(mem.seg()) + mem.offset(state);
            page = true;
        }
        int eip = state.eip;
        Outcome outcome;
        do {
            outcome = guest.step();
        } while (outcome == Outcome.SUSPENDED && state.eip == eip && (state.attention & ~Attention.DEBUG) == 0);
        count(outcome == Outcome.FAULTED ? new VmExit.TrueFault(vector) : exit, la, touched);
        if (outcome == Outcome.RETIRED) {
            vmm.counters.add("emulated");
        }
        if (page && outcome == Outcome.RETIRED) {
            vmm.settlePage(invalidated, before);
        } else {
            vmm.settle();
        }
    }

    private void raise(GuestFault fault) {
        count(new VmExit.TrueFault(fault.vector), state.pc());
        guest.raise(fault);
        vmm.settle();
    }
}
