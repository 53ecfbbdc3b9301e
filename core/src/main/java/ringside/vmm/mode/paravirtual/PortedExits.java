package ringside.vmm.mode.paravirtual;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Sensitivity;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.observe.Counters;
import ringside.vmm.compression.DescriptorTables;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.MemoryStrategy.Resolution;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.VmExit;
import ringside.vmm.vcpu.VirtualProcessor;

/**
 * What the VMM does with an event that the hardware delivered to it: a hypercall, a fault of its own making, one of
 * the few instructions it carries out for a kernel, or an event of the guest's.
 */
final class PortedExits {
    private static final int ERROR_P = 1, ERROR_W = 2, ERROR_U = 4, ERROR_I = 16;
    private static final int IN_IDT = 2, EXTERNAL = 1;
    private static final int KERNEL = 1;
    private static final int MOST_REMARKS = 8;
    private static final int DR6_CLEAR = 0xffff0ff0, DR6_STATUS = 0xe00f, DR6_BS = 0x4000;
    private static final int INT3 = 0xcc, INTO = 0xce, INT_BYTES = 2;

    private final ParavirtualMachine vmm;
    private final PortedGuest ported;
    private final VirtualProcessor guest;
    private final Cpu state;
    private final Ring0 ring0;
    private final MemoryStrategy memory;
    private final DescriptorTables tables;
    private final Counters counters;
    private final Set<String> remarks = new LinkedHashSet<>();

    PortedExits(
            ParavirtualMachine vmm,
            PortedGuest ported,
            VirtualProcessor guest,
            Ring0 ring0,
            MemoryStrategy memory,
            DescriptorTables tables) {
        this.vmm = vmm;
        this.ported = ported;
        this.guest = guest;
        this.state = guest.state();
        this.ring0 = ring0;
        this.memory = memory;
        this.tables = tables;
        this.counters = vmm.counts();
    }

    /** Deals with the event whose frame was just read into the virtual state. */
    void handle(int vector, int error) {
        switch (vector) {
            case ParavirtualMachine.TIMER_VECTOR -> vmm.log().add(new VmExit.Deadline(), state.pc());
            case Hypercalls.VECTOR -> vmm.gate().arrive(INT_BYTES);
            case Vector.PF -> pageFault(error);
            case Vector.DB -> debug();
            case Vector.BP -> shortTrap(vector, INT3);
            case Vector.OF -> shortTrap(vector, INTO);
            default -> {
                if (vmm.interruptOfDevice(vector)) {
                    vmm.log().add(new VmExit.DeviceInterrupt(), state.pc());
                } else {
                    fault(vector, error);
                }
            }
        }
    }

    // ---- memory

    private void pageFault(int error) {
        int la = ring0.cr(2);
        boolean user = (error & ERROR_U) != 0;
        Resolution resolution =
                memory.resolve(MemoryStrategy.KERNEL, la, (error & ERROR_W) != 0, user, (error & ERROR_I) != 0);
        switch (resolution) {
            case MAPPED -> vmm.log().add(new VmExit.HiddenPage(), state.pc(), memory.touched());
            case TRUE_FAULT -> pageFault(la, memory.error());
            case TRACED -> emulate(new VmExit.Trace(), memory.touched());
            case EMULATE -> {
                if (vmm.isMemory(la)) {
                    // only tables that the guest handed over are watched, and those it may read but not write
                    pageFault(la, error | ERROR_P);
                } else {
                    emulate(new VmExit.DeviceMemory(), memory.touched());
                }
            }
        }
    }

    private void pageFault(int la, int error) {
        state.cr2 = la;
        reflect(new GuestFault(Vector.PF, error));
    }

    /** The guest's handler gets the fault; of a page fault it finds the address in the shared page. */
    private void reflect(GuestFault fault) {
        if (fault.vector == Vector.PF) {
            ported.shared.put(SharedPage.FAULT_VA, state.cr2);
        }
        vmm.reflect(fault);
    }

    // ---- traps

    private void debug() {
        state.dr[6] |= ring0.dr(6) & DR6_STATUS;
        ring0.dr(6, DR6_CLEAR);
        reflect(new GuestFault(Vector.DB, 0));
    }

    /** INT3 or INTO, in their short form or as INT n: the hardware let them pass, the guest's table decides. */
    private void shortTrap(int vector, int opcode) {
        TrapTable.Entry entry = ported.traps.open(vector, state.cpl);
        int length = vmm.codeByte(state.pc() - 1) == opcode ? 1 : 2;
        if (entry != null) {
            vmm.trap(vector, entry, length);
            return;
        }
        state.eip -= length;
        state.retired--;
        reflect(new GuestFault(Vector.GP, vector * 8 + IN_IDT));
    }

    // ---- faults

