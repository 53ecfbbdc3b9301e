package ringside.machine.vmx;

/**
 * The fields of a VMCS with their encodings (SDM vol. 3, appendix B).
 *
 * <p>An encoding tells width (bits 14-13: 16, 64, 32 bits, natural) and kind (bits 11-10: control, exit information,
 * guest state, host state). Segment fields follow each other in the order ES CS SS DS FS GS LDTR TR.
 */
public enum VmcsField {
    // 16-bit controls and selectors
    VPID(0x0000),
    GUEST_ES_SELECTOR(0x0800),
    GUEST_CS_SELECTOR(0x0802),
    GUEST_SS_SELECTOR(0x0804),
    GUEST_DS_SELECTOR(0x0806),
    GUEST_FS_SELECTOR(0x0808),
    GUEST_GS_SELECTOR(0x080a),
    GUEST_LDTR_SELECTOR(0x080c),
    GUEST_TR_SELECTOR(0x080e),
    HOST_ES_SELECTOR(0x0c00),
    HOST_CS_SELECTOR(0x0c02),
    HOST_SS_SELECTOR(0x0c04),
    HOST_DS_SELECTOR(0x0c06),
    HOST_FS_SELECTOR(0x0c08),
    HOST_GS_SELECTOR(0x0c0a),
    HOST_TR_SELECTOR(0x0c0c),
    // 64-bit fields
    IO_BITMAP_A(0x2000),
    IO_BITMAP_B(0x2002),
    MSR_BITMAP(0x2004),
    EXIT_MSR_STORE_ADDRESS(0x2006),
    EXIT_MSR_LOAD_ADDRESS(0x2008),
    ENTRY_MSR_LOAD_ADDRESS(0x200a),
    TSC_OFFSET(0x2010),
    EPT_POINTER(0x201a),
    GUEST_PHYSICAL_ADDRESS(0x2400),
    VMCS_LINK_POINTER(0x2800),
    GUEST_DEBUGCTL(0x2802),
    GUEST_EFER(0x2806),
    GUEST_PDPTE0(0x280a),
    GUEST_PDPTE1(0x280c),
    GUEST_PDPTE2(0x280e),
    GUEST_PDPTE3(0x2810),
    HOST_EFER(0x2c02),
    // 32-bit controls
    PIN_CONTROLS(0x4000),
    PROCESSOR_CONTROLS(0x4002),
    EXCEPTION_BITMAP(0x4004),
    PAGE_FAULT_ERROR_MASK(0x4006),
    PAGE_FAULT_ERROR_MATCH(0x4008),
    CR3_TARGET_COUNT(0x400a),
    EXIT_CONTROLS(0x400c),
    EXIT_MSR_STORE_COUNT(0x400e),
    EXIT_MSR_LOAD_COUNT(0x4010),
    ENTRY_CONTROLS(0x4012),
    ENTRY_MSR_LOAD_COUNT(0x4014),
    ENTRY_INTERRUPTION_INFORMATION(0x4016),
    ENTRY_EXCEPTION_ERROR_CODE(0x4018),
    ENTRY_INSTRUCTION_LENGTH(0x401a),
    SECONDARY_CONTROLS(0x401e),
    // 32-bit exit information
    VM_INSTRUCTION_ERROR(0x4400),
    EXIT_REASON(0x4402),
    EXIT_INTERRUPTION_INFORMATION(0x4404),
    EXIT_INTERRUPTION_ERROR_CODE(0x4406),
    IDT_VECTORING_INFORMATION(0x4408),
    IDT_VECTORING_ERROR_CODE(0x440a),
    EXIT_INSTRUCTION_LENGTH(0x440c),
    EXIT_INSTRUCTION_INFORMATION(0x440e),
    // 32-bit guest and host state
    GUEST_ES_LIMIT(0x4800),
    GUEST_CS_LIMIT(0x4802),
    GUEST_SS_LIMIT(0x4804),
    GUEST_DS_LIMIT(0x4806),
    GUEST_FS_LIMIT(0x4808),
    GUEST_GS_LIMIT(0x480a),
    GUEST_LDTR_LIMIT(0x480c),
    GUEST_TR_LIMIT(0x480e),
    GUEST_GDTR_LIMIT(0x4810),
    GUEST_IDTR_LIMIT(0x4812),
    GUEST_ES_RIGHTS(0x4814),
    GUEST_CS_RIGHTS(0x4816),
    GUEST_SS_RIGHTS(0x4818),
    GUEST_DS_RIGHTS(0x481a),
    GUEST_FS_RIGHTS(0x481c),
    GUEST_GS_RIGHTS(0x481e),
    GUEST_LDTR_RIGHTS(0x4820),
    GUEST_TR_RIGHTS(0x4822),
    GUEST_INTERRUPTIBILITY(0x4824),
    GUEST_ACTIVITY(0x4826),
    GUEST_SYSENTER_CS(0x482a),
    HOST_SYSENTER_CS(0x4c00),
    // natural-width controls and exit information
    CR0_MASK(0x6000),
    CR4_MASK(0x6002),
    CR0_SHADOW(0x6004),
    CR4_SHADOW(0x6006),
    CR3_TARGET0(0x6008),
    CR3_TARGET1(0x600a),
    CR3_TARGET2(0x600c),
    CR3_TARGET3(0x600e),
    EXIT_QUALIFICATION(0x6400),
    GUEST_LINEAR_ADDRESS(0x640a),
    // natural-width guest state
    GUEST_CR0(0x6800),
    GUEST_CR3(0x6802),
    GUEST_CR4(0x6804),
    GUEST_ES_BASE(0x6806),
    GUEST_CS_BASE(0x6808),
    GUEST_SS_BASE(0x680a),
    GUEST_DS_BASE(0x680c),
    GUEST_FS_BASE(0x680e),
    GUEST_GS_BASE(0x6810),
    GUEST_LDTR_BASE(0x6812),
    GUEST_TR_BASE(0x6814),
    GUEST_GDTR_BASE(0x6816),
    GUEST_IDTR_BASE(0x6818),
    GUEST_DR7(0x681a),
    GUEST_RSP(0x681c),
    GUEST_RIP(0x681e),
    GUEST_RFLAGS(0x6820),
    GUEST_PENDING_DEBUG(0x6822),
    GUEST_SYSENTER_ESP(0x6824),
    GUEST_SYSENTER_EIP(0x6826),
    // natural-width host state
    HOST_CR0(0x6c00),
    HOST_CR3(0x6c02),
    HOST_CR4(0x6c04),
    HOST_FS_BASE(0x6c06),
    HOST_GS_BASE(0x6c08),
    HOST_TR_BASE(0x6c0a),
    HOST_GDTR_BASE(0x6c0c),
    HOST_IDTR_BASE(0x6c0e),
    HOST_SYSENTER_ESP(0x6c10),
    HOST_SYSENTER_EIP(0x6c12),
    HOST_RSP(0x6c14),
    HOST_RIP(0x6c16);

