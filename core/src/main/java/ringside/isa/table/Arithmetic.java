package ringside.isa.table;

import static ringside.arch.Eflags.*;
import static ringside.isa.Attribute.*;

import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.isa.Alu;
import ringside.isa.Body;
import ringside.isa.CpuPort;
import ringside.isa.Insn;
import ringside.isa.Operand;

/** Addition, subtraction, comparison and logic, with the exchanging forms XADD, CMPXCHG and CMPXCHG8B. */
final class Arithmetic {
    private static final int NO_AF = ARITHMETIC & ~AF;

    private Arithmetic() {}

    static void rows(RowList t) {
        eight(t, 0, "add", 0, Arithmetic::add);
        eight(t, 1, "or", 0, Arithmetic::or);
        eight(t, 2, "adc", CF, Arithmetic::adc);
        eight(t, 3, "sbb", CF, Arithmetic::sbb);
        eight(t, 4, "and", 0, Arithmetic::and);
        eight(t, 5, "sub", 0, Arithmetic::sub);
        eight(t, 6, "xor", 0, Arithmetic::xor);
        eight(t, 7, "cmp", 0, Arithmetic::cmp);
        oneOperand(t);
        t.row("test", "84 /r", "Eb,Gb").is(BYTE).writes(NO_AF).undefined(AF).does(Arithmetic::test);
        t.row("test", "85 /r", "Ev,Gv").writes(NO_AF).undefined(AF).does(Arithmetic::test);
        t.row("test", "A8 ib", "AL,Ib").is(BYTE).writes(NO_AF).undefined(AF).does(Arithmetic::test);
        t.row("test", "A9 iz", "eAX,Iz").writes(NO_AF).undefined(AF).does(Arithmetic::test);
        t.row("test", "F6 /0 ib", "Eb,Ib").is(BYTE).writes(NO_AF).undefined(AF).does(Arithmetic::test);
        t.row("test", "F6 /1 ib", "Eb,Ib")
                .is(BYTE, ALIAS)
                .writes(NO_AF)
                .undefined(AF)
                .does(Arithmetic::test);
        t.row("test", "F7 /0 iz", "Ev,Iz").writes(NO_AF).undefined(AF).does(Arithmetic::test);
        t.row("test", "F7 /1 iz", "Ev,Iz").is(ALIAS).writes(NO_AF).undefined(AF).does(Arithmetic::test);
        exchanging(t, "cmpxchg", "0F B0 /r", "Eb,Gb").is(BYTE).does(Arithmetic::cmpxchg);
        exchanging(t, "cmpxchg", "0F B1 /r", "Ev,Gv").does(Arithmetic::cmpxchg);
        exchanging(t, "xadd", "0F C0 /r", "Eb,Gb").is(BYTE).does(Arithmetic::xadd);
        exchanging(t, "xadd", "0F C1 /r", "Ev,Gv").does(Arithmetic::xadd);
        t.row("cmpxchg8b", "0F C7 /1", "Mq")
                .is(LOCKABLE, MEMORY_ONLY)
                .since(Feature.CX8)
                .writes(ZF)
                .does(Arithmetic::cmpxchg8b);
    }

    private static RowList.Builder exchanging(RowList t, String name, String encoding, String operands) {
        return t.row(name, encoding, operands).is(LOCKABLE).since(Feature.I486).writes(ARITHMETIC);
    }

    /** The ten encodings of one of the eight classic operations. */
    private static void eight(RowList t, int number, String name, int read, Body body) {
        boolean logic = number == 1 || number == 4 || number == 6;
        String[] forms = {
            "%02X /r Eb,Gb",
            "%02X /r Ev,Gv",
            "%02X /r Gb,Eb",
            "%02X /r Gv,Ev",
            "%02X ib AL,Ib",
            "%02X iz eAX,Iz",
            "80 /%d ib Eb,Ib",
            "81 /%d iz Ev,Iz",
            "82 /%d ib Eb,Ib",
            "83 /%d ib Ev,Ibs"
        };
        for (int k = 0; k < forms.length; k++) {
            String form = forms[k].formatted(k < 6 ? number * 8 + k : number);
            int operands = form.lastIndexOf(' ');
            RowList.Builder row = t.row(name, form.substring(0, operands), form.substring(operands + 1));
            row.reads(read).writes(logic ? NO_AF : ARITHMETIC).undefined(logic ? AF : 0);
            if (form.endsWith("b")) {
                row.is(BYTE);
            }
            if (form.charAt(operands + 1) == 'E' && number != 7) {
                row.is(LOCKABLE);
            }
            if (k == 8) {
                row.is(ALIAS);
            }
            row.does(body);
        }
    }

