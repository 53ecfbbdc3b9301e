package ringside.dsl;

import java.util.Map;
import java.util.TreeMap;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.dsl.assembly.Expr;
import ringside.isa.Disassembler;
import ringside.isa.Operand;

/** The names that mean the same in every script's assembler: registers, bits of EFLAGS, CR0 and CR4, {@code $}. */
final class SymbolWords {
    private static final Map<String, Expr> REGISTERS = registers();
    private static final Map<String, Expr> CONSTANTS = constants();

    private SymbolWords() {}

    static boolean isRegister(String word) {
        return REGISTERS.containsKey(word);
    }

    /** The register or constant called {@code word}, or null. */
    static Expr of(String word) {
        Expr register = REGISTERS.get(word);
        return register != null ? register : CONSTANTS.get(word);
    }

    /** All registers, sorted. */
    static java.util.Set<String> registerNames() {
        return REGISTERS.keySet();
    }

    private static Map<String, Expr> registers() {
        Map<String, Expr> map = new TreeMap<>();
        for (int n = 0; n < 8; n++) {
            for (int bits : new int[] {8, 16, 32}) {
                add(map, new Operand.Gpr(bits, n));
            }
            if (n < Reg.SEGMENTS.length) {
                add(map, new Operand.Seg(n));
            }
            if (n < 5 && n != 1) {
                add(map, new Operand.Cr(n));
            }
            add(map, new Operand.Dr(n));
            add(map, new Operand.St(n));
            add(map, new Operand.Mm(n));
            add(map, new Operand.Xmm(n));
        }
        return map;
    }

    private static void add(Map<String, Expr> map, Operand register) {
        map.put(Disassembler.operandText(register), new Expr.Register(register));
    }

    private static Map<String, Expr> constants() {
        Map<String, Expr> map = new TreeMap<>();
        map.put("$", new Expr.Here());
        map.put("$$", new Expr.Start());
        Object[][] bits = {
            {"CF", Eflags.CF},
            {"PF", Eflags.PF},
            {"AF", Eflags.AF},
            {"ZF", Eflags.ZF},
            {"SF", Eflags.SF},
            {"TF", Eflags.TF},
            {"IF", Eflags.IF},
            {"DF", Eflags.DF},
            {"OF", Eflags.OF},
            {"IOPL", Eflags.IOPL},
            {"NT", Eflags.NT},
            {"RF", Eflags.RF},
            {"VM", Eflags.VM},
            {"AC", Eflags.AC},
            {"VIF", Eflags.VIF},
            {"VIP", Eflags.VIP},
            {"ID", Eflags.ID},
            {"PE", Control.CR0_PE},
            {"MP", Control.CR0_MP},
            {"EM", Control.CR0_EM},
            {"TS", Control.CR0_TS},
            {"ET", Control.CR0_ET},
            {"NE", Control.CR0_NE},
            {"WP", Control.CR0_WP},
            {"AM", Control.CR0_AM},
            {"PG", Control.CR0_PG},
            {"VME", Control.CR4_VME},
            {"PVI", Control.CR4_PVI},
            {"TSD", Control.CR4_TSD},
            {"DE", Control.CR4_DE},
            {"PSE", Control.CR4_PSE},
            {"PAE", Control.CR4_PAE},
            {"PGE", Control.CR4_PGE},
            {"PCE", Control.CR4_PCE},
            {"UMIP", Control.CR4_UMIP}
        };
        for (Object[] bit : bits) {
            map.put((String) bit[0], new Expr.Const((Integer) bit[1]));
        }
        return map;
    }

    /** All constants, sorted. */
    static java.util.Set<String> constantNames() {
        return CONSTANTS.keySet();
    }
}
