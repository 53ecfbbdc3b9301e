package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.*;

import java.util.Optional;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Feature;
import ringside.arch.Vector;
import ringside.error.RingsideException;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Intercepts;
import ringside.machine.cpu.Stop;
import ringside.machine.interrupts.ExitTaken;
import ringside.machine.interrupts.TaskSwitcher;
import ringside.machine.paging.NestedWalk;

/**
 * The assist of one processor: VM entry, the intercepts of non-root operation, VM exit (SDM vol. 3, chapters 25 to 27).
 *
 * <p>General registers, CR2, DR0-3 and DR6 are not switched: they are root software's business, as on real hardware.
 */
public final class VmxUnit implements Intercepts {
    private static final int HAS_ERROR = 1 << 11;

    private final Cpu cpu;
    private final InstructionExits instructions;
    private final NestedWalk nestedWalk;
    private Vmcs vmcs;

    /** The event being delivered, for the IDT-vectoring fields. */
    private Occurrence delivering;

    private Stop.VmExit pendingExit;

    /** VM exits completed. */
    public long exits;

    /** Refused where the processor has no assist. */
    public VmxUnit(Cpu cpu) {
        if (!cpu.has(Feature.VMX)) {
            throw new RingsideException(
                    "the processor '" + cpu.model().name() + "' has no VMX",
                    "",
                    "ask for a server of 2005 or later, or vmx true");
        }
        this.cpu = cpu;
        this.instructions = new InstructionExits(cpu, this);
        this.nestedWalk = cpu.mmu.nestedWalk(new NestedFaults());
    }

    Vmcs vmcs() {
        return vmcs;
    }

    // ---- VM entry

    /** What VMLAUNCH and VMRESUME answer. */
    public sealed interface Entry {
        /** Non-root operation begins with the engine's next run. */
        record Entered() implements Entry {}

        /** VMfailValid: nothing was loaded; {@code error} is 7 for controls, 8 for host state. */
        record Failed(int error, String rule) implements Entry {}

        /** Exit 33 or 34 during entry: the host state is loaded. */
        record Refused(Stop.VmExit exit, String rule) implements Entry {}

        /** The injected event exited, and the exit could not be completed: the processor is in shutdown. */
        record Aborted() implements Entry {}
    }

    /** VM entry with {@code current}: checks, loads the guest, injects its event. */
    public Entry enter(Vmcs current) {
        vmcs = current;
        current.on(cpu.model());
        if (current.isUnchecked()) {
            Optional<EntryCheck> failure = EntryChecks.firstFailure(current);
            if (failure.isPresent()) {
                return refuse(failure.get());
            }
            current.passed();
        }
        cpu.mmu.nest(secondDimension());
        GuestState.load(cpu, current);
        if (!pdptesFit()) {
            return new Entry.Refused(
                    fail(ExitReason.INVALID_GUEST_STATE, 2), "the PAE directory pointers at CR3 have no reserved bit");
        }
        int failed = MsrArea.load(cpu, current, ENTRY_MSR_LOAD_COUNT, ENTRY_MSR_LOAD_ADDRESS);
        if (failed != 0) {
            return new Entry.Refused(
                    fail(ExitReason.MSR_LOADING, failed), "entry " + failed + " of the MSR-load area can be loaded");
        }
        delivering = null;
        cpu.assist(this);
        cpu.activity.entries++;
        return inject();
    }

    private NestedWalk secondDimension() {
        if (!VmxControl.ENABLE_EPT.in(vmcs)) {
            return null;
        }
        nestedWalk.use(EptPointer.format(vmcs.get(EPT_POINTER)));
        return nestedWalk;
    }

    /** An EPT violation or misconfiguration: how a walk through both dimensions ends in an exit. */
    private final class NestedFaults implements NestedWalk.Faults {
        private static final int LINEAR_ADDRESS_VALID = 1 << 7, NOT_OF_TABLE = 1 << 8, ALLOWED_SHIFT = 3;

