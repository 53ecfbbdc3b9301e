package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.ENTRY_CONTROLS;
import static ringside.machine.vmx.VmcsField.EXIT_CONTROLS;
import static ringside.machine.vmx.VmcsField.PIN_CONTROLS;
import static ringside.machine.vmx.VmcsField.PROCESSOR_CONTROLS;
import static ringside.machine.vmx.VmcsField.SECONDARY_CONTROLS;

import ringside.arch.CpuModel;
import ringside.arch.Feature;

/** The control bits that this processor offers; all others must be 0 (SDM vol. 3, sections 24.6 to 24.8). */
public enum VmxControl {
    EXTERNAL_INTERRUPT_EXITING(PIN_CONTROLS, 0),
    NMI_EXITING(PIN_CONTROLS, 3),
    INTERRUPT_WINDOW_EXITING(PROCESSOR_CONTROLS, 2),
    USE_TSC_OFFSETTING(PROCESSOR_CONTROLS, 3),
    HLT_EXITING(PROCESSOR_CONTROLS, 7),
    INVLPG_EXITING(PROCESSOR_CONTROLS, 9),
    RDPMC_EXITING(PROCESSOR_CONTROLS, 11),
    RDTSC_EXITING(PROCESSOR_CONTROLS, 12),
    CR3_LOAD_EXITING(PROCESSOR_CONTROLS, 15),
    CR3_STORE_EXITING(PROCESSOR_CONTROLS, 16),
    NMI_WINDOW_EXITING(PROCESSOR_CONTROLS, 22),
    MOV_DR_EXITING(PROCESSOR_CONTROLS, 23),
    UNCONDITIONAL_IO_EXITING(PROCESSOR_CONTROLS, 24),
    USE_IO_BITMAPS(PROCESSOR_CONTROLS, 25),
    MONITOR_TRAP_FLAG(PROCESSOR_CONTROLS, 27),
    USE_MSR_BITMAPS(PROCESSOR_CONTROLS, 28),
    ACTIVATE_SECONDARY_CONTROLS(PROCESSOR_CONTROLS, 31, Feature.EPT),
    ENABLE_EPT(SECONDARY_CONTROLS, 1, Feature.EPT),
    DESCRIPTOR_TABLE_EXITING(SECONDARY_CONTROLS, 2, Feature.EPT),
    ENABLE_VPID(SECONDARY_CONTROLS, 5, Feature.EPT),
    WBINVD_EXITING(SECONDARY_CONTROLS, 6, Feature.EPT),
    UNRESTRICTED_GUEST(SECONDARY_CONTROLS, 7, Feature.UNRESTRICTED_GUEST),
    SAVE_DEBUG_CONTROLS(EXIT_CONTROLS, 2),
    ACKNOWLEDGE_INTERRUPT_ON_EXIT(EXIT_CONTROLS, 15),
    SAVE_EFER(EXIT_CONTROLS, 20),
    LOAD_HOST_EFER(EXIT_CONTROLS, 21),
    LOAD_DEBUG_CONTROLS(ENTRY_CONTROLS, 2),
    LOAD_GUEST_EFER(ENTRY_CONTROLS, 15);

    public final VmcsField field;
    public final int bit;

    /** What a processor needs to offer it. */
    private final Feature feature;

    VmxControl(VmcsField field, int position) {
        this(field, position, Feature.VMX);
    }

    VmxControl(VmcsField field, int position, Feature feature) {
        this.field = field;
        this.bit = 1 << position;
        this.feature = feature;
    }

    /** Whether it is on; secondary controls count as 0 until they are activated. */
    boolean in(Vmcs vmcs) {
        boolean on = (vmcs.getInt(field) & bit) != 0;
        return on && (field != SECONDARY_CONTROLS || vmcs.getInt(PROCESSOR_CONTROLS) < 0);
    }

    /** Whether {@code processor} has it. */
    public boolean offeredBy(CpuModel processor) {
        return processor.has(feature);
    }

    /** Bits of {@code field} that may be 1. */
    static int offered(VmcsField field, CpuModel processor) {
        int bits = 0;
        for (VmxControl control : values()) {
            bits |= control.field == field && control.offeredBy(processor) ? control.bit : 0;
        }
        return bits;
    }

    /** Sets this bit in {@code vmcs} by VMREAD and VMWRITE. */
    public void set(Vmcs vmcs, boolean on) {
        int value = vmcs.readInt(field);
        vmcs.write(field, on ? value | bit : value & ~bit);
    }
}