    /** What a field is for. */
    public enum Kind {
        CONTROL,
        EXIT_INFORMATION,
        GUEST_STATE,
        HOST_STATE
    }

    private static final VmcsField[] ALL = values();

    public final int encoding;
    private final Kind kind;
    private final int bits;
    /** Ones where the field has bits. */
    final long mask;

    VmcsField(int encoding) {
        this.encoding = encoding;
        this.kind = Kind.values()[encoding >> 10 & 3];
        this.bits = switch (encoding >> 13 & 3) {
            case 0 -> 16;
            case 1 -> 64;
            default -> 32;
        };
        this.mask = bits == 64 ? -1L : (1L << bits) - 1;
    }

    public Kind kind() {
        return kind;
    }

    /** Bits the field holds; natural width is 32 here. */
    public int bits() {
        return bits;
    }

    /** Written by the processor alone: VMWRITE is refused. */
    public boolean readOnly() {
        return kind == Kind.EXIT_INFORMATION;
    }

    /** Whether an entry check looks at it: a new value of another field needs no new check. */
    boolean isChecked() {
        return switch (this) {
            case GUEST_RIP,
                    GUEST_RSP,
                    GUEST_CR3,
                    GUEST_DR7,
                    GUEST_SYSENTER_CS,
                    GUEST_SYSENTER_ESP,
                    GUEST_SYSENTER_EIP,
                    GUEST_GDTR_BASE,
                    GUEST_IDTR_BASE,
                    CR0_MASK,
                    CR0_SHADOW,
                    CR4_MASK,
                    CR4_SHADOW,
                    TSC_OFFSET,
                    EXCEPTION_BITMAP -> false;
            default -> true;
        };
    }

    /** The field for segment register {@code index} (ES to GS, then LDTR 6 and TR 7) where this is the one for ES. */
    VmcsField of(int index) {
        return ALL[ordinal() + index];
    }
}
