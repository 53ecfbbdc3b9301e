package ringside.isa.table;

import static ringside.arch.Eflags.*;
import static ringside.isa.Attribute.*;

import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.Alu;
import ringside.isa.CpuPort;
import ringside.isa.Insn;

/** Multiplication and division; #DE for a divisor of zero and for a quotient that does not fit. */
final class Multiplication {
    private static final int OVERFLOW = CF | OF;
    private static final int OPEN = SF | ZF | AF | PF;

    private Multiplication() {}

    static void rows(RowList t) {
        t.row("mul", "F6 /4", "Eb").is(BYTE).writes(OVERFLOW).undefined(OPEN).does(Multiplication::mul);
        t.row("mul", "F7 /4", "Ev").writes(OVERFLOW).undefined(OPEN).does(Multiplication::mul);
        t.row("imul", "69 /r iz", "Gv,Ev,Iz").writes(OVERFLOW).undefined(OPEN).does(Multiplication::imulTruncating);
        t.row("imul", "6B /r ib", "Gv,Ev,Ibs").writes(OVERFLOW).undefined(OPEN).does(Multiplication::imulTruncating);
        t.row("imul", "F6 /5", "Eb").is(BYTE).writes(OVERFLOW).undefined(OPEN).does(Multiplication::imul);
        t.row("imul", "F7 /5", "Ev").writes(OVERFLOW).undefined(OPEN).does(Multiplication::imul);
        t.row("imul", "0F AF /r", "Gv,Ev").writes(OVERFLOW).undefined(OPEN).does(Multiplication::imulTruncating);
        t.row("div", "F6 /6", "Eb").is(BYTE).undefined(ARITHMETIC).does(Multiplication::div);
        t.row("div", "F7 /6", "Ev").undefined(ARITHMETIC).does(Multiplication::div);
        t.row("idiv", "F6 /7", "Eb").is(BYTE).undefined(ARITHMETIC).does(Multiplication::idiv);
        t.row("idiv", "F7 /7", "Ev").undefined(ARITHMETIC).does(Multiplication::idiv);
    }

    private static void mul(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        int factor = i.op0.read(p);
        setDouble(p, bits, Alu.mul(p, bits, p.r[Reg.EAX], factor));
    }

    private static void imul(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        int factor = i.op0.read(p);
        setDouble(p, bits, Alu.imul(p, bits, p.r[Reg.EAX], factor));
    }

    /** Two and three operands: the lower half of the product goes to the first. */
    private static void imulTruncating(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        int a = i.op2 == null ? i.op0.read(p) : i.op1.read(p);
        int b = i.op2 == null ? i.op1.read(p) : i.op2.read(p);
        i.op0.write(p, (int) Alu.imul(p, bits, a, b));
    }

    private static void div(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        long divisor = i.op0.read(p) & 0xffffffffL;
        if (divisor == 0) {
            throw p.fault(Vector.DE);
        }
        long dividend = dividend(p, bits);
        long quotient = Long.divideUnsigned(dividend, divisor);
        if (quotient >>> bits != 0) {
            throw p.fault(Vector.DE);
        }
        setQuotient(p, bits, quotient, Long.remainderUnsigned(dividend, divisor));
    }

    private static void idiv(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        long divisor = Alu.sign(bits, i.op0.read(p));
        if (divisor == 0) {
            throw p.fault(Vector.DE);
        }
        long dividend = dividend(p, bits) << 64 - 2 * bits >> 64 - 2 * bits;
        long quotient = dividend / divisor;
        // the one quotient that wraps in 64 bits, -2^63 / -1, fails this test too
        if (quotient != Alu.sign(bits, (int) quotient)) {
            throw p.fault(Vector.DE);
        }
        setQuotient(p, bits, quotient, dividend % divisor);
    }

    /** AX, DX:AX or EDX:EAX. */
    private static long dividend(CpuPort p, int bits) {
        return switch (bits) {
            case 8 -> p.r[Reg.EAX] & 0xffff;
            case 16 -> p.r[Reg.EDX] << 16 & 0xffff0000L | p.r[Reg.EAX] & 0xffff;
            default -> (long) p.r[Reg.EDX] << 32 | p.r[Reg.EAX] & 0xffffffffL;
        };
    }

    private static void setDouble(CpuPort p, int bits, long value) {
        if (bits == 8) {
            p.reg16(Reg.EAX, (int) value);
        } else {
            p.reg(bits, Reg.EAX, (int) value);
            p.reg(bits, Reg.EDX, (int) (value >> bits));
        }
    }

    private static void setQuotient(CpuPort p, int bits, long quotient, long remainder) {
        if (bits == 8) {
            p.reg16(Reg.EAX, (int) remainder << 8 | (int) quotient & 0xff);
        } else {
            p.reg(bits, Reg.EAX, (int) quotient);
            p.reg(bits, Reg.EDX, (int) remainder);
        }
    }
}
