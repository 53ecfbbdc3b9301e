package ringside.isa.table;

import static ringside.isa.Flow.*;

import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.Condition;
import ringside.isa.CpuPort;
import ringside.isa.Insn;
import ringside.isa.Operand;

/** Near control flow. A target outside the code segment's limit faults before anything changes. */
final class Branches {
    private Branches() {}

    static void rows(RowList t) {
        for (int cc = 0; cc < 16; cc++) {
            conditional(t, cc);
        }
        t.row("loopne", "E0 cb", "Jb")
                .reads(Eflags.ZF)
                .flow(BRANCH)
                .manual("LOOP/LOOPcc")
                .does((p, i) -> loop(p, i, !p.zf()));
        t.row("loope", "E1 cb", "Jb")
                .reads(Eflags.ZF)
                .flow(BRANCH)
                .manual("LOOP/LOOPcc")
                .does((p, i) -> loop(p, i, p.zf()));
        t.row("loop", "E2 cb", "Jb").flow(BRANCH).manual("LOOP/LOOPcc").does((p, i) -> loop(p, i, true));
        t.row("j<cx|ecx>z", "E3 cb", "Jb").flow(BRANCH).manual("Jcc").does(Branches::jumpIfNoCount);
        t.row("jmp", "E9 cv", "Jz").flow(JUMP).does((p, i) -> p.next = target(p, i));
        t.row("jmp", "EB cb", "Jb").flow(JUMP).does((p, i) -> p.next = target(p, i));
        t.row("jmp", "FF /4", "Ev").flow(INDIRECT_JUMP).does(Branches::jumpIndirect);
        t.row("call", "E8 cv", "Jz").flow(CALL).does((p, i) -> call(p, i, target(p, i)));
        t.row("call", "FF /2", "Ev").flow(INDIRECT_CALL).does(Branches::callIndirect);
        t.row("ret", "C2 iw", "Iw").flow(RETURN).does((p, i) -> ret(p, i, i.op0.read(p)));
        t.row("ret", "C3", "").flow(RETURN).does((p, i) -> ret(p, i, 0));
    }

    private static void conditional(RowList t, int cc) {
        String name = "j" + Condition.NAMES.get(cc);
        int reads = FlagControl.conditionReads(cc);
        t.row(name, "%02X cb".formatted(0x70 + cc), "Jb")
                .reads(reads)
                .flow(BRANCH)
                .manual("Jcc")
                .does((p, i) -> branch(p, i, p.condition(cc)));
        t.row(name, "0F %02X cv".formatted(0x80 + cc), "Jz")
                .reads(reads)
                .flow(BRANCH)
                .manual("Jcc")
                .does((p, i) -> branch(p, i, p.condition(cc)));
    }

    /** The target of a relative branch, checked; a 16-bit operand size keeps 16 bits of EIP. */
    private static int target(CpuPort p, Insn i) {
        int eip = p.next + ((Operand.Rel) i.op0).displacement();
        return checked(p, i.opSize == 16 ? eip & 0xffff : eip);
    }

    private static int checked(CpuPort p, int eip) {
        p.checkBranch(eip);
        return eip;
    }

    private static void branch(CpuPort p, Insn i, boolean taken) {
        if (taken) {
            p.next = target(p, i);
        }
    }

    private static void loop(CpuPort p, Insn i, boolean condition) {
        int count = p.reg(i.addrSize, Reg.ECX) - 1;
        if ((i.addrSize == 16 ? count & 0xffff : count) != 0 && condition) {
            p.next = target(p, i);
        }
        p.reg(i.addrSize, Reg.ECX, count);
    }

    private static void jumpIfNoCount(CpuPort p, Insn i) {
        branch(p, i, p.reg(i.addrSize, Reg.ECX) == 0);
    }

    private static void jumpIndirect(CpuPort p, Insn i) {
        p.next = checked(p, i.op0.read(p));
    }

    private static void callIndirect(CpuPort p, Insn i) {
        call(p, i, checked(p, i.op0.read(p)));
    }

    private static void call(CpuPort p, Insn i, int eip) {
        p.push(i.opSize, p.next);
        p.next = eip;
    }

    private static void ret(CpuPort p, Insn i, int release) {
        int sp = p.stackPointer();
        int eip = checked(p, p.load(i.opSize, Reg.SS, sp));
        p.stackPointer(sp + i.opSize / 8 + release & p.stackMask());
        p.next = eip;
    }
}
