package ringside.isa.table;

import static ringside.isa.Attribute.FIXED32;
import static ringside.isa.Attribute.MEMORY_ONLY;
import static ringside.isa.table.SystemTables.requireRing0;

import ringside.arch.Control;
import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Sensitivity;

/** Control and debug registers, the machine status word, MSRs, caches, TLB and HLT. */
final class SystemControl {
    private static final int MSW = Control.CR0_PE | Control.CR0_MP | Control.CR0_EM | Control.CR0_TS;

    private SystemControl() {}

    static void rows(RowList t) {
        t.row("smsw", "0F 01 /4", "RvMw").kind(Sensitivity.UNPRIVILEGED).does(SystemControl::smsw);
        change(t, "lmsw", "0F 01 /6", "Ew").does(SystemControl::lmsw);
        change(t, "invlpg", "0F 01 /7", "M").since(Feature.I486).is(MEMORY_ONLY).does(SystemControl::invlpg);
        change(t, "clts", "0F 06", "").does((p, i) -> {
            requireRing0(p);
            if (p.intercept(i)) {
                return;
            }
            p.cr(0, p.cr(0) & ~Control.CR0_TS);
        });
        change(t, "invd", "0F 08", "").since(Feature.I486).does(SystemControl::flushCaches);
        change(t, "wbinvd", "0F 09", "").since(Feature.I486).does(SystemControl::flushCaches);
        moves(t);
        change(t, "wrmsr", "0F 30", "").since(Feature.MSR).does(SystemControl::wrmsr);
        change(t, "rdmsr", "0F 32", "").since(Feature.MSR).does(SystemControl::rdmsr);
        change(t, "rdpmc", "0F 33", "").since(Feature.CMOV).does(SystemControl::rdpmc);
        t.row("hlt", "F4", "").kind(Sensitivity.PRIVILEGED).flow(Flow.HALT).does((p, i) -> {
            requireRing0(p);
            if (p.intercept(i)) {
                return;
            }
            p.halt();
        });
    }

    private static void moves(RowList t) {
        String control = "MOV - Move to/from Control Registers";
        String debug = "MOV - Move to/from Debug Registers";
        t.row("mov", "0F 20 /r", "Rd,Cd")
                .is(FIXED32)
                .kind(Sensitivity.PRIVILEGED)
                .manual(control)
                .does((p, i) -> {
                    requireRing0(p);
                    if (p.intercept(i)) {
                        return;
                    }
                    i.op0.write(p, p.visibleCr(((Operand.Cr) i.op1).index()));
                });
        t.row("mov", "0F 21 /r", "Rd,Dd")
                .is(FIXED32)
                .kind(Sensitivity.PRIVILEGED)
                .manual(debug)
                .does((p, i) -> {
                    requireRing0(p);
                    if (p.intercept(i)) {
                        return;
                    }
                    i.op0.write(p, p.dr(((Operand.Dr) i.op1).index()));
                });
        change(t, "mov", "0F 22 /r", "Cd,Rd").is(FIXED32).manual(control).does((p, i) -> {
            requireRing0(p);
            if (p.intercept(i)) {
                return;
            }
            p.cr(((Operand.Cr) i.op0).index(), i.op1.read(p));
        });
        change(t, "mov", "0F 23 /r", "Dd,Rd").is(FIXED32).manual(debug).does((p, i) -> {
            requireRing0(p);
            if (p.intercept(i)) {
                return;
            }
            p.dr(((Operand.Dr) i.op0).index(), i.op1.read(p));
        });
    }

    private static RowList.Builder change(RowList t, String name, String encoding, String operands) {
        return t.row(name, encoding, operands).kind(Sensitivity.PRIVILEGED).flow(Flow.SERIALIZE);
    }

    private static void smsw(CpuPort p, Insn i) {
        SystemTables.requireVisible(p);
        i.op0.write(p, p.visibleCr(0));
    }

    /** Sets PE, MP, EM and TS, but cannot clear PE. */
    private static void lmsw(CpuPort p, Insn i) {
        requireRing0(p);
        int word = i.op0.read(p) & MSW;
        if (p.intercept(i)) {
            return;
        }
        p.cr(0, p.cr(0) & ~(MSW & ~Control.CR0_PE) | word);
    }

    private static void invlpg(CpuPort p, Insn i) {
        requireRing0(p);
        if (p.intercept(i)) {
            return;
        }
        Operand.Mem m = (Operand.Mem) i.op0;
        p.invalidatePage(m.seg(), m.offset(p));
    }

    private static void flushCaches(CpuPort p, Insn i) {
        requireRing0(p);
        if (p.intercept(i)) {
            return;
        }
        p.flushCaches();
    }

    private static void rdmsr(CpuPort p, Insn i) {
        requireRing0(p);
        if (p.intercept(i)) {
            return;
        }
        answer(p, p.msr(p.r[Reg.ECX]));
    }

    private static void wrmsr(CpuPort p, Insn i) {
        requireRing0(p);
        if (p.intercept(i)) {
            return;
        }
        p.msr(p.r[Reg.ECX], p.r[Reg.EAX] & 0xffffffffL | (long) p.r[Reg.EDX] << 32);
    }

    private static void rdpmc(CpuPort p, Insn i) {
        if (p.cpl() != 0 && (p.cr(4) & Control.CR4_PCE) == 0) {
            throw p.fault(Vector.GP);
        }
        if (p.intercept(i)) {
            return;
        }
        answer(p, p.performanceCounter(p.r[Reg.ECX]));
    }

    private static void answer(CpuPort p, long value) {
        p.r[Reg.EAX] = (int) value;
        p.r[Reg.EDX] = (int) (value >>> 32);
    }
}
