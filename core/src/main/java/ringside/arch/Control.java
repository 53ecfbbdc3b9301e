package ringside.arch;

/** Bits of CR0, CR4 and EFER (SDM vol. 3, section 2.5). */
public final class Control {
    public static final int CR0_PE = 1, CR0_MP = 2, CR0_EM = 4, CR0_TS = 8, CR0_ET = 0x10, CR0_NE = 0x20;
    public static final int CR0_WP = 0x10000, CR0_AM = 0x40000, CR0_NW = 0x20000000, CR0_CD = 0x40000000;
    public static final int CR0_PG = 0x80000000;
    public static final int CR4_VME = 1, CR4_PVI = 2, CR4_TSD = 4, CR4_DE = 8, CR4_PSE = 0x10, CR4_PAE = 0x20;
    public static final int CR4_MCE = 0x40, CR4_PGE = 0x80, CR4_PCE = 0x100, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400;
    public static final int CR4_UMIP = 0x800, CR4_VMXE = 0x2000;
    public static final int EFER_SCE = 1, EFER_NXE = 0x800;

    private Control() {}
}
