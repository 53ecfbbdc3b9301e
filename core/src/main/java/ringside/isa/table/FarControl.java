package ringside.isa.table;

import static ringside.isa.Attribute.MEMORY_ONLY;

import ringside.arch.Eflags;
import ringside.arch.Feature;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Sensitivity;

/** Control transfers that may change CS: far JMP, CALL and RET, IRET, SYSENTER and SYSEXIT. */
final class FarControl {
    private FarControl() {}

    static void rows(RowList t) {
        far(t, "jmp", "EA cp", "Ap").manual("JMP").does((p, i) -> direct(i, p::farJump));
        far(t, "jmp far", "FF /5", "Mp").is(MEMORY_ONLY).manual("JMP").does((p, i) -> indirect(p, i, p::farJump));
        far(t, "call", "9A cp", "Ap").manual("CALL").does((p, i) -> direct(i, p::farCall));
        far(t, "call far", "FF /3", "Mp").is(MEMORY_ONLY).manual("CALL").does((p, i) -> indirect(p, i, p::farCall));
        far(t, "retf", "CA iw", "Iw").manual("RET").does((p, i) -> p.farReturn(i.opSize, i.op0.read(p) & 0xffff));
        far(t, "retf", "CB", "").manual("RET").does((p, i) -> p.farReturn(i.opSize, 0));
        far(t, "iret{w|d|}", "CF", "")
                .reads(Eflags.NT | Eflags.VM | Eflags.IOPL)
                .writes(Eflags.ARITHMETIC | Eflags.TF | Eflags.IF | Eflags.DF | Eflags.IOPL | Eflags.NT | Eflags.RF)
                .manual("IRET/IRETD")
                .does((p, i) -> p.interruptReturn(i.opSize));
        system(t, "sysenter", "0F 34").does((p, i) -> p.sysenter());
        system(t, "sysexit", "0F 35").does((p, i) -> p.sysexit());
    }

    private static RowList.Builder far(RowList t, String name, String encoding, String operands) {
        return t.row(name, encoding, operands).kind(Sensitivity.UNPRIVILEGED).flow(Flow.FAR);
    }

    /** Privileged in effect: a VMM that keeps the real SYSENTER_CS null makes both fault. */
    private static RowList.Builder system(RowList t, String name, String encoding) {
        return t.row(name, encoding, "")
                .since(Feature.SEP)
                .kind(Sensitivity.PRIVILEGED)
                .flow(Flow.FAR);
    }

    /** A far JMP or CALL, by operand size, to selector and offset. */
    private interface Transfer {
        void to(int opSize, int selector, int offset);
    }

    private static void direct(Insn i, Transfer transfer) {
        Operand.Far target = (Operand.Far) i.op0;
        transfer.to(i.opSize, target.selector(), target.offset());
    }

    private static void indirect(CpuPort p, Insn i, Transfer transfer) {
        Operand.Mem m = (Operand.Mem) i.op0;
        int ea = m.offset(p);
        int offset = p.load(i.opSize, m.seg(), ea);
        int above = ea + i.opSize / 8;
        int selector = p.load16(m.seg(), m.addressBits() == 16 ? above & 0xffff : above);
        transfer.to(i.opSize, selector, offset);
    }
}
