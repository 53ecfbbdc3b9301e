package ringside.engine;

import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Operand.Gpr;
import ringside.isa.Operand.Imm;
import ringside.isa.Operand.Mem;

/**
 * Operations written out for the forms that dominate real programs; everything else runs through its row's body.
 *
 * <p>Each is a class of its own, so that HotSpot compiles its arithmetic, flags and access into one piece. They compute
 * with the same {@code Alu} and {@code Shifter} as the bodies, and a test runs both side by side.
 */
final class HotForms {
    private HotForms() {}

    /** An operation for {@code insn} at offset {@code start} of its block, or null where the body must do. */
    static Op of(Insn insn, int start) {
        if (!insn.isValid() || insn.addrSize != 32) {
            return null;
        }
        String name = insn.row.mnemonic();
        Op branch = HotBranches.of(name, insn, start);
        return branch != null ? branch : operands(name, insn);
    }

    private static Op operands(String name, Insn insn) {
        Operand a = insn.op0;
        Operand b = insn.op1;
        if (insn.op2 != null || a == null) {
            return HotMoves.three(name, insn);
        }
        if (b == null) {
            return insn.opSize == 32 ? HotMoves.one(name, a) : null;
        }
        if (a instanceof Gpr d && d.bits() == 32 && b instanceof Gpr s && s.bits() == 32) {
            Op op = HotArithmetic.registers(name, d.index(), s.index());
            return op != null ? op : HotMoves.registers(name, d.index(), s.index());
        }
        if (a instanceof Gpr d && d.bits() == 32 && b instanceof Imm i) {
            return HotArithmetic.immediate(name, d.index(), i.value());
        }
        if (a instanceof Gpr d && d.bits() == 32 && b instanceof Mem m) {
            Op op = m.bits() == 32 ? HotArithmetic.load(name, d.index(), new Ea(m)) : null;
            return op != null ? op : HotMoves.load(name, d.index(), m, new Ea(m));
        }
        if (a instanceof Mem m && m.bits() == 32 && b instanceof Gpr s && s.bits() == 32) {
            return HotArithmetic.store(name, new Ea(m), s.index());
        }
        if (a instanceof Mem m && m.bits() == 32 && b instanceof Imm i) {
            return HotArithmetic.storeImmediate(name, new Ea(m), i.value());
        }
        return HotBytes.of(name, a, b);
    }
}
