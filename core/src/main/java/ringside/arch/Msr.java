package ringside.arch;

/** Model-specific register numbers (SDM vol. 4). */
public final class Msr {
    public static final int TSC = 0x10,
            APIC_BASE = 0x1b,
            SYSENTER_CS = 0x174,
            SYSENTER_ESP = 0x175,
            SYSENTER_EIP = 0x176;
    public static final int EFER = 0xc0000080;
    /** What APIC_BASE holds: at FEE00000, of the boot processor, enabled. */
    public static final long APIC_AT_RESET = 0xfee0_0900L;

    private Msr() {}
}
