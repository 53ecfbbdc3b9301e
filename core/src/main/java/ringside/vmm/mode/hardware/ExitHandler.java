package ringside.vmm.mode.hardware;

import static ringside.machine.vmx.VmcsField.*;

import java.util.Locale;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.interrupts.EventWatch.Occurrence;
import ringside.machine.interrupts.EventWatch.Type;
import ringside.machine.paging.NestedWalk;
import ringside.machine.vmx.ExitReason;
import ringside.machine.vmx.Vmcs;
import ringside.machine.vmx.VmxControl;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.VmExit;
import ringside.vmm.vcpu.VirtualProcessor.Outcome;

/** What the VMM does about each exit. */
final class ExitHandler {
    private static final int ERROR_W = 2, PAGE = 0x1000;
    private static final int ERROR_I = 16;
    private static final int STRING = 1 << 4;
    private static final int IN = 1 << 3;
    private static final int HAS_ERROR = 1 << 11;
    private static final int ALIGNMENT_CHECK = 1 << 31 | HAS_ERROR | 3 << 8 | Vector.AC;
    private static final int PAGE_FAULT = 1 << 31 | HAS_ERROR | 3 << 8 | Vector.PF;

    private final HardwareMachine vmm;
    private final Vmcs vmcs;
    private final Cpu state;

    ExitHandler(HardwareMachine vmm) {
        this.vmm = vmm;
        this.vmcs = vmm.vmcs;
        this.state = vmm.state;
    }

    /** Deals with the exit that the VMCS describes; returns why the run ends, or null. */
    Stop handle(Stop.VmExit exit) {
        switch (ExitReason.of(exit.reason())) {
            case EXCEPTION_OR_NMI -> exception();
            case EXTERNAL_INTERRUPT -> {
                int vector = vmcs.readInt(EXIT_INTERRUPTION_INFORMATION) & 0xff;
                boolean device = vector != HardwareMachine.TIMER_VECTOR && vmm.devices.interrupt(vector);
                count(device ? new VmExit.DeviceInterrupt() : new VmExit.Deadline());
                again();
            }
            case INTERRUPT_WINDOW -> {
                count("interrupt window");
                VmxControl.INTERRUPT_WINDOW_EXITING.set(vmcs, false);
            }
            case NMI_WINDOW -> {
                count("NMI window");
                VmxControl.NMI_WINDOW_EXITING.set(vmcs, false);
            }
            case TRIPLE_FAULT -> {
                count("triple fault");
                return new Stop.Shutdown();
            }
            case TASK_SWITCH -> taskSwitch();
            case EPT_VIOLATION -> violation();
            case EPT_MISCONFIGURATION ->
                throw vmm.defect(String.format(
                        "the nested tables hold nonsense for PA %08x", vmcs.readInt(GUEST_PHYSICAL_ADDRESS)));
            case VMCALL -> undefined();
            case CPUID -> {
                if (mayShorten()) {
                    cpuid();
                } else {
                    emulate();
                }
            }
            case IO -> {
                if (mayShorten() && (vmcs.readInt(EXIT_QUALIFICATION) & STRING) == 0) {
                    port(vmcs.readInt(EXIT_QUALIFICATION));
                } else {
                    emulate();
                }
            }
            default -> emulate();
        }
        return null;
    }

    private void count(VmExit exit) {
        count(exit, Heat.NOWHERE);
    }

    private void count(VmExit exit, int touched) {
        vmm.log.add(exit, vmm.exited(), touched);
    }

    private void count(String reason) {
        vmm.log.add(reason, vmm.exited());
    }

    // ---- exceptions

