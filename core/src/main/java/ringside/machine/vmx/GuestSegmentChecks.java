package ringside.machine.vmx;

import static ringside.machine.vmx.EntryChecks.implies;
import static ringside.machine.vmx.VmcsField.*;

import java.util.List;
import java.util.function.IntPredicate;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.machine.state.SegmentRegister;
import ringside.machine.vmx.EntryCheck.Kind;

/** Checks on guest segment registers (SDM vol. 3, section 26.3.1.2), in and out of virtual-8086 mode. */
final class GuestSegmentChecks {
    private static final String[] NAMES = {"ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"};
    private static final int LDTR = 6;
    private static final int TR = 7;
    private static final int V86_RIGHTS = 0xf3;
    /** Accessed, writable data: what CS is in real mode. */
    private static final int DATA = 3;

    private GuestSegmentChecks() {}

    static void add(List<EntryCheck> checks) {
        for (int seg = 0; seg < 6; seg++) {
            virtual8086(checks, seg);
            protectedMode(checks, seg);
        }
        rule(checks, "TR has TI 0", v -> (selector(v, TR) & 4) == 0);
        rule(checks, "a usable LDTR has TI 0", v -> implies(usable(v, LDTR), (selector(v, LDTR) & 4) == 0));
        plain(
                checks,
                "SS and CS have the same RPL",
                v -> unrestricted(v) || (selector(v, Reg.SS) & 3) == (selector(v, Reg.CS) & 3));
        plain(
                checks,
                "SS.DPL is its RPL, or 0 in real mode",
                v -> unrestricted(v)
                        ? EntryChecks.protectedMode(v) && type(v, Reg.CS) != DATA || dpl(v, Reg.SS) == 0
                        : dpl(v, Reg.SS) == (selector(v, Reg.SS) & 3));
        plain(
                checks,
                "CS.DPL is SS.DPL, or not above it where conforming",
                v -> type(v, Reg.CS) == DATA && dpl(v, Reg.CS) == 0
                        || ((type(v, Reg.CS) & 4) == 0
                                ? dpl(v, Reg.CS) == dpl(v, Reg.SS)
                                : dpl(v, Reg.CS) <= dpl(v, Reg.SS)));
        rule(
                checks,
                "TR is usable, present and a busy TSS",
                v -> usable(v, TR) && system(v, TR, t -> t == 3 || t == 11));
        rule(
                checks,
                "a usable LDTR is present and an LDT",
                v -> implies(usable(v, LDTR), system(v, LDTR, t -> t == 2)));
        rule(checks, "TR's granularity fits its limit", v -> granular(v, TR));
        rule(checks, "a usable LDTR's granularity fits its limit", v -> implies(usable(v, LDTR), granular(v, LDTR)));
    }

    private static void virtual8086(List<EntryCheck> checks, int seg) {
        rule(
                checks,
                NAMES[seg] + " in virtual-8086 mode: base selector x 16, limit FFFF, rights F3",
                v -> implies(
                        v86(v),
                        v.getInt(GUEST_ES_BASE.of(seg)) == selector(v, seg) << 4
                                && v.getInt(GUEST_ES_LIMIT.of(seg)) == 0xffff
                                && rights(v, seg) == V86_RIGHTS));
    }

    private static void protectedMode(List<EntryCheck> checks, int seg) {
        String name = NAMES[seg];
        IntPredicate allowed = switch (seg) {
            case Reg.CS -> type -> (type & 9) == 9;
            case Reg.SS -> type -> type == 3 || type == 7;
            default -> type -> (type & 1) != 0 && ((type & 8) == 0 || (type & 2) != 0);
        };
        plain(
                checks,
                name + " has a type that fits",
                v -> implies(
                        checked(v, seg),
                        allowed.test(type(v, seg)) || seg == Reg.CS && unrestricted(v) && type(v, seg) == DATA));
        plain(
                checks,
                name + " is a present code or data segment",
                v -> implies(checked(v, seg), (rights(v, seg) & 0x90) == 0x90 && (rights(v, seg) & 0xf00) == 0));
        plain(checks, name + "'s granularity fits its limit", v -> implies(checked(v, seg), granular(v, seg)));
        if (seg != Reg.CS && seg != Reg.SS) {
            plain(
                    checks,
                    name + "'s DPL is not below its RPL unless conforming",
                    v -> implies(
                            !unrestricted(v) && usable(v, seg) && type(v, seg) < 12,
                            dpl(v, seg) >= (selector(v, seg) & 3)));
        }
    }

    private static void rule(List<EntryCheck> checks, String text, java.util.function.Predicate<Vmcs> holds) {
        checks.add(new EntryCheck(Kind.GUEST_STATE, text, holds));
    }

    /** A rule outside virtual-8086 mode. */
    private static void plain(List<EntryCheck> checks, String text, java.util.function.Predicate<Vmcs> holds) {
        rule(checks, text, v -> v86(v) || holds.test(v));
    }

    private static boolean unrestricted(Vmcs v) {
        return VmxControl.UNRESTRICTED_GUEST.in(v);
    }

    /** CS is always checked, others only where usable. */
    private static boolean checked(Vmcs v, int seg) {
        return seg == Reg.CS || usable(v, seg);
    }

    private static boolean v86(Vmcs v) {
        return (v.getInt(GUEST_RFLAGS) & Eflags.VM) != 0;
    }

    private static int selector(Vmcs v, int seg) {
        return v.getInt(GUEST_ES_SELECTOR.of(seg));
    }

    private static int rights(Vmcs v, int seg) {
        return v.getInt(GUEST_ES_RIGHTS.of(seg));
    }

    private static boolean usable(Vmcs v, int seg) {
        return (rights(v, seg) & SegmentRegister.UNUSABLE) == 0;
    }

    private static int type(Vmcs v, int seg) {
        return rights(v, seg) & 15;
    }

    private static int dpl(Vmcs v, int seg) {
        return rights(v, seg) >> 5 & 3;
    }

    private static boolean system(Vmcs v, int seg, IntPredicate allowed) {
        boolean presentSystem = (rights(v, seg) & 0x90) == 0x80;
        return presentSystem && (rights(v, seg) & 0xf00) == 0 && allowed.test(type(v, seg));
    }

    /** G=0 unless the low 12 bits of the limit are ones, G=1 where any of the high 12 is set. */
    private static boolean granular(Vmcs v, int seg) {
        int limit = v.getInt(GUEST_ES_LIMIT.of(seg));
        boolean g = (rights(v, seg) & 1 << 15) != 0;
        return g ? (limit & 0xfff) == 0xfff : (limit & 0xfff00000) == 0;
    }
}
