package ringside.isa.table;

import ringside.arch.Reg;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;

/** The stack: PUSH, POP, PUSHA, POPA, ENTER, LEAVE. A fault leaves eSP as it was before the instruction. */
final class Stack {
    private Stack() {}

    static void rows(RowList t) {
        t.row("push", "50+r", "Zv").does(Stack::push);
        t.row("push", "68 iz", "Iz").does(Stack::push);
        t.row("push", "6A ib", "Ibs").does(Stack::push);
        t.row("push", "FF /6", "Ev").does(Stack::push);
        t.row("pop", "58+r", "Zv").does(Stack::pop);
        t.row("pop", "8F /0", "Ev").does(Stack::pop);
        // several stores, and loads that may depend on them: on their own, so that they never start twice
        t.row("pusha{w|d|}", "60", "")
                .flow(Flow.SERIALIZE)
                .manual("PUSHA/PUSHAD")
                .does(Stack::pushAll);
        t.row("popa{w|d|}", "61", "").manual("POPA/POPAD").does(Stack::popAll);
        t.row("enter", "C8 iw ib", "Iw,Ib").flow(Flow.SERIALIZE).does(Stack::enter);
        t.row("leave", "C9", "").does(Stack::leave);
    }

    private static void push(CpuPort p, Insn i) {
        p.push(i.opSize, i.op0.read(p));
    }

    /** An address with ESP in it is computed with the incremented value. */
    private static void pop(CpuPort p, Insn i) {
        int esp = p.r[Reg.ESP];
        int value = p.pop(i.opSize);
        try {
            i.op0.write(p, value);
        } catch (RuntimeException undone) {
            p.r[Reg.ESP] = esp;
            throw undone;
        }
    }

    private static void pushAll(CpuPort p, Insn i) {
        int esp = p.r[Reg.ESP];
        try {
            for (int k = 0; k < 8; k++) {
                p.push(i.opSize, k == Reg.ESP ? esp : p.r[k]);
            }
        } catch (RuntimeException undone) {
            p.r[Reg.ESP] = esp;
            throw undone;
        }
    }

    private static void popAll(CpuPort p, Insn i) {
        int sp = p.stackPointer();
        int bytes = i.opSize / 8;
        int[] values = new int[8];
        for (int k = 0; k < 8; k++) {
            values[7 - k] = p.load(i.opSize, Reg.SS, sp + k * bytes & p.stackMask());
        }
        for (int k = 0; k < 8; k++) {
            if (k != Reg.ESP) {
                p.reg(i.opSize, k, values[k]);
            }
        }
        p.stackPointer(sp + 8 * bytes & p.stackMask());
    }

    /** The manual's last step is a write that does not happen: it faults if the new top of stack cannot be written. */
    private static void enter(CpuPort p, Insn i) {
        int esp = p.r[Reg.ESP];
        int bytes = i.opSize / 8;
        int level = i.op1.read(p) & 31;
        try {
            p.push(i.opSize, p.r[Reg.EBP]);
            int frame = p.stackPointer();
            int link = p.r[Reg.EBP];
            for (int k = 1; k < level; k++) {
                link -= bytes;
                p.push(i.opSize, p.load(i.opSize, Reg.SS, link & p.stackMask()));
            }
            if (level > 0) {
                p.push(i.opSize, frame);
            }
            int top = p.stackPointer() - (i.op0.read(p) & 0xffff) & p.stackMask();
            p.loadForWrite(i.opSize, Reg.SS, top);
            p.stackPointer(top);
            p.reg(i.opSize, Reg.EBP, frame);
        } catch (RuntimeException undone) {
            p.r[Reg.ESP] = esp;
            throw undone;
        }
    }

    private static void leave(CpuPort p, Insn i) {
        int frame = p.r[Reg.EBP] & p.stackMask();
        int value = p.load(i.opSize, Reg.SS, frame);
        p.stackPointer(frame + i.opSize / 8 & p.stackMask());
        p.reg(i.opSize, Reg.EBP, value);
    }
}