    private static void oneOperand(RowList t) {
        int noCarry = ARITHMETIC & ~CF;
        t.row("inc", "40+r", "Zv").writes(noCarry).does(Arithmetic::inc);
        t.row("inc", "FE /0", "Eb").is(BYTE, LOCKABLE).writes(noCarry).does(Arithmetic::inc);
        t.row("inc", "FF /0", "Ev").is(LOCKABLE).writes(noCarry).does(Arithmetic::inc);
        t.row("dec", "48+r", "Zv").writes(noCarry).does(Arithmetic::dec);
        t.row("dec", "FE /1", "Eb").is(BYTE, LOCKABLE).writes(noCarry).does(Arithmetic::dec);
        t.row("dec", "FF /1", "Ev").is(LOCKABLE).writes(noCarry).does(Arithmetic::dec);
        t.row("not", "F6 /2", "Eb").is(BYTE, LOCKABLE).does(Arithmetic::not);
        t.row("not", "F7 /2", "Ev").is(LOCKABLE).does(Arithmetic::not);
        t.row("neg", "F6 /3", "Eb").is(BYTE, LOCKABLE).writes(ARITHMETIC).does(Arithmetic::neg);
        t.row("neg", "F7 /3", "Ev").is(LOCKABLE).writes(ARITHMETIC).does(Arithmetic::neg);
    }

    // readForWrite has made sure that the write cannot fault: flags may be set before it

    private static void add(CpuPort p, Insn i) {
        i.op0.write(p, Alu.add(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void or(CpuPort p, Insn i) {
        i.op0.write(p, Alu.or(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void adc(CpuPort p, Insn i) {
        i.op0.write(p, Alu.adc(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void sbb(CpuPort p, Insn i) {
        i.op0.write(p, Alu.sbb(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void and(CpuPort p, Insn i) {
        i.op0.write(p, Alu.and(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void sub(CpuPort p, Insn i) {
        i.op0.write(p, Alu.sub(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void xor(CpuPort p, Insn i) {
        i.op0.write(p, Alu.xor(p, i.op0.bits(), i.op0.readForWrite(p), i.op1.read(p)));
    }

    private static void cmp(CpuPort p, Insn i) {
        Alu.cmp(p, i.op0.bits(), i.op0.read(p), i.op1.read(p));
    }

    private static void test(CpuPort p, Insn i) {
        Alu.test(p, i.op0.bits(), i.op0.read(p), i.op1.read(p));
    }

    private static void inc(CpuPort p, Insn i) {
        i.op0.write(p, Alu.inc(p, i.op0.bits(), i.op0.readForWrite(p)));
    }

    private static void dec(CpuPort p, Insn i) {
        i.op0.write(p, Alu.dec(p, i.op0.bits(), i.op0.readForWrite(p)));
    }

    private static void neg(CpuPort p, Insn i) {
        i.op0.write(p, Alu.neg(p, i.op0.bits(), i.op0.readForWrite(p)));
    }

    private static void not(CpuPort p, Insn i) {
        i.op0.write(p, ~i.op0.readForWrite(p));
    }

    /** The destination is written either way, as the bus sees it. */
    private static void cmpxchg(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        int old = i.op0.readForWrite(p);
        int source = i.op1.read(p);
        Alu.cmp(p, bits, p.reg(bits, Reg.EAX), old);
        if (p.zf()) {
            i.op0.write(p, source);
        } else {
            i.op0.write(p, old);
            p.reg(bits, Reg.EAX, old);
        }
    }

    private static void xadd(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        int old = i.op0.readForWrite(p);
        int sum = Alu.add(p, bits, old, i.op1.read(p));
        if (i.op0 instanceof Operand.Mem) {
            // before the source, which may be part of the address
            i.op0.write(p, sum);
            i.op1.write(p, old);
        } else {
            i.op1.write(p, old);
            i.op0.write(p, sum);
        }
    }

    private static void cmpxchg8b(CpuPort p, Insn i) {
        Operand.Mem m = (Operand.Mem) i.op0;
        int offset = m.offset(p);
        long old = p.load64ForWrite(m.seg(), offset);
        boolean equal = old == ((long) p.r[Reg.EDX] << 32 | p.r[Reg.EAX] & 0xffffffffL);
        p.store64(m.seg(), offset, equal ? (long) p.r[Reg.ECX] << 32 | p.r[Reg.EBX] & 0xffffffffL : old);
        if (!equal) {
            p.r[Reg.EAX] = (int) old;
            p.r[Reg.EDX] = (int) (old >>> 32);
        }
        p.changeFlags(ZF, equal ? ZF : 0);
    }
}
