package ringside.machine.vmx;

/** Basic exit reasons that this processor raises (SDM vol. 3, appendix C). */
public enum ExitReason {
    EXCEPTION_OR_NMI(0),
    EXTERNAL_INTERRUPT(1),
    TRIPLE_FAULT(2),
    INTERRUPT_WINDOW(7),
    NMI_WINDOW(8),
    TASK_SWITCH(9),
    CPUID(10),
    HLT(12),
    INVD(13),
    INVLPG(14),
    RDPMC(15),
    RDTSC(16),
    VMCALL(18),
    CR_ACCESS(28),
    DR_ACCESS(29),
    IO(30),
    RDMSR(31),
    WRMSR(32),
    INVALID_GUEST_STATE(33),
    MSR_LOADING(34),
    MONITOR_TRAP(37),
    GDTR_IDTR_ACCESS(46),
    LDTR_TR_ACCESS(47),
    EPT_VIOLATION(48),
    EPT_MISCONFIGURATION(49),
    WBINVD(54);

    /** Bit 31 of the exit-reason field: VM entry failed. */
    public static final int ENTRY_FAILURE = 1 << 31;

    private static final ExitReason[] BY_NUMBER = new ExitReason[64];

    static {
        for (ExitReason reason : values()) {
            BY_NUMBER[reason.number] = reason;
        }
    }

    public final int number;

    ExitReason(int number) {
        this.number = number;
    }

    /** The reason of an exit-reason field. */
    public static ExitReason of(int field) {
        int number = field & 0xffff;
        ExitReason reason = number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        if (reason == null) {
            throw new IllegalArgumentException("no exit reason " + number);
        }
        return reason;
    }
}
