package ringside.isa.table;

import static ringside.arch.Control.*;
import static ringside.isa.Attribute.*;

import ringside.arch.Feature;
import ringside.arch.Vector;
import ringside.isa.Body;
import ringside.isa.Sensitivity;

/**
 * x87 instructions: they decode, assemble and disassemble; no model has the unit, so that they raise #NM.
 *
 * <p>{@code fstenv finit fsave ...} are two instructions each ({@code fwait}, then the {@code fn} form) and have no row.
 */
final class X87 {
    private static final Body NO_UNIT = (p, i) -> {
        throw p.fault(Vector.NM);
    };

    private static final String[] ARITHMETIC = {"add", "mul", "com", "comp", "sub", "subr", "div", "divr"};
    /** D9 E0 to FF; empty where nothing is. */
    private static final String[] CONSTANTS_AND_FUNCTIONS = {
        "fchs", "fabs", "", "", "ftst", "fxam", "", "",
        "fld1", "fldl2t", "fldl2e", "fldpi", "fldlg2", "fldln2", "fldz", "",
        "f2xm1", "fyl2x", "fptan", "fpatan", "fxtract", "fprem1", "fdecstp", "fincstp",
        "fprem", "fyl2xp1", "fsqrt", "fsincos", "frndint", "fscale", "fsin", "fcos"
    };

    private X87() {}

    static void rows(RowList t) {
        t.row("fwait", "9B", "").is(FLOATING).manual("WAIT/FWAIT").does((p, i) -> {
            if ((p.cr(0) & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) {
                throw p.fault(Vector.NM);
            }
        });
        arithmetic(t);
        loadsAndStores(t);
        registers(t);
        control(t);
        for (int n = 0; n < CONSTANTS_AND_FUNCTIONS.length; n++) {
            if (!CONSTANTS_AND_FUNCTIONS[n].isEmpty()) {
                x87(t, CONSTANTS_AND_FUNCTIONS[n], "D9 %02X".formatted(0xe0 + n), "");
            }
        }
    }

    private static void arithmetic(RowList t) {
        for (int n = 0; n < 8; n++) {
            String name = ARITHMETIC[n];
            boolean compares = n == 2 || n == 3;
            x87(t, "f" + name, "D8 /" + n, "Md");
            x87(t, "f" + name, "DC /" + n, "Mq");
            x87(t, "fi" + name, "DA /" + n, "Md");
            x87(t, "fi" + name, "DE /" + n, "Mw");
            x87(t, "f" + name, stack("D8", n), compares ? "STi" : "ST,STi");
            if (!compares) {
                String reversed = ARITHMETIC[n < 4 ? n : n ^ 1];
                x87(t, "f" + reversed, stack("DC", n), "STi,ST");
                x87(t, "f" + reversed + "p", stack("DE", n), "STi,ST");
            }
        }
        x87(t, "fcompp", "DE D9", "");
        x87(t, "fucompp", "DA E9", "");
        alias(t, "fcom2", "DC D0+i");
        alias(t, "fcomp3", "DC D8+i");
        alias(t, "fcomp5", "DE D0+i");
    }

    private static String stack(String opcode, int n) {
        return "%s %02X+i".formatted(opcode, 0xc0 + 8 * n);
    }

    private static void loadsAndStores(RowList t) {
        x87(t, "fld", "D9 /0", "Md");
        x87(t, "fld", "DD /0", "Mq");
        x87(t, "fld", "DB /5", "Mt");
        x87(t, "fst", "D9 /2", "Md");
        x87(t, "fst", "DD /2", "Mq");
        x87(t, "fstp", "D9 /3", "Md");
        x87(t, "fstp", "DD /3", "Mq");
        x87(t, "fstp", "DB /7", "Mt");
        x87(t, "fild", "DF /0", "Mw");
        x87(t, "fild", "DB /0", "Md");
        x87(t, "fild", "DF /5", "Mq");
        x87(t, "fist", "DF /2", "Mw");
        x87(t, "fist", "DB /2", "Md");
        x87(t, "fistp", "DF /3", "Mw");
        x87(t, "fistp", "DB /3", "Md");
        x87(t, "fistp", "DF /7", "Mq");
        x87(t, "fbld", "DF /4", "Mt");
        x87(t, "fbstp", "DF /6", "Mt");
    }

    private static void registers(RowList t) {
        x87(t, "fld", "D9 C0+i", "STi");
        x87(t, "fxch", "D9 C8+i", "STi");
        x87(t, "fst", "DD D0+i", "STi");
        x87(t, "fstp", "DD D8+i", "STi");
        x87(t, "fucom", "DD E0+i", "STi");
        x87(t, "fucomp", "DD E8+i", "STi");
        x87(t, "ffree", "DD C0+i", "STi");
        x87(t, "ffreep", "DF C0+i", "STi");
        alias(t, "fstp1", "D9 D8+i");
        alias(t, "fxch4", "DD C8+i");
        alias(t, "fxch7", "DF C8+i");
        alias(t, "fstp8", "DF D0+i");
        alias(t, "fstp9", "DF D8+i");
        String[] conditions = {"b", "e", "be", "u"};
        for (int n = 0; n < 4; n++) {
            sinceP6(t, "fcmov" + conditions[n], stack("DA", n));
            sinceP6(t, "fcmovn" + conditions[n], stack("DB", n));
        }
        sinceP6(t, "fucomi", "DB E8+i");
        sinceP6(t, "fcomi", "DB F0+i");
        sinceP6(t, "fucomip", "DF E8+i");
        sinceP6(t, "fcomip", "DF F0+i");
    }

    private static void control(RowList t) {
        x87(t, "fldenv", "D9 /4", "M");
        x87(t, "fldcw", "D9 /5", "Mw");
        showsCodeSegment(t, "fnstenv", "D9 /6");
        x87(t, "fnstcw", "D9 /7", "Mw");
        x87(t, "fnop", "D9 D0", "");
        x87(t, "fneni", "DB E0", "");
        x87(t, "fndisi", "DB E1", "");
        x87(t, "fnclex", "DB E2", "");
        x87(t, "fninit", "DB E3", "");
        x87(t, "fsetpm", "DB E4", "");
        x87(t, "frstor", "DD /4", "M");
        showsCodeSegment(t, "fnsave", "DD /6");
        x87(t, "fnstsw", "DD /7", "Mw");
        x87(t, "fnstsw", "DF E0", "AX");
    }

    private static void x87(RowList t, String name, String encoding, String operands) {
        t.row(name, encoding, operands).is(FLOATING).since(Feature.FPU).does(NO_UNIT);
    }

    /** The environment holds CS of the last x87 instruction, with its RPL. */
    private static void showsCodeSegment(RowList t, String name, String encoding) {
        t.row(name, encoding, "M")
                .is(FLOATING)
                .since(Feature.FPU)
                .kind(Sensitivity.UNPRIVILEGED)
                .does(NO_UNIT);
    }

    private static void sinceP6(RowList t, String name, String encoding) {
        t.row(name, encoding, "ST,STi").is(FLOATING).since(Feature.CMOV).does(NO_UNIT);
    }

    private static void alias(RowList t, String name, String encoding) {
        t.row(name, encoding, "STi").is(FLOATING, ALIAS).since(Feature.FPU).does(NO_UNIT);
    }
}