    private void fault(int vector, int error) {
        if (restarts(vector, error)) {
            return;
        }
        if (vector == Vector.NM || vector == Vector.GP || vector == Vector.UD) {
            try {
                Insn insn = guest.decode();
                if (served(vector, error, insn)) {
                    return;
                }
                remark(vector, insn);
            } catch (GuestFault fault) {
                reflect(fault);
                return;
            }
        }
        reflect(new GuestFault(vector, error));
    }

    /** A kernel that tries what is ring 0's gets its fault; whoever reads the results is told why. */
    private void remark(int vector, Insn insn) {
        Sensitivity kind = insn.row.kind();
        boolean privileged = kind == Sensitivity.PRIVILEGED || kind == Sensitivity.IOPL_SENSITIVE;
        if (vector == Vector.GP && privileged && state.cpl == KERNEL && remarks.size() < MOST_REMARKS) {
            remarks.add(String.format(
                    "%s at %08x is privileged: in ring 1 it is #GP, a ported kernel asks its VMM instead",
                    insn.mnemonic().toUpperCase(Locale.ROOT), state.pc()));
        }
    }

    /** What the guest tried and a ported kernel does not do, by place. */
    List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** A descriptor that only the shadow held as not present: made present, and the instruction tried again. */
    private boolean restarts(int vector, int error) {
        boolean selector = vector == Vector.NP || vector == Vector.SS && (error & ~7) != 0;
        if (!selector || (error & IN_IDT) != 0 || !tables.isLazy(error)) {
            return false;
        }
        try {
            if (!tables.use(error)) {
                return false;
            }
            vmm.log().add(new VmExit.HiddenDescriptor(), state.pc());
        } catch (GuestFault fault) {
            reflect(fault);
        }
        return true;
    }

    /** Whether the instruction is one that the VMM carries out, or INT n that the guest has a handler for. */
    private boolean served(int vector, int error, Insn insn) {
        if (vector == Vector.GP && (error & (IN_IDT | EXTERNAL)) == IN_IDT) {
            TrapTable.Entry entry = ported.traps.open(error >>> 3 & 0xff, state.cpl);
            if (entry == null) {
                return false;
            }
            state.eip += insn.length;
            guest.credit(1);
            vmm.trap(error >>> 3 & 0xff, entry, insn.length);
            return true;
        }
        if (vector == Vector.UD) {
            boolean asks = insn.row.mnemonic().equals("vmcall") && state.has(Feature.VMX);
            if (asks) {
                vmcall(insn);
            }
            return asks;
        }
        if (vector == Vector.NM || error == 0 && isServed(insn)) {
            emulate(new VmExit.Instruction(insn), Heat.NOWHERE);
            return true;
        }
        return false;
    }

    /**
     * VMCALL: the guest is not in non-root operation, so it is an undefined instruction, by which the VMM knows it. Like
     * the hypercall's gate it is there for the kernel; outer rings get the #GP that the manual has for them.
     */
    private void vmcall(Insn insn) {
        if (state.cpl > KERNEL) {
            reflect(new GuestFault(Vector.GP, 0));
            return;
        }
        state.eip += insn.length;
        guest.credit(1);
        vmm.gate().arrive(insn.length);
    }

    /** The time-stamp counter, and ports but for those of the interrupt controllers and the timer. */
    private boolean isServed(Insn insn) {
        return switch (insn.row.mnemonic()) {
            case "rdtsc", "rdpmc" -> true;
            case "in", "out", "insb", "ins{w|d}", "outsb", "outs{w|d}" -> !isOwnPort(port(insn));
            default -> false;
        };
    }

    private int port(Insn insn) {
        for (Operand operand : insn.operands) {
            if (operand instanceof Operand.Imm immediate) {
                return immediate.value() & 0xff;
            }
        }
        return state.r[Reg.EDX] & 0xffff;
    }

    private static boolean isOwnPort(int port) {
        return (port & ~0x81) == 0x20 || port >= 0x40 && port <= 0x43;
    }

    /** Carries the instruction out on the virtual state; its own faults go to the guest. */
    private void emulate(VmExit exit, int touched) {
        int la = state.pc();
        VirtualProcessor.Outcome outcome;
        try {
            do {
                outcome = guest.execute();
                state.refreshAttention();
            } while (outcome == VirtualProcessor.Outcome.SUSPENDED && (state.attention & ~Attention.DEBUG) == 0);
        } catch (GuestFault fault) {
            reflect(fault);
            return;
        }
        vmm.log().add(exit, la, touched);
        if (outcome == VirtualProcessor.Outcome.RETIRED) {
            counters.add("emulated");
        }
        if (state.pendingDebug != 0) {
            state.dr[6] |= state.pendingDebug | DR6_BS;
            state.pendingDebug = 0;
            reflect(new GuestFault(Vector.DB, 0));
        }
    }
}
