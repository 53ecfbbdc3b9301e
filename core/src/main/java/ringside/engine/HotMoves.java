package ringside.engine;

import ringside.isa.Alu;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Operand.Gpr;
import ringside.isa.Operand.Imm;
import ringside.isa.Operand.Mem;
import ringside.isa.Shifter;
import ringside.machine.cpu.Cpu;

/** Stack, address and widening moves, and the one- and three-operand forms of 32-bit arithmetic. */
final class HotMoves {
    private HotMoves() {}

    /** {@code name a} with a 32-bit register or an immediate, or null. */
    static Op one(String name, Operand a) {
        if (a instanceof Imm i && name.equals("push") && i.bits() != 16) {
            return pushImmediate(i.value());
        }
        if (!(a instanceof Gpr g) || g.bits() != 32) {
            return null;
        }
        int d = g.index();
        return switch (name) {
            case "push" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.push(32, c.r[d]);
                    }
                };
            case "pop" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.pop(32);
                    }
                };
            case "inc" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.inc32(c, c.r[d]);
                    }
                };
            case "dec" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.dec32(c, c.r[d]);
                    }
                };
            case "neg" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.neg(c, 32, c.r[d]);
                    }
                };
            case "not" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = ~c.r[d];
                    }
                };
            default -> null;
        };
    }

    private static Op pushImmediate(int value) {
        return new Op() {
            @Override
            void run(Cpu c) {
                c.push(32, value);
            }
        };
    }

    /** {@code name d, s} on 32-bit registers beyond plain arithmetic, or null. */
    static Op registers(String name, int d, int s) {
        return name.equals("imul")
                ? new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = (int) Alu.imul(c, 32, c.r[d], c.r[s]);
                    }
                }
                : null;
    }

    /** LEA, MOVZX and MOVSX from memory, or null. */
    static Op load(String name, int d, Mem m, Ea ea) {
        return switch (name + m.bits()) {
            case "lea0" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = ea.offset(c);
                    }
                };
            case "movzx8" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.load8(ea.seg, ea.offset(c));
                    }
                };
            case "movzx16" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.load16(ea.seg, ea.offset(c));
                    }
                };
            case "movsx8" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = (byte) c.load8(ea.seg, ea.offset(c));
                    }
                };
            case "movsx16" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = (short) c.load16(ea.seg, ea.offset(c));
                    }
                };
            default -> null;
        };
    }

    /** Forms with three operands or none: IMUL by an immediate and double shifts on registers, or null. */
    static Op three(String name, Insn insn) {
        if (!(insn.op0 instanceof Gpr d && d.bits() == 32)
                || !(insn.op1 instanceof Gpr s)
                || !(insn.op2 instanceof Imm imm)) {
            return null;
        }
        int to = d.index();
        int from = s.index();
        int value = imm.value();
        return switch (name) {
            case "imul" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[to] = (int) Alu.imul(c, 32, c.r[from], value);
                    }
                };
            case "shld" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[to] = Shifter.shld(c, 32, c.r[to], c.r[from], value);
                    }
                };
            case "shrd" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[to] = Shifter.shrd(c, 32, c.r[to], c.r[from], value);
                    }
                };
            default -> null;
        };
    }
}
