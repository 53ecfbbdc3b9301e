package ringside.arch;

/** EFLAGS bits (SDM vol. 1, section 3.4.3). */
public final class Eflags {
    public static final int CF = 1, ALWAYS_ONE = 2, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, TF = 0x100, IF = 0x200;
    public static final int DF = 0x400, OF = 0x800, IOPL = 0x3000, IOPL_SHIFT = 12, NT = 0x4000, RF = 0x10000;
    public static final int VM = 0x20000, AC = 0x40000, VIF = 0x80000, VIP = 0x100000, ID = 0x200000;

    /** The six arithmetic flags. */
    public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

    private Eflags() {}
}
