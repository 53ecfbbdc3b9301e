package ringside.engine;

import ringside.isa.Alu;
import ringside.isa.Operand;
import ringside.isa.Operand.Gpr;
import ringside.isa.Operand.Imm;
import ringside.isa.Operand.Mem;
import ringside.machine.cpu.Cpu;

/** Byte moves, comparisons and widenings. */
final class HotBytes {
    private HotBytes() {}

    /** {@code name a, b} with a byte operand, or null. */
    static Op of(String name, Operand a, Operand b) {
        if (a instanceof Gpr d && d.bits() == 8 && b instanceof Mem m) {
            return load(name, d.index(), new Ea(m));
        }
        if (a instanceof Mem m && m.bits() == 8 && b instanceof Gpr s) {
            return store(name, new Ea(m), s.index());
        }
        if (a instanceof Mem m && m.bits() == 8 && b instanceof Imm i) {
            return storeImmediate(name, new Ea(m), i.value());
        }
        if (a instanceof Gpr d && d.bits() == 8 && b instanceof Gpr s && s.bits() == 8) {
            return registers(name, d.index(), s.index());
        }
        if (a instanceof Gpr d && d.bits() == 8 && b instanceof Imm i) {
            return immediate(name, d.index(), i.value());
        }
        return a instanceof Gpr d && d.bits() == 32 && b instanceof Gpr s ? widen(name, d.index(), s) : null;
    }

    private static Op load(String name, int d, Ea ea) {
        return switch (name) {
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.reg8(d, c.load8(ea.seg, ea.offset(c)));
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp(c, 8, c.reg8(d), c.load8(ea.seg, ea.offset(c)));
                    }
                };
            default -> null;
        };
    }

    private static Op store(String name, Ea ea, int s) {
        return switch (name) {
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.store8(ea.seg, ea.offset(c), c.reg8(s));
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp(c, 8, c.load8(ea.seg, ea.offset(c)), c.reg8(s));
                    }
                };
            default -> null;
        };
    }

    private static Op storeImmediate(String name, Ea ea, int value) {
        return switch (name) {
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.store8(ea.seg, ea.offset(c), value);
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp(c, 8, c.load8(ea.seg, ea.offset(c)), value);
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test(c, 8, c.load8(ea.seg, ea.offset(c)), value);
                    }
                };
            default -> null;
        };
    }

    private static Op registers(String name, int d, int s) {
        return switch (name) {
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.reg8(d, c.reg8(s));
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test(c, 8, c.reg8(d), c.reg8(s));
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp(c, 8, c.reg8(d), c.reg8(s));
                    }
                };
            default -> null;
        };
    }

    private static Op immediate(String name, int d, int value) {
        return switch (name) {
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.reg8(d, value);
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test(c, 8, c.reg8(d), value);
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp(c, 8, c.reg8(d), value);
                    }
                };
            default -> null;
        };
    }

    private static Op widen(String name, int d, Gpr source) {
        int s = source.index();
        return switch (name + source.bits()) {
            case "movzx8" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.reg8(s);
                    }
                };
            case "movzx16" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.r[s] & 0xffff;
                    }
                };
            case "movsx8" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = (byte) c.reg8(s);
                    }
                };
            case "movsx16" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = (short) c.r[s];
                    }
                };
            default -> null;
        };
    }
}
