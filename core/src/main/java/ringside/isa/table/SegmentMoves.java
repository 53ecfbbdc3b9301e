package ringside.isa.table;

import static ringside.isa.Attribute.*;

import ringside.arch.Reg;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Sensitivity;

/** Reading and loading segment registers. CS shows the true privilege level; it cannot be loaded here. */
final class SegmentMoves {
    private SegmentMoves() {}

    static void rows(RowList t) {
        t.row("mov", "8C /r", "RvMw,Sw").kind(Sensitivity.UNPRIVILEGED).does(SegmentMoves::store);
        load(t, "mov", "8E /r", "Sw,Ew").does(SegmentMoves::load);
        String[] names = {"ES", "CS", "SS", "DS"};
        for (int seg = 0; seg < 4; seg++) {
            pushRow(t, "%02X".formatted(0x06 + 8 * seg), names[seg]);
            if (seg != Reg.CS) {
                popRow(t, "%02X".formatted(0x07 + 8 * seg), names[seg]);
            }
        }
        pushRow(t, "0F A0", "FS");
        popRow(t, "0F A1", "FS");
        pushRow(t, "0F A8", "GS");
        popRow(t, "0F A9", "GS");
        far(t, "les", "C4 /r", Reg.ES);
        far(t, "lds", "C5 /r", Reg.DS);
        far(t, "lss", "0F B2 /r", Reg.SS);
        far(t, "lfs", "0F B4 /r", Reg.FS);
        far(t, "lgs", "0F B5 /r", Reg.GS);
    }

    /** A load changes what the next fetch or access means, and SS opens a shadow. */
    private static RowList.Builder load(RowList t, String name, String encoding, String operands) {
        return t.row(name, encoding, operands).kind(Sensitivity.UNPRIVILEGED).flow(Flow.SERIALIZE);
    }

    private static void pushRow(RowList t, String encoding, String seg) {
        t.row("push", encoding, seg).kind(Sensitivity.UNPRIVILEGED).does((p, i) -> p.push(i.opSize, i.op0.read(p)));
    }

    private static void popRow(RowList t, String encoding, String seg) {
        load(t, "pop", encoding, seg).does(SegmentMoves::pop);
    }

    private static void far(RowList t, String name, String encoding, int seg) {
        load(t, name, encoding, "Gv,Mp")
                .is(MEMORY_ONLY)
                .manual("LDS/LES/LFS/LGS/LSS")
                .does((p, i) -> far(p, i, seg));
    }

    private static void store(CpuPort p, Insn i) {
        i.op0.write(p, i.op1.read(p));
    }

    private static void load(CpuPort p, Insn i) {
        int seg = ((Operand.Seg) i.op0).index();
        p.loadSegment(seg, i.op1.read(p));
        shadow(p, seg);
    }

    /** eSP moves by the width of the stack that was popped, even where SS is being replaced. */
    private static void pop(CpuPort p, Insn i) {
        int seg = ((Operand.Seg) i.op0).index();
        int esp = p.r[Reg.ESP];
        int selector = p.pop(i.opSize) & 0xffff;
        try {
            p.loadSegment(seg, selector);
        } catch (RuntimeException unfinished) {
            // a fault, or an exit of hardware assist
            p.r[Reg.ESP] = esp;
            throw unfinished;
        }
        shadow(p, seg);
    }

    private static void far(CpuPort p, Insn i, int seg) {
        Operand.Mem m = (Operand.Mem) i.op1;
        int ea = m.offset(p);
        int offset = p.load(i.opSize, m.seg(), ea);
        int above = ea + i.opSize / 8;
        int selector = p.load16(m.seg(), m.addressBits() == 16 ? above & 0xffff : above);
        p.loadSegment(seg, selector);
        i.op0.write(p, offset);
    }

    private static void shadow(CpuPort p, int seg) {
        if (seg == Reg.SS) {
            p.inhibitInterrupts(true);
        }
    }
}
