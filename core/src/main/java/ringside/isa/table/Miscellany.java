package ringside.isa.table;

import static ringside.isa.CpuPort.SoftwareInterrupt.*;

import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.Alu;
import ringside.isa.Attribute;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Sensitivity;

/** Software interrupts, BOUND, NOP, CPUID, RDTSC and the opcodes that are undefined for good. */
final class Miscellany {
    private Miscellany() {}

    static void rows(RowList t) {
        t.row("bound", "62 /r", "Gv,Ma").is(Attribute.MEMORY_ONLY).does(Miscellany::bound);
        t.row("int3", "CC", "")
                .flow(Flow.FAR)
                .manual("INT n/INTO/INT3/INT1")
                .does((p, i) -> p.softwareInterrupt(Vector.BP, INT3));
        t.row("int", "CD ib", "Ib")
                .flow(Flow.FAR)
                .kind(Sensitivity.UNPRIVILEGED)
                .manual("INT n/INTO/INT3/INT1")
                .does((p, i) -> p.softwareInterrupt(i.op0.read(p) & 0xff, INT_N));
        t.row("into", "CE", "")
                .flow(Flow.FAR)
                .reads(Eflags.OF)
                .manual("INT n/INTO/INT3/INT1")
                .does(Miscellany::into);
        t.row("int1", "F1", "")
                .flow(Flow.FAR)
                .manual("INT n/INTO/INT3/INT1")
                .does((p, i) -> p.softwareInterrupt(Vector.DB, INT1));
        t.row("nop", "90", "").does((p, i) -> {});
        t.row("nop", "0F 1F /0", "Ev").since(Feature.CMOV).does((p, i) -> {});
        t.row("pause", "F3 90", "").does((p, i) -> {});
        t.row("cpuid", "0F A2", "").since(Feature.CPUID).flow(Flow.SERIALIZE).does((p, i) -> {
            if (!p.intercept(i)) {
                p.cpuid();
            }
        });
        t.row("vmcall", "0F 01 C1", "")
                .kind(Sensitivity.PRIVILEGED)
                .flow(Flow.SERIALIZE)
                .does(Miscellany::vmcall);
        t.row("rdtsc", "0F 31", "")
                .since(Feature.TSC)
                .kind(Sensitivity.PRIVILEGED)
                .flow(Flow.SERIALIZE)
                .does(Miscellany::rdtsc);
        t.row("ud0", "0F FF /r", "Gv,Ev").flow(Flow.FAULT).manual("UD").does(Miscellany::undefined);
        t.row("ud1", "0F B9 /r", "Gv,Ev").flow(Flow.FAULT).manual("UD").does(Miscellany::undefined);
        t.row("ud2", "0F 0B", "").flow(Flow.FAULT).manual("UD").does(Miscellany::undefined);
    }

    private static void bound(CpuPort p, Insn i) {
        Operand.Mem m = (Operand.Mem) i.op1;
        int bits = i.opSize;
        int ea = m.offset(p);
        int above = ea + bits / 8;
        int lower = Alu.sign(bits, p.load(bits, m.seg(), ea));
        int upper = Alu.sign(bits, p.load(bits, m.seg(), m.addressBits() == 16 ? above & 0xffff : above));
        int index = Alu.sign(bits, i.op0.read(p));
        if (index < lower || index > upper) {
            throw p.fault(Vector.BR);
        }
    }

    /** Exits from non-root operation; anywhere else there is nobody to call. */
    private static void vmcall(CpuPort p, Insn i) {
        if (!p.intercept(i)) {
            throw p.fault(Vector.UD);
        }
    }

    private static void into(CpuPort p, Insn i) {
        if (p.of()) {
            p.softwareInterrupt(Vector.OF, INTO);
        }
    }

    private static void rdtsc(CpuPort p, Insn i) {
        if ((p.cr(4) & Control.CR4_TSD) != 0 && p.cpl() != 0) {
            throw p.fault(Vector.GP);
        }
        if (p.intercept(i)) {
            return;
        }
        long ticks = p.timestamp();
        p.r[Reg.EAX] = (int) ticks;
        p.r[Reg.EDX] = (int) (ticks >>> 32);
    }

    private static void undefined(CpuPort p, Insn i) {
        throw p.fault(Vector.UD);
    }
}