        @Override
        public RuntimeException violation(int pa, int access, int allowed, boolean ofTable) {
            long qualification =
                    access | allowed << ALLOWED_SHIFT | LINEAR_ADDRESS_VALID | (ofTable ? 0 : NOT_OF_TABLE);
            return at(pa, ExitReason.EPT_VIOLATION, qualification);
        }

        @Override
        public RuntimeException misconfiguration(int pa) {
            return at(pa, ExitReason.EPT_MISCONFIGURATION, 0);
        }

        private RuntimeException at(int pa, ExitReason reason, long qualification) {
            vmcs.set(GUEST_PHYSICAL_ADDRESS, pa & 0xffff_ffffL);
            vmcs.set(GUEST_LINEAR_ADDRESS, cpu.mmu.walkedAddress());
            return exit(reason, qualification, isSoftware(delivering) ? cpu.next - cpu.eip : 0);
        }
    }

    private boolean pdptesFit() {
        if (!cpu.paging() || (cpu.cr4 & Control.CR4_PAE) == 0) {
            return true;
        }
        if (VmxControl.ENABLE_EPT.in(vmcs)) {
            return GuestState.loadPdptes(cpu, vmcs);
        }
        try {
            cpu.mmu.loadPdptes(cpu.cr3);
            return true;
        } catch (GuestFault fault) {
            return false;
        }
    }

    private Entry refuse(EntryCheck check) {
        return switch (check.kind()) {
            case CONTROLS -> failValid(7, check);
            case HOST_STATE -> failValid(8, check);
            case GUEST_STATE -> new Entry.Refused(fail(ExitReason.INVALID_GUEST_STATE, 0), check.rule());
        };
    }

    private Entry failValid(int error, EntryCheck check) {
        vmcs.set(VM_INSTRUCTION_ERROR, error);
        return new Entry.Failed(error, check.rule());
    }

    /** An entry failure saves no guest state. */
    private Stop.VmExit fail(ExitReason reason, int qualification) {
        int field = reason.number | ExitReason.ENTRY_FAILURE;
        vmcs.set(EXIT_REASON, field);
        vmcs.set(EXIT_QUALIFICATION, qualification);
        cpu.mmu.nest(null);
        HostState.load(cpu, vmcs);
        return new Stop.VmExit(field);
    }

    private Entry inject() {
        int information = vmcs.getInt(ENTRY_INTERRUPTION_INFORMATION);
        if (!EntryChecks.injected(information)) {
            return new Entry.Entered();
        }
        vmcs.set(ENTRY_INTERRUPTION_INFORMATION, information & ~(1 << 31));
        boolean hasError = (information & HAS_ERROR) != 0;
        delivering = new Occurrence(
                Type.of(information >> 8 & 7),
                information & 0xff,
                hasError,
                hasError ? vmcs.getInt(ENTRY_EXCEPTION_ERROR_CODE) : 0);
        boolean nmi = delivering.type() == Type.NMI;
        cpu.next = cpu.eip + (isSoftware(delivering) ? vmcs.getInt(ENTRY_INSTRUCTION_LENGTH) : 0);
        try {
            cpu.inject(delivering, vmcs.getInt(ENTRY_INSTRUCTION_LENGTH));
            cpu.nmiBlocked |= nmi;
        } catch (ExitTaken exit) {
            return completeExit() instanceof Stop.VmExit left
                    ? new Entry.Refused(left, "the injected event can be delivered without an exit")
                    : new Entry.Aborted();
        }
        return new Entry.Entered();
    }

    /** Brings the guest-state area up to date without leaving non-root operation: for looking on from outside. */
    public void observe() {
        GuestState.save(cpu, vmcs);
    }

    // ---- VM exit

    /** Notes an exit; what is returned unwinds to the engine. */
    ExitTaken exit(ExitReason reason, long qualification, int length) {
        note(reason, qualification, length);
        recordVectoring(delivering);
        return ExitTaken.INSTANCE;
    }

