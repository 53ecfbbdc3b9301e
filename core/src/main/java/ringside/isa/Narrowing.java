package ringside.isa;

import java.util.List;
import ringside.arch.Control;
import ringside.arch.Reg;

/** What remains of a row's sensitivity in one state of the processor: the rules of SDM vol. 3, sections 2.8, 20 and 5.9. */
final class Narrowing {
    private Narrowing() {}

    static Sensitivity of(Row row, List<Operand> operands, Privilege state) {
        return switch (row.mnemonic()) {
            case "sgdt", "sidt", "smsw" -> storesSystemState(state);
            case "sldt", "str" -> state.isProtected() ? storesSystemState(state) : Sensitivity.INNOCUOUS;
            case "lar", "lsl", "verr", "verw" -> inProtectedMode(row, state);
            case "rdtsc" -> state.has(Control.CR4_TSD) ? Sensitivity.PRIVILEGED : Sensitivity.UNPRIVILEGED;
            case "rdpmc" -> state.has(Control.CR4_PCE) ? Sensitivity.UNPRIVILEGED : Sensitivity.PRIVILEGED;
            case "cli", "sti" -> byIopl(state, state.virtualInterruptFlag());
            case "pushf{w|d|}", "popf{w|d|}", "iret{w|d|}", "int" -> flagsAndInterrupts(row, state);
            case "mov", "push" -> segmentMove(row, operands, state);
            case "pop", "lds", "les", "lfs", "lgs", "lss", "jmp", "call", "jmp far", "call far", "retf" ->
                inProtectedMode(row, state);
            default -> row.kind() == Sensitivity.IOPL_SENSITIVE ? port(state) : row.kind();
        };
    }

    /** SGDT SIDT SMSW, SLDT STR: they read the VMM's registers unless CR4.UMIP makes them trap. */
    private static Sensitivity storesSystemState(Privilege state) {
        return state.has(Control.CR4_UMIP) ? Sensitivity.PRIVILEGED : Sensitivity.UNPRIVILEGED;
    }

    /** What works on descriptors: #UD or plain selectors outside protected mode, where it leaks nothing. */
    private static Sensitivity inProtectedMode(Row row, Privilege state) {
        return state.isProtected() ? row.kind() : Sensitivity.INNOCUOUS;
    }

    /** With CPL above IOPL it traps, unless VIF stands in; else it changes the real IF without a word. */
    private static Sensitivity byIopl(Privilege state, boolean virtualFlag) {
        boolean traps = state.cpl() > state.iopl() && !virtualFlag;
        return traps || state.cpl() == 0 ? Sensitivity.IOPL_SENSITIVE : Sensitivity.UNPRIVILEGED;
    }

    /** PUSHF, POPF, IRET and INT n trap in virtual-8086 mode at IOPL below 3 (unless CR4.VME), and nowhere else. */
    private static Sensitivity flagsAndInterrupts(Row row, Privilege state) {
        return state.isVirtual8086() ? byIopl(state, state.virtualInterruptFlag()) : row.kind();
    }

    /** Virtual-8086 mode asks the TSS's bitmap alone. */
    private static Sensitivity port(Privilege state) {
        return state.isVirtual8086() ? Sensitivity.IOPL_SENSITIVE : byIopl(state, false);
    }

    /** A store shows the RPL of CS and SS only: the others keep what they were loaded with. */
    private static Sensitivity segmentMove(Row row, List<Operand> operands, Privilege state) {
        if (row.kind() != Sensitivity.UNPRIVILEGED) {
            return row.kind();
        }
        boolean stores = operands.getLast() instanceof Operand.Seg;
        boolean visible = !stores
                || operands.getLast() instanceof Operand.Seg seg && (seg.index() == Reg.CS || seg.index() == Reg.SS);
        return visible ? inProtectedMode(row, state) : Sensitivity.INNOCUOUS;
    }
}
