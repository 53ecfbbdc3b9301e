package ringside.isa.table;

import static ringside.arch.Eflags.*;

import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Sensitivity;

/** Instructions on EFLAGS: PUSHF, POPF, CLI, STI under IOPL, VME and PVI, and the simple setters. */
final class FlagControl {
    /** What POPF may always change. */
    private static final int FREE = ARITHMETIC | TF | DF | NT | AC | ID;

    /** What PUSHF shows. */
    private static final int VISIBLE = FREE | IF | IOPL | VIF | VIP;

    private FlagControl() {}

    static void rows(RowList t) {
        t.row("pushf{w|d|}", "9C", "")
                .reads(VISIBLE)
                .kind(Sensitivity.UNPRIVILEGED)
                .manual("PUSHF/PUSHFD")
                .does(FlagControl::pushf);
        t.row("popf{w|d|}", "9D", "")
                .writes(FREE | IF | IOPL)
                .kind(Sensitivity.UNPRIVILEGED)
                .flow(Flow.SERIALIZE)
                .manual("POPF/POPFD")
                .does(FlagControl::popf);
        t.row("sahf", "9E", "")
                .writes(SF | ZF | AF | PF | CF)
                .does((p, i) -> p.changeFlags(SF | ZF | AF | PF | CF, p.reg8(Reg.ESP)));
        t.row("lahf", "9F", "").reads(SF | ZF | AF | PF | CF).does((p, i) -> p.reg8(Reg.ESP, p.eflags()));
        t.row("cmc", "F5", "").reads(CF).writes(CF).does((p, i) -> p.carry(!p.cf()));
        t.row("clc", "F8", "").writes(CF).does((p, i) -> p.carry(false));
        t.row("stc", "F9", "").writes(CF).does((p, i) -> p.carry(true));
        t.row("cli", "FA", "")
                .writes(IF)
                .kind(Sensitivity.IOPL_SENSITIVE)
                .flow(Flow.SERIALIZE)
                .does(FlagControl::cli);
        t.row("sti", "FB", "")
                .writes(IF)
                .kind(Sensitivity.IOPL_SENSITIVE)
                .flow(Flow.SERIALIZE)
                .does(FlagControl::sti);
        t.row("cld", "FC", "").writes(DF).does((p, i) -> p.changeFlags(DF, 0));
        t.row("std", "FD", "").writes(DF).does((p, i) -> p.changeFlags(DF, DF));
    }

    /** The flags that condition {@code cc} looks at. */
    static int conditionReads(int cc) {
        return switch (cc >> 1) {
            case 0 -> OF;
            case 1 -> CF;
            case 2 -> ZF;
            case 3 -> CF | ZF;
            case 4 -> SF;
            case 5 -> PF;
            case 6 -> SF | OF;
            default -> ZF | SF | OF;
        };
    }

    private static void pushf(CpuPort p, Insn i) {
        int image = p.eflags() & ~(VM | RF);
        if (monitored(p)) {
            requireExtensions(p, i.opSize);
            image = image & ~IF | IOPL | ((image & VIF) != 0 ? IF : 0);
        }
        p.push(i.opSize, image);
    }

    private static void popf(CpuPort p, Insn i) {
        boolean monitored = monitored(p);
        if (monitored) {
            requireExtensions(p, i.opSize);
        }
        int sp = p.stackPointer();
        int image = p.load(i.opSize, Reg.SS, sp);
        int flags = p.eflags();
        int mask = FREE;
        if (monitored) {
            if ((image & TF) != 0 || (image & IF) != 0 && (flags & VIP) != 0) {
                throw p.fault(Vector.GP);
            }
            flags = flags & ~VIF | ((image & IF) != 0 ? VIF : 0);
        } else {
            mask |= p.cpl() <= p.iopl() ? IF : 0;
            mask |= p.cpl() == 0 ? IOPL : 0;
        }
        if (i.opSize == 16) {
            mask &= 0xffff;
        }
        p.stackPointer(sp + i.opSize / 8 & p.stackMask());
        p.setEflags((flags & ~mask | image & mask) & ~RF);
    }

    private static void cli(CpuPort p, Insn i) {
        if (allowed(p)) {
            p.setEflags(p.eflags() & ~IF);
        } else {
            requireVirtualFlag(p);
            p.setEflags(p.eflags() & ~VIF);
        }
    }

    private static void sti(CpuPort p, Insn i) {
        int flags = p.eflags();
        if (allowed(p)) {
            if ((flags & IF) == 0) {
                p.setEflags(flags | IF);
                p.inhibitInterrupts(false);
            }
            return;
        }
        requireVirtualFlag(p);
        if ((flags & VIP) != 0) {
            throw p.fault(Vector.GP);
        }
        p.setEflags(flags | VIF);
    }

    private static boolean allowed(CpuPort p) {
        return p.cpl() <= p.iopl();
    }

    /** Virtual-8086 mode below IOPL 3, where a monitor owns IF. */
    private static boolean monitored(CpuPort p) {
        return p.virtual8086() && p.iopl() < 3;
    }

    /** PUSHF and POPF under a monitor: #GP(0) unless VME virtualizes IF, which it does for 16 bits only. */
    private static void requireExtensions(CpuPort p, int opSize) {
        if ((p.cr(4) & Control.CR4_VME) == 0 || opSize == 32) {
            throw p.fault(Vector.GP);
        }
    }

    /** CLI and STI above IOPL: #GP(0) unless VME or PVI gives them VIF to work on. */
    private static void requireVirtualFlag(CpuPort p) {
        int enable = p.virtual8086() ? Control.CR4_VME : Control.CR4_PVI;
        if (p.cpl() != 3 || (p.cr(4) & enable) == 0) {
            throw p.fault(Vector.GP);
        }
    }
}
