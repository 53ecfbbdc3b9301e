package ringside.arch;

/** A switchable fact of the simulated CPU. CPUID reports it and the CPU behaves by it. */
public enum Feature {
    FPU, VME, DE, PSE, TSC, MSR, PAE, CX8, SEP, PGE, CMOV, FXSR, SSE, SSE2, NX, UMIP, VMX;

    /** The word a script uses, as in {@code server { umip true }}. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
