package ringside.arch;

/**
 * A switchable fact of the simulated CPU. CPUID reports it and the CPU behaves by it.
 *
 * <p>Two have no bit in CPUID: {@link #I486} stands for what the 80486 added (BSWAP, CMPXCHG, XADD, INVD, INVLPG, WBINVD,
 * EFLAGS.AC), {@link #CPUID} for the instruction itself and EFLAGS.ID.
 */
public enum Feature {
    FPU,
    I486,
    CPUID,
    VME,
    DE,
    PSE,
    TSC,
    MSR,
    PAE,
    CX8,
    SEP,
    PGE,
    CMOV,
    FXSR,
    SSE,
    SSE2,
    NX,
    UMIP,
    VMX,
    /** Nested page tables and tagged translations of the assist. */
    EPT,
    /** Non-root operation without protection or paging. */
    UNRESTRICTED_GUEST,
    /** A local APIC and an I/O APIC beside the 8259; in no model by itself, for most guests have no use for it. */
    APIC;

    /** The word a script uses, as in {@code server { umip true }}. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
