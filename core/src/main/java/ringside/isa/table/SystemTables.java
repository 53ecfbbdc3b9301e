package ringside.isa.table;

import static ringside.isa.Attribute.MEMORY_ONLY;
import static ringside.isa.Attribute.PROTECTED_ONLY;

import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Vector;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Sensitivity;

/** Descriptor tables and questions about selectors: SLDT to VERW. What shows them without a trap is the classic leak. */
final class SystemTables {
    private static final int BASE_24 = 0xffffff;

    private SystemTables() {}

    static void rows(RowList t) {
        leak(t, "sldt", "0F 00 /0", "RvMw").is(PROTECTED_ONLY).does((p, i) -> show(p, i, p.ldtSelector()));
        leak(t, "str", "0F 00 /1", "RvMw").is(PROTECTED_ONLY).does((p, i) -> show(p, i, p.taskSelector()));
        load(t, "lldt", "0F 00 /2", "Ew").is(PROTECTED_ONLY).does((p, i) -> {
            requireRing0(p);
            if (!p.intercept(i)) {
                p.loadLdt(i.op0.read(p));
            }
        });
        load(t, "ltr", "0F 00 /3", "Ew").is(PROTECTED_ONLY).does((p, i) -> {
            requireRing0(p);
            if (!p.intercept(i)) {
                p.loadTask(i.op0.read(p));
            }
        });
        ask(t, "verr", "0F 00 /4", "Ew").manual("VERR/VERW").does((p, i) -> verify(p, i, false));
        ask(t, "verw", "0F 00 /5", "Ew").manual("VERR/VERW").does((p, i) -> verify(p, i, true));
        leak(t, "sgdt", "0F 01 /0", "Ms").is(MEMORY_ONLY).does((p, i) -> store(p, i, p.gdtLimit(), p.gdtBase()));
        leak(t, "sidt", "0F 01 /1", "Ms").is(MEMORY_ONLY).does((p, i) -> store(p, i, p.idtLimit(), p.idtBase()));
        load(t, "lgdt", "0F 01 /2", "Ms").is(MEMORY_ONLY).manual("LGDT/LIDT").does((p, i) -> {
            requireRing0(p);
            if (!p.intercept(i)) {
                p.loadGdt(base(p, i), limit(p, i));
            }
        });
        load(t, "lidt", "0F 01 /3", "Ms").is(MEMORY_ONLY).manual("LGDT/LIDT").does((p, i) -> {
            requireRing0(p);
            if (!p.intercept(i)) {
                p.loadIdt(base(p, i), limit(p, i));
            }
        });
        ask(t, "lar", "0F 02 /r", "Gv,Ew").does(SystemTables::lar);
        ask(t, "lsl", "0F 03 /r", "Gv,Ew").does(SystemTables::lsl);
        t.row("arpl", "63 /r", "Ew,Gw").is(PROTECTED_ONLY).writes(Eflags.ZF).does(SystemTables::arpl);
    }

    private static RowList.Builder leak(RowList t, String name, String encoding, String operands) {
        return t.row(name, encoding, operands).kind(Sensitivity.UNPRIVILEGED);
    }

    private static RowList.Builder load(RowList t, String name, String encoding, String operands) {
        return t.row(name, encoding, operands).kind(Sensitivity.PRIVILEGED).flow(Flow.SERIALIZE);
    }

    private static RowList.Builder ask(RowList t, String name, String encoding, String operands) {
        return leak(t, name, encoding, operands).is(PROTECTED_ONLY).writes(Eflags.ZF);
    }

    /** #GP(0) outside ring 0; virtual-8086 mode is ring 3. */
    static void requireRing0(CpuPort p) {
        if (p.cpl() != 0) {
            throw p.fault(Vector.GP);
        }
    }

    /** #GP(0) where UMIP hides system state from outer rings. */
    static void requireVisible(CpuPort p) {
        if (p.cpl() != 0 && (p.cr(4) & Control.CR4_UMIP) != 0) {
            throw p.fault(Vector.GP);
        }
    }

    private static void show(CpuPort p, Insn i, int selector) {
        requireVisible(p);
        if (!p.intercept(i)) {
            i.op0.write(p, selector);
        }
    }

    private static void store(CpuPort p, Insn i, int limit, int base) {
        requireVisible(p);
        if (p.intercept(i)) {
            return;
        }
        Operand.Mem m = (Operand.Mem) i.op0;
        int above = above(m, p);
        p.loadForWrite(32, m.seg(), above);
        p.store16(m.seg(), m.offset(p), limit);
        p.store32(m.seg(), above, i.opSize == 16 ? base & BASE_24 : base);
    }

    private static int above(Operand.Mem m, CpuPort p) {
        int offset = m.offset(p) + 2;
        return m.addressBits() == 16 ? offset & 0xffff : offset;
    }

    private static int limit(CpuPort p, Insn i) {
        Operand.Mem m = (Operand.Mem) i.op0;
        return p.load16(m.seg(), m.offset(p));
    }

    private static int base(CpuPort p, Insn i) {
        Operand.Mem m = (Operand.Mem) i.op0;
        int base = p.load32(m.seg(), above(m, p));
        return i.opSize == 16 ? base & BASE_24 : base;
    }

    private static void zero(CpuPort p, boolean set) {
        p.changeFlags(Eflags.ZF, set ? Eflags.ZF : 0);
    }

    private static void verify(CpuPort p, Insn i, boolean write) {
        zero(p, p.verify(i.op0.read(p), write));
    }

    private static void lar(CpuPort p, Insn i) {
        int rights = p.accessRights(i.op1.read(p));
        if (rights != -1) {
            i.op0.write(p, rights);
        }
        zero(p, rights != -1);
    }

    private static void lsl(CpuPort p, Insn i) {
        long limit = p.segmentLimit(i.op1.read(p));
        if (limit != -1) {
            i.op0.write(p, (int) limit);
        }
        zero(p, limit != -1);
    }

    private static void arpl(CpuPort p, Insn i) {
        int selector = i.op0.read(p);
        int rpl = i.op1.read(p) & 3;
        boolean raised = (selector & 3) < rpl;
        if (raised) {
            i.op0.write(p, selector & ~3 | rpl);
        }
        zero(p, raised);
    }
}