    private void note(ExitReason reason, long qualification, int length) {
        vmcs.set(EXIT_REASON, reason.number);
        vmcs.set(EXIT_QUALIFICATION, qualification);
        vmcs.set(EXIT_INSTRUCTION_LENGTH, length);
        vmcs.set(EXIT_INTERRUPTION_INFORMATION, 0);
        vmcs.set(EXIT_INTERRUPTION_ERROR_CODE, 0);
        pendingExit = new Stop.VmExit(reason.number);
    }

    private void recordVectoring(Occurrence during) {
        vmcs.set(IDT_VECTORING_INFORMATION, during == null ? 0 : information(during));
        vmcs.set(IDT_VECTORING_ERROR_CODE, during == null || !hasError(during) ? 0 : during.errorCode());
    }

    /** Real mode knows no error codes. */
    private boolean hasError(Occurrence event) {
        return event.hasError() && cpu.protectedMode();
    }

    private int information(Occurrence event) {
        return event.information() & ~(hasError(event) ? 0 : HAS_ERROR);
    }

    @Override
    public Stop completeExit() {
        cpu.activity.exits++;
        exits++;
        delivering = null;
        GuestState.save(cpu, vmcs);
        boolean stored = MsrArea.store(cpu, vmcs);
        cpu.assist(null);
        cpu.mmu.nest(null);
        HostState.load(cpu, vmcs);
        if (!stored || MsrArea.load(cpu, vmcs, EXIT_MSR_LOAD_COUNT, EXIT_MSR_LOAD_ADDRESS) != 0) {
            // a VMX abort: the processor cannot go on (SDM vol. 3, section 27.7)
            cpu.shutdown = true;
            return new Stop.Shutdown();
        }
        return pendingExit;
    }

    // ---- events

    @Override
    public void deliver(Occurrence event, Occurrence during) {
        if (intercepted(event)) {
            int length = isSoftware(event) || isSoftware(during) ? cpu.next - cpu.eip : 0;
            note(ExitReason.EXCEPTION_OR_NMI, exceptionQualification(event), length);
            vmcs.set(EXIT_INTERRUPTION_INFORMATION, information(event));
            vmcs.set(EXIT_INTERRUPTION_ERROR_CODE, hasError(event) ? event.errorCode() : 0);
            recordVectoring(during);
            if (event.vector() == Vector.PF) {
                cpu.cr2 = cpu.cr2Before;
            }
            throw ExitTaken.INSTANCE;
        }
        delivering = event;
    }

    private boolean intercepted(Occurrence event) {
        return switch (event.type()) {
            case NMI -> nmiExits();
            case EXCEPTION, PRIVILEGED_SOFTWARE_EXCEPTION, SOFTWARE_EXCEPTION -> inBitmap(event);
            case EXTERNAL, SOFTWARE_INTERRUPT -> false;
        };
    }

    private boolean inBitmap(Occurrence event) {
        boolean bit = (vmcs.getInt(EXCEPTION_BITMAP) & 1 << event.vector()) != 0;
        if (event.vector() != Vector.PF) {
            return bit;
        }
        int relevant = event.errorCode() & vmcs.getInt(PAGE_FAULT_ERROR_MASK);
        return (relevant == vmcs.getInt(PAGE_FAULT_ERROR_MATCH)) == bit;
    }

    private long exceptionQualification(Occurrence event) {
        return switch (event.vector()) {
            case Vector.PF -> cpu.cr2 & 0xffff_ffffL;
            case Vector.DB -> cpu.dr[6] & 0xe00fL;
            default -> 0;
        };
    }

    /** An instruction raised it on purpose: exits tell that instruction's length. */
    private static boolean isSoftware(Occurrence event) {
        return event != null && event.type().code >= Type.SOFTWARE_INTERRUPT.code;
    }

