package ringside.isa.table;

import static ringside.arch.Eflags.*;
import static ringside.isa.Attribute.*;

import ringside.isa.Body;
import ringside.isa.CpuPort;
import ringside.isa.Insn;
import ringside.isa.Operand;

/** Single bits: BT, BTS, BTR, BTC, BSF, BSR. A register offset into memory reaches +-2^31 bits around the operand. */
final class BitOperations {
    /** What becomes of the operand; {@code null} stands for BT, which does not write. */
    @FunctionalInterface
    private interface Change {
        int apply(int value, int bit);
    }

    private BitOperations() {}

    static void rows(RowList t) {
        family(t, 4, "bt", null);
        family(t, 5, "bts", (value, bit) -> value | bit);
        family(t, 6, "btr", (value, bit) -> value & ~bit);
        family(t, 7, "btc", (value, bit) -> value ^ bit);
        scan(t, "bsf", "0F BC /r", (p, i) -> scan(p, i, false));
        scan(t, "bsr", "0F BD /r", (p, i) -> scan(p, i, true));
    }

    private static void family(RowList t, int number, String name, Change change) {
        String[][] forms = {
            {"0F %02X /r".formatted(0x83 + 8 * number), "Ev,Gv"}, {"0F BA /%d ib".formatted(number), "Ev,Ib"}
        };
        for (String[] form : forms) {
            RowList.Builder row = t.row(name, form[0], form[1]).writes(CF).undefined(OF | SF | AF | PF);
            if (change != null) {
                row.is(LOCKABLE);
            }
            row.does((p, i) -> bit(p, i, change));
        }
    }

    private static void scan(RowList t, String name, String encoding, Body body) {
        t.row(name, encoding, "Gv,Ev")
                .writes(ZF)
                .undefined(CF | OF | SF | AF | PF)
                .does(body);
    }

    private static void bit(CpuPort p, Insn i, Change change) {
        int bits = i.opSize;
        int position = i.op1.read(p);
        Operand target = i.op0;
        if (target instanceof Operand.Mem m && !(i.op1 instanceof Operand.Imm)) {
            target = displaced(m, bits, bits == 16 ? (short) position : position);
        }
        int bit = 1 << (position & bits - 1);
        int value = change == null ? target.read(p) : target.readForWrite(p);
        if (change != null) {
            target.write(p, change.apply(value, bit));
        }
        p.carry((value & bit) != 0);
    }

    /** The word or doubleword that holds bit {@code position}, counted from {@code m}. */
    private static Operand.Mem displaced(Operand.Mem m, int bits, int position) {
        int bytes = bits == 16 ? (position >> 4) * 2 : (position >> 5) * 4;
        return new Operand.Mem(m.bits(), m.seg(), m.base(), m.index(), m.scale(), m.disp() + bytes, m.addressBits());
    }

    /** A source of zero sets ZF and leaves the destination alone, as every processor does. */
    private static void scan(CpuPort p, Insn i, boolean reverse) {
        int source = i.op1.read(p);
        if (source != 0) {
            i.op0.write(p, reverse ? 31 - Integer.numberOfLeadingZeros(source) : Integer.numberOfTrailingZeros(source));
        }
        p.changeFlags(ZF, source == 0 ? ZF : 0);
    }
}