    private void exception() {
        int information = vmcs.readInt(EXIT_INTERRUPTION_INFORMATION);
        int vector = information & 0xff;
        if (vector == Vector.PF) {
            pageFault(vmcs.readInt(EXIT_QUALIFICATION), vmcs.readInt(EXIT_INTERRUPTION_ERROR_CODE));
        } else if (vector == Vector.DB && typeOf(information) == Type.EXCEPTION) {
            vmm.work();
            count(Vector.name(vector));
            vmm.guest.debug(vmcs.readInt(EXIT_QUALIFICATION));
            vmm.settle();
        } else if (vector == Vector.AC && state.protectedMode()) {
            count(Vector.name(vector));
            vmcs.write(ENTRY_EXCEPTION_ERROR_CODE, 0);
            vmm.inject(ALIGNMENT_CHECK);
        } else if (sameInRealMode(vector) && typeOf(information) == Type.EXCEPTION) {
            vmm.work();
            count(Vector.name(vector));
            vmm.guest.raise(new GuestFault(vector, 0));
            vmm.settle();
        } else {
            // real mode: what faulted in virtual-8086 mode is carried out as the guest meant it
            emulate();
        }
    }

    /** Code in virtual-8086 mode raises it exactly where real mode would: no need to look at the instruction. */
    private static boolean sameInRealMode(int vector) {
        return switch (vector) {
            case Vector.DE, Vector.BR, Vector.UD, Vector.NM, Vector.SS -> true;
            default -> false;
        };
    }

    private void pageFault(int la, int error) {
        if (vmm.flat()) {
            // beyond what the flat directory maps lie devices and ROM alone
            inSoftware(new VmExit.DeviceMemory(), la & -PAGE);
            return;
        }
        MemoryStrategy memory = vmm.memory;
        boolean write = (error & ERROR_W) != 0;
        boolean user = (error & 4) != 0 && state.protectedMode();
        switch (memory.resolve(MemoryStrategy.KERNEL, la, write, user, (error & ERROR_I) != 0)) {
            case MAPPED -> {
                count(new VmExit.HiddenPage(), vmm.memory.touched());
                again();
            }
            case TRUE_FAULT -> truePageFault(la);
            case TRACED -> inSoftware(new VmExit.Trace(), vmm.memory.touched());
            case EMULATE -> inSoftware(new VmExit.DeviceMemory(), vmm.memory.touched());
        }
    }

    private void violation() {
        int qualification = vmcs.readInt(EXIT_QUALIFICATION);
        boolean write = (qualification & NestedWalk.WRITE) != 0;
        boolean fetch = (qualification & NestedWalk.FETCH) != 0;
        int pa = vmcs.readInt(GUEST_PHYSICAL_ADDRESS);
        switch (vmm.memory.resolve(MemoryStrategy.KERNEL, pa, write, false, fetch)) {
            case MAPPED -> {
                count(new VmExit.HiddenPage(), vmm.memory.touched());
                again();
            }
            case TRACED -> inSoftware(new VmExit.Trace(), vmm.memory.touched());
            case EMULATE -> inSoftware(new VmExit.DeviceMemory(), vmm.memory.touched());
            case TRUE_FAULT -> throw vmm.defect("a true fault of nested paging");
        }
    }

    /** Carries out what the exit interrupted: an event's delivery, or an instruction. */
    private void inSoftware(VmExit exit, int touched) {
        count(exit, touched);
        if (vectoring() < 0) {
            deliverInSoftware(vectoring());
        } else {
            step();
        }
    }

    private void truePageFault(int la) {
        count(new VmExit.TrueFault(Vector.PF));
        vmm.log.trueFault(la);
        if (vectoring() < 0) {
            // a page fault while an event was being delivered: its own road decides what comes of the two
            deliverInSoftware(vectoring());
            return;
        }
        vmm.hardware.cr2 = la;
        state.cr2 = la;
        vmcs.write(ENTRY_EXCEPTION_ERROR_CODE, vmm.memory.error());
        vmm.inject(PAGE_FAULT);
    }

    private static Type typeOf(int information) {
        return Type.of(information >> 8 & 7);
    }

    /** The event is an instruction's own, INT n or the like: once it is delivered, that instruction has retired. */
    static boolean raisedByInstruction(int information) {
        return information < 0 && typeOf(information).code >= Type.SOFTWARE_INTERRUPT.code;
    }

    private int vectoring() {
        return vmcs.readInt(IDT_VECTORING_INFORMATION);
    }

