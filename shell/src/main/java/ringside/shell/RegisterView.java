package ringside.shell;

import java.util.StringJoiner;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.machine.state.ProcessorState;
import ringside.machine.state.SegmentRegister;

/** The registers of a processor as a person reads them. */
final class RegisterView {
    private static final String[] FLAG_NAMES = {"ID", "VIP", "VIF", "AC", "VM", "RF", "NT", "OF", "DF", "IF", "TF"};
    private static final int[] FLAG_BITS = {
        Eflags.ID,
        Eflags.VIP,
        Eflags.VIF,
        Eflags.AC,
        Eflags.VM,
        Eflags.RF,
        Eflags.NT,
        Eflags.OF,
        Eflags.DF,
        Eflags.IF,
        Eflags.TF
    };
    private static final String[] ARITHMETIC_NAMES = {"SF", "ZF", "AF", "PF", "CF"};
    private static final int[] ARITHMETIC_BITS = {Eflags.SF, Eflags.ZF, Eflags.AF, Eflags.PF, Eflags.CF};

    private RegisterView() {}

    /** All of them, over several lines. */
    static String text(ProcessorState state) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < 2; row++) {
            for (int i = row * 4; i < row * 4 + 4; i++) {
                text.append(String.format("%s %08x  ", Reg.NAMES32[i], state.r[i]));
            }
            text.append(row == 0 ? String.format(" eip %08x", state.eip) : " " + flags(state.eflags()))
                    .append('\n');
        }
        for (int i = 0; i < state.segments.length; i++) {
            text.append(Reg.SEGMENTS[i])
                    .append(' ')
                    .append(segment(state.segments[i]))
                    .append('\n');
        }
        text.append(
                String.format("cr0 %08x  cr2 %08x  cr3 %08x  cr4 %08x%n", state.cr0, state.cr2, state.cr3, state.cr4));
        text.append(String.format(
                "gdtr %08x limit %04x  idtr %08x limit %04x  ldtr %04x  tr %04x%n",
                state.gdtr.base,
                state.gdtr.limit,
                state.idtr.base,
                state.idtr.limit,
                state.ldtr.selector,
                state.tr.selector));
        text.append(mode(state)).append("; ").append(state.retired).append(" instructions retired\n");
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    /** {@code eflags 00000246 iopl 0 IF ZF PF}. */
    static String flags(int eflags) {
        StringJoiner names = new StringJoiner(" ");
        for (int i = 0; i < FLAG_BITS.length; i++) {
            if ((eflags & FLAG_BITS[i]) != 0) {
                names.add(FLAG_NAMES[i]);
            }
        }
        for (int i = 0; i < ARITHMETIC_BITS.length; i++) {
            if ((eflags & ARITHMETIC_BITS[i]) != 0) {
                names.add(ARITHMETIC_NAMES[i]);
            }
        }
        String iopl = " iopl " + ((eflags & Eflags.IOPL) >> Eflags.IOPL_SHIFT);
        return String.format("eflags %08x", eflags) + iopl + (names.length() == 0 ? "" : " " + names);
    }

    /** The mode the processor is in, with ring and paging. */
    static String mode(ProcessorState state) {
        if (state.shutdown) {
            return "in shutdown after a triple fault";
        }
        String mode = !state.protectedMode()
                ? "real mode"
                : state.virtual8086()
                        ? "virtual-8086 mode"
                        : "protected mode, " + (state.cs().big ? "32" : "16") + "-bit code, ring " + state.cpl;
        return mode + (state.paging() ? ", paging on" : ", paging off") + (state.halted ? ", halted" : "");
    }

    private static String segment(SegmentRegister s) {
        String visible = String.format("%04x  base %08x  limit %08x  ", s.selector, s.base, s.limit);
        if (s.unusable()) {
            return visible + "unusable";
        }
        boolean code = (s.rights & 8) != 0;
        return visible + "dpl " + s.dpl() + (code ? " code" : " data") + (s.big ? "32" : "16")
                + (s.expandDown ? " expand-down" : "")
                + (code && (s.type() & 4) != 0 ? " conforming" : "")
                + (s.readable ? " r" : "") + (s.writable ? "w" : "");
    }
}
