package ringside.isa.table;

import static ringside.arch.Eflags.*;

import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.CpuPort;
import ringside.isa.Insn;

/** Binary-coded decimal adjustments: DAA, DAS, AAA, AAS, AAM, AAD. */
final class Decimal {
    private static final int RESULT = SF | ZF | PF;

    private Decimal() {}

    static void rows(RowList t) {
        t.row("daa", "27", "")
                .reads(CF | AF)
                .writes(RESULT | CF | AF)
                .undefined(OF)
                .does(Decimal::daa);
        t.row("das", "2F", "")
                .reads(CF | AF)
                .writes(RESULT | CF | AF)
                .undefined(OF)
                .does(Decimal::das);
        t.row("aaa", "37", "").reads(AF).writes(CF | AF).undefined(OF | RESULT).does(Decimal::aaa);
        t.row("aas", "3F", "").reads(AF).writes(CF | AF).undefined(OF | RESULT).does(Decimal::aas);
        t.row("aam", "D4 ib", "Ib").writes(RESULT).undefined(OF | CF | AF).does(Decimal::aam);
        t.row("aad", "D5 ib", "Ib").writes(RESULT).undefined(OF | CF | AF).does(Decimal::aad);
    }

    private static void daa(CpuPort p, Insn i) {
        packed(p, 1);
    }

    private static void das(CpuPort p, Insn i) {
        packed(p, -1);
    }

    private static void packed(CpuPort p, int direction) {
        int old = p.reg8(Reg.EAX);
        boolean low = (old & 15) > 9 || p.af();
        boolean high = old > 0x99 || p.cf();
        int afterLow = low ? old + 6 * direction : old;
        boolean borrowed = direction < 0 && afterLow < 0;
        int al = (high ? afterLow + 0x60 * direction : afterLow) & 0xff;
        p.reg8(Reg.EAX, al);
        byteFlags(p, al, high || borrowed, low);
    }

    private static void aaa(CpuPort p, Insn i) {
        unpacked(p, 0x106);
    }

    private static void aas(CpuPort p, Insn i) {
        unpacked(p, -0x106);
    }

    private static void unpacked(CpuPort p, int adjustment) {
        int ax = p.r[Reg.EAX] & 0xffff;
        boolean adjust = (ax & 15) > 9 || p.af();
        ax = (adjust ? ax + adjustment : ax) & 0xff0f;
        p.reg16(Reg.EAX, ax);
        byteFlags(p, ax & 0xff, adjust, adjust);
    }

    private static void aam(CpuPort p, Insn i) {
        int base = i.op0.read(p) & 0xff;
        if (base == 0) {
            throw p.fault(Vector.DE);
        }
        int al = p.reg8(Reg.EAX);
        p.reg16(Reg.EAX, al / base << 8 | al % base);
        byteFlags(p, al % base, false, false);
    }

    private static void aad(CpuPort p, Insn i) {
        int base = i.op0.read(p) & 0xff;
        int al = p.reg8(Reg.EAX) + p.reg8(Reg.ESP) * base & 0xff;
        p.reg16(Reg.EAX, al);
        byteFlags(p, al, false, false);
    }

    /** SF, ZF, PF of a byte with CF and AF as given; OF, which the manual leaves open, is 0. */
    private static void byteFlags(CpuPort p, int value, boolean cf, boolean af) {
        p.flags((byte) value, (cf ? 0xc0000000 : 0) | (af ? 8 : 0));
    }
}