    @Override
    public void delivered() {
        delivering = null;
    }

    @Override
    public void tripleFault(Occurrence during) {
        delivering = null;
        throw exit(ExitReason.TRIPLE_FAULT, 0, 0);
    }

    @Override
    public boolean interruptExits() {
        return VmxControl.EXTERNAL_INTERRUPT_EXITING.in(vmcs);
    }

    @Override
    public void externalInterrupt() {
        note(ExitReason.EXTERNAL_INTERRUPT, 0, 0);
        recordVectoring(null);
        if (VmxControl.ACKNOWLEDGE_INTERRUPT_ON_EXIT.in(vmcs)) {
            vmcs.set(EXIT_INTERRUPTION_INFORMATION, cpu.acknowledgeInterrupt() | 1 << 31);
        }
        throw ExitTaken.INSTANCE;
    }

    @Override
    public boolean nmiExits() {
        return VmxControl.NMI_EXITING.in(vmcs);
    }

    @Override
    public boolean interruptWindow() {
        return VmxControl.INTERRUPT_WINDOW_EXITING.in(vmcs);
    }

    @Override
    public void interruptWindowOpen() {
        throw exit(ExitReason.INTERRUPT_WINDOW, 0, 0);
    }

    @Override
    public boolean nmiWindow() {
        return VmxControl.NMI_WINDOW_EXITING.in(vmcs);
    }

    @Override
    public void nmiWindowOpen() {
        throw exit(ExitReason.NMI_WINDOW, 0, 0);
    }

    @Override
    public boolean monitorTrap() {
        return VmxControl.MONITOR_TRAP_FLAG.in(vmcs);
    }

    @Override
    public void monitorTrapDue() {
        throw exit(ExitReason.MONITOR_TRAP, 0, 0);
    }

    // ---- instructions and registers

    @Override
    public boolean instruction(Insn i) {
        return instructions.exits(i);
    }

    @Override
    public void taskSwitch(int selector, TaskSwitcher.Cause cause) {
        int source = switch (cause) {
            case CALL -> 0;
            case RETURN -> 1;
            case JUMP -> 2;
            case EVENT -> 3;
        };
        boolean byEvent = cause == TaskSwitcher.Cause.EVENT && delivering != null;
        boolean hardwareEvent = byEvent && !isSoftware(delivering);
        throw exit(
                ExitReason.TASK_SWITCH,
                (selector & 0xffffL) | (long) source << 30,
                hardwareEvent ? 0 : cpu.next - cpu.eip);
    }

    @Override
    public int visibleCr(int index) {
        return switch (index) {
            case 0 -> shadowed(cpu.cr0, CR0_MASK, CR0_SHADOW);
            case 4 -> shadowed(cpu.cr4, CR4_MASK, CR4_SHADOW);
            default -> cpu.cr(index);
        };
    }

    private int shadowed(int value, VmcsField mask, VmcsField shadow) {
        int owned = vmcs.getInt(mask);
        return value & ~owned | vmcs.getInt(shadow) & owned;
    }

    @Override
    public int writableCr(int index, int value) {
        int owned = index == 0 ? vmcs.getInt(CR0_MASK) : index == 4 ? vmcs.getInt(CR4_MASK) : 0;
        int old = index == 0 ? cpu.cr0 : index == 4 ? cpu.cr4 : 0;
        int result = value & ~owned | old & owned;
        int fixed = index == 0 ? EntryChecks.cr0Fixed(vmcs) : index == 4 ? EntryChecks.CR4_FIXED : 0;
        if ((~result & fixed) != 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        return result;
    }

    @Override
    public long tscOffset() {
        return VmxControl.USE_TSC_OFFSETTING.in(vmcs) ? vmcs.get(TSC_OFFSET) : 0;
    }

    /** RFLAGS after every VM exit: everything clear but bit 1. */
    static final int HOST_RFLAGS = Eflags.ALWAYS_ONE;
}