    /** Injects again the event whose delivery the exit interrupted. */
    private void again() {
        if (vectoring() < 0) {
            vmcs.write(ENTRY_EXCEPTION_ERROR_CODE, vmcs.readInt(IDT_VECTORING_ERROR_CODE));
            vmcs.write(ENTRY_INSTRUCTION_LENGTH, vmcs.readInt(EXIT_INSTRUCTION_LENGTH));
            vmm.inject(vectoring());
        }
    }

    /** Delivers an event on the virtual processor, with whatever its delivery raises. */
    void deliverInSoftware(int information) {
        if (raisedByInstruction(information)) {
            step();
            return;
        }
        vmm.work();
        boolean hasError = (information & HAS_ERROR) != 0;
        int error = hasError ? vmcs.readInt(IDT_VECTORING_ERROR_CODE) : 0;
        vmm.guest.inject(new Occurrence(typeOf(information), information & 0xff, hasError, error), 0);
        vmm.settle();
    }

    // ---- instructions

    private void taskSwitch() {
        count("task switch");
        boolean byEvent = (vmcs.readInt(EXIT_QUALIFICATION) >>> 30) == 3;
        if (byEvent && vectoring() < 0) {
            deliverInSoftware(vectoring());
        } else {
            step();
        }
    }

    // ---- the common exits, without moving the whole state

    /** Nothing but the instruction's own effect is due: no single step, no debug trap. */
    private boolean mayShorten() {
        return (state.attention & Attention.DEBUG) == 0 && state.protectedMode();
    }

    private void cpuid() {
        count("CPUID");
        int[] r = vmm.hardware.r;
        System.arraycopy(r, 0, state.r, 0, r.length);
        state.cpuid();
        System.arraycopy(state.r, 0, r, 0, r.length);
        completed();
    }

    private void port(int qualification) {
        int bits = ((qualification & 7) + 1) * 8;
        int port = qualification >>> 16;
        int[] r = vmm.hardware.r;
        boolean in = (qualification & IN) != 0;
        count(in ? "IN" : "OUT");
        if (in) {
            int value = state.in(bits, port);
            int mask = bits == 32 ? -1 : (1 << bits) - 1;
            r[Reg.EAX] = r[Reg.EAX] & ~mask | value & mask;
        } else {
            state.out(bits, port, r[Reg.EAX]);
        }
        completed();
    }

    /** The instruction that exited has been carried out: it retires, and RIP moves on. */
    private void completed() {
        vmm.counters.add("emulated");
        vmm.guest.completed();
        vmcs.write(GUEST_RIP, state.eip + vmcs.readInt(EXIT_INSTRUCTION_LENGTH));
        vmcs.write(GUEST_INTERRUPTIBILITY, vmcs.readInt(GUEST_INTERRUPTIBILITY) & ~3);
        vmm.settle();
    }

    /** There is no hypercall: VMCALL is undefined for this guest. */
    private void undefined() {
        vmm.work();
        count("VMCALL");
        vmm.guest.raise(new GuestFault(Vector.UD, 0));
        vmm.settle();
    }

    private void emulate() {
        vmm.work();
        Insn insn;
        try {
            insn = vmm.guest.decode();
        } catch (GuestFault fault) {
            count(Vector.name(fault.vector));
            vmm.guest.raise(fault);
            vmm.settle();
            return;
        }
        count(new VmExit.Instruction(insn));
        if (insn.row.mnemonic().toLowerCase(Locale.ROOT).equals("invlpg")) {
            Operand.Mem m = (Operand.Mem) insn.op0;
            int la = state.linear(m.seg(), m.offset(state));
            step(la);
        } else {
            step();
        }
    }

    private void step() {
        vmm.work();
        carryOut();
        vmm.settle();
    }

    private void step(int invalidated) {
        carryOut();
        vmm.settlePage(invalidated);
    }

    private void carryOut() {
        Outcome outcome;
        do {
            outcome = vmm.guest.step();
        } while (outcome == Outcome.SUSPENDED && (state.attention & ~Attention.DEBUG) == 0);
        if (outcome == Outcome.RETIRED) {
            vmm.counters.add("emulated");
        }
    }
}
