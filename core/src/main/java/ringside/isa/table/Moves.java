package ringside.isa.table;

import static ringside.isa.Attribute.*;

import ringside.arch.Eflags;
import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.isa.Alu;
import ringside.isa.Condition;
import ringside.isa.CpuPort;
import ringside.isa.Insn;
import ringside.isa.Operand;

/** Data movement between general registers, memory and immediates, and conversions of width. */
final class Moves {
    private Moves() {}

    static void rows(RowList t) {
        t.row("mov", "88 /r", "Eb,Gb").is(BYTE).does(Moves::mov);
        t.row("mov", "89 /r", "Ev,Gv").does(Moves::mov);
        t.row("mov", "8A /r", "Gb,Eb").is(BYTE).does(Moves::mov);
        t.row("mov", "8B /r", "Gv,Ev").does(Moves::mov);
        t.row("mov", "A0", "AL,Ob").is(BYTE).does(Moves::mov);
        t.row("mov", "A1", "eAX,Ov").does(Moves::mov);
        t.row("mov", "A2", "Ob,AL").is(BYTE).does(Moves::mov);
        t.row("mov", "A3", "Ov,eAX").does(Moves::mov);
        t.row("mov", "B0+r ib", "Zb,Ib").is(BYTE).does(Moves::mov);
        t.row("mov", "B8+r iz", "Zv,Iz").does(Moves::mov);
        t.row("mov", "C6 /0 ib", "Eb,Ib").is(BYTE).does(Moves::mov);
        t.row("mov", "C7 /0 iz", "Ev,Iz").does(Moves::mov);
        t.row("movzx", "0F B6 /r", "Gv,Eb").does(Moves::mov);
        t.row("movzx", "0F B7 /r", "Gv,Ew").does(Moves::mov);
        t.row("movsx", "0F BE /r", "Gv,Eb").does(Moves::movsx);
        t.row("movsx", "0F BF /r", "Gv,Ew").does(Moves::movsx);
        t.row("xchg", "86 /r", "Eb,Gb").is(BYTE, LOCKABLE).does(Moves::xchg);
        t.row("xchg", "87 /r", "Ev,Gv").is(LOCKABLE).does(Moves::xchg);
        t.row("xchg", "90+r", "Zv,eAX").does(Moves::xchg);
        t.row("lea", "8D /r", "Gv,M").is(MEMORY_ONLY).does(Moves::lea);
        t.row("xlatb", "D7", "").manual("XLAT/XLATB").does(Moves::xlat);
        t.row("c{bw|wde}", "98", "").manual("CBW/CWDE/CDQE").does(Moves::convertHalf);
        t.row("c{wd|dq}", "99", "").manual("CWD/CDQ/CQO").does(Moves::convertDouble);
        t.row("bswap", "0F C8+r", "Zv").since(Feature.I486).does(Moves::bswap);
        t.row("salc", "D6", "").reads(Eflags.CF).does(Moves::salc);
        for (int cc = 0; cc < 16; cc++) {
            conditional(t, cc);
        }
    }

    private static void conditional(RowList t, int cc) {
        String name = Condition.NAMES.get(cc);
        int reads = FlagControl.conditionReads(cc);
        t.row("set" + name, "0F %02X /r".formatted(0x90 + cc), "Eb")
                .is(BYTE)
                .reads(reads)
                .manual("SETcc")
                .does((p, i) -> i.op0.write(p, p.condition(cc) ? 1 : 0));
        t.row("cmov" + name, "0F %02X /r".formatted(0x40 + cc), "Gv,Ev")
                .reads(reads)
                .since(Feature.CMOV)
                .manual("CMOVcc")
                .does((p, i) -> conditionalMove(p, i, cc));
    }

    /** The source is read, and may fault, whatever the condition says. */
    private static void conditionalMove(CpuPort p, Insn i, int cc) {
        int value = i.op1.read(p);
        if (p.condition(cc)) {
            i.op0.write(p, value);
        }
    }

    private static void mov(CpuPort p, Insn i) {
        i.op0.write(p, i.op1.read(p));
    }

    private static void movsx(CpuPort p, Insn i) {
        i.op0.write(p, Alu.sign(i.op1.bits(), i.op1.read(p)));
    }

    private static void xchg(CpuPort p, Insn i) {
        int first = i.op0.readForWrite(p);
        int second = i.op1.read(p);
        i.op0.write(p, second);
        i.op1.write(p, first);
    }

    private static void lea(CpuPort p, Insn i) {
        i.op0.write(p, ((Operand.Mem) i.op1).offset(p));
    }

    private static void xlat(CpuPort p, Insn i) {
        int offset = p.r[Reg.EBX] + p.reg8(Reg.EAX);
        p.reg8(Reg.EAX, p.load8(i.dataSegment(), i.addrSize == 16 ? offset & 0xffff : offset));
    }

    private static void convertHalf(CpuPort p, Insn i) {
        p.reg(i.opSize, Reg.EAX, Alu.sign(i.opSize / 2, p.r[Reg.EAX]));
    }

    private static void convertDouble(CpuPort p, Insn i) {
        p.reg(i.opSize, Reg.EDX, Alu.sign(i.opSize, p.r[Reg.EAX]) >> 31);
    }

    /** With a 16-bit operand the manual leaves the result open; processors clear the register's lower half. */
    private static void bswap(CpuPort p, Insn i) {
        i.op0.write(p, i.opSize == 32 ? Integer.reverseBytes(i.op0.read(p)) : 0);
    }

    private static void salc(CpuPort p, Insn i) {
        p.reg8(Reg.EAX, p.cf() ? 0xff : 0);
    }
}
