package ringside.engine;

import ringside.isa.Alu;
import ringside.isa.Shifter;
import ringside.machine.cpu.Cpu;

/** 32-bit arithmetic, logic, comparison and moves between registers, immediates and memory. */
final class HotArithmetic {
    private HotArithmetic() {}

    /** {@code name d, s} on registers, or null. */
    static Op registers(String name, int d, int s) {
        return switch (name) {
            case "add" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.add32(c, c.r[d], c.r[s]);
                    }
                };
            case "adc" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.adc32(c, c.r[d], c.r[s]);
                    }
                };
            case "sub" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.sub32(c, c.r[d], c.r[s]);
                    }
                };
            case "sbb" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.sbb32(c, c.r[d], c.r[s]);
                    }
                };
            case "and" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.and32(c, c.r[d], c.r[s]);
                    }
                };
            case "or" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.or32(c, c.r[d], c.r[s]);
                    }
                };
            case "xor" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.xor32(c, c.r[d], c.r[s]);
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp32(c, c.r[d], c.r[s]);
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test32(c, c.r[d], c.r[s]);
                    }
                };
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.r[s];
                    }
                };
            default -> null;
        };
    }

    /** {@code name d, value}, or null. */
    static Op immediate(String name, int d, int value) {
        return switch (name) {
            case "add" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.add32(c, c.r[d], value);
                    }
                };
            case "adc" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.adc32(c, c.r[d], value);
                    }
                };
            case "sub" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.sub32(c, c.r[d], value);
                    }
                };
            case "sbb" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.sbb32(c, c.r[d], value);
                    }
                };
            case "and" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.and32(c, c.r[d], value);
                    }
                };
            case "or" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.or32(c, c.r[d], value);
                    }
                };
            case "xor" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.xor32(c, c.r[d], value);
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp32(c, c.r[d], value);
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test32(c, c.r[d], value);
                    }
                };
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = value;
                    }
                };
            case "shl" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Shifter.shl32(c, c.r[d], value);
                    }
                };
            case "shr" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Shifter.shr32(c, c.r[d], value);
                    }
                };
            case "sar" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Shifter.sar32(c, c.r[d], value);
                    }
                };
            case "rol" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Shifter.rol(c, 32, c.r[d], value);
                    }
                };
            case "ror" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Shifter.ror(c, 32, c.r[d], value);
                    }
                };
            default -> null;
        };
    }

    /** {@code name d, [ea]}, or null. */
    static Op load(String name, int d, Ea ea) {
        return switch (name) {
            case "add" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.add32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "adc" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.adc32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "sub" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.sub32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "sbb" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.sbb32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "and" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.and32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "or" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.or32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "xor" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = Alu.xor32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp32(c, c.r[d], c.load32(ea.seg, ea.offset(c)));
                    }
                };
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.r[d] = c.load32(ea.seg, ea.offset(c));
                    }
                };
            default -> null;
        };
    }

    /** {@code name [ea], s}, or null. */
    static Op store(String name, Ea ea, int s) {
        return switch (name) {
            case "add" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.add32(c, old, c.r[s]));
                    }
                };
            case "adc" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.adc32(c, old, c.r[s]));
                    }
                };
            case "sub" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.sub32(c, old, c.r[s]));
                    }
                };
            case "sbb" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.sbb32(c, old, c.r[s]));
                    }
                };
            case "and" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.and32(c, old, c.r[s]));
                    }
                };
            case "or" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.or32(c, old, c.r[s]));
                    }
                };
            case "xor" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.xor32(c, old, c.r[s]));
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp32(c, c.load32(ea.seg, ea.offset(c)), c.r[s]);
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test32(c, c.load32(ea.seg, ea.offset(c)), c.r[s]);
                    }
                };
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.store32(ea.seg, ea.offset(c), c.r[s]);
                    }
                };
            default -> null;
        };
    }

    /** {@code name [ea], value}, or null. */
    static Op storeImmediate(String name, Ea ea, int value) {
        return switch (name) {
            case "add" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.add32(c, old, value));
                    }
                };
            case "adc" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.adc32(c, old, value));
                    }
                };
            case "sub" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.sub32(c, old, value));
                    }
                };
            case "sbb" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.sbb32(c, old, value));
                    }
                };
            case "and" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.and32(c, old, value));
                    }
                };
            case "or" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.or32(c, old, value));
                    }
                };
            case "xor" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        int offset = ea.offset(c);
                        int old = c.loadForWrite(32, ea.seg, offset);
                        c.store32(ea.seg, offset, Alu.xor32(c, old, value));
                    }
                };
            case "cmp" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.cmp32(c, c.load32(ea.seg, ea.offset(c)), value);
                    }
                };
            case "test" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        Alu.test32(c, c.load32(ea.seg, ea.offset(c)), value);
                    }
                };
            case "mov" ->
                new Op() {
                    @Override
                    void run(Cpu c) {
                        c.store32(ea.seg, ea.offset(c), value);
                    }
                };
            default -> null;
        };
    }
}
