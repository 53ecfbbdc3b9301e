package ringside.machine.vmx;

import ringside.error.RingsideException;

/**
 * A virtual-machine control structure: what {@code VMREAD} and {@code VMWRITE} reach.
 *
 * <p>Values are masked to the field's width. Root-mode software uses {@link #read} and {@link #write}, which count as
 * VMCS accesses; the processor itself does not.
 */
public final class Vmcs {
    private final long[] values = new long[VmcsField.values().length];

    /** Something that entry checks look at was written since they last passed. */
    private boolean unchecked = true;

    /** VMREADs and VMWRITEs made so far. */
    public long accesses;

    /** VMREAD. */
    public long read(VmcsField field) {
        accesses++;
        return values[field.ordinal()];
    }

    public int readInt(VmcsField field) {
        return (int) read(field);
    }

    /** VMWRITE; exit-information fields are read-only. */
    public void write(VmcsField field, long value) {
        if (field.readOnly()) {
            throw new RingsideException("VMCS field " + field + " is read-only", "", "write a control or state field");
        }
        accesses++;
        long before = values[field.ordinal()];
        set(field, value);
        unchecked |= field.isChecked() && values[field.ordinal()] != before;
    }

    /** Whether VM entry must check again; what an exit saves is always fit to be entered with. */
    boolean isUnchecked() {
        return unchecked;
    }

    void passed() {
        unchecked = false;
    }

    long get(VmcsField field) {
        return values[field.ordinal()];
    }

    int getInt(VmcsField field) {
        return (int) values[field.ordinal()];
    }

    void set(VmcsField field, long value) {
        int bits = field.bits();
        values[field.ordinal()] = bits == 64 ? value : value & (1L << bits) - 1;
    }
}
