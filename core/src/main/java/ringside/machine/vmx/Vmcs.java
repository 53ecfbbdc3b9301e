package ringside.machine.vmx;

import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.machine.state.SegmentRegister;

/**
 * A virtual-machine control structure: what {@code VMREAD} and {@code VMWRITE} reach.
 *
 * <p>Values are masked to the field's width. Root-mode software uses {@link #read} and {@link #write}, which count as
 * VMCS accesses; the processor itself does not.
 */
public final class Vmcs {
    private static final long NATURAL = 0xffff_ffffL;
    private static final int ES_SELECTOR = VmcsField.GUEST_ES_SELECTOR.ordinal();
    private static final int ES_BASE = VmcsField.GUEST_ES_BASE.ordinal();
    private static final int ES_LIMIT = VmcsField.GUEST_ES_LIMIT.ordinal();
    private static final int ES_RIGHTS = VmcsField.GUEST_ES_RIGHTS.ordinal();

    private final long[] values = new long[VmcsField.values().length];

    /** The processor on which it was last entered: what checks may ask for. */
    private CpuModel processor;

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
        unchecked |= values[field.ordinal()] != before && field.isChecked();
    }

    /** Becomes current on {@code model}. */
    void on(CpuModel model) {
        unchecked |= model != processor;
        processor = model;
    }

    CpuModel processor() {
        return processor;
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

    /** The low half of a field as an onlooker sees it: no VMREAD. */
    public int getInt(VmcsField field) {
        return (int) values[field.ordinal()];
    }

    /** Loads {@code s} from the fields of segment register {@code seg}: ES to GS, LDTR 6, TR 7. */
    void segmentInto(SegmentRegister s, int seg) {
        s.set((int) values[ES_SELECTOR + seg], (int) values[ES_BASE + seg], (int) values[ES_LIMIT + seg], (int)
                values[ES_RIGHTS + seg]);
    }

    /** Saves {@code s} as segment register {@code seg}. */
    void segmentFrom(SegmentRegister s, int seg) {
        values[ES_SELECTOR + seg] = s.selector & 0xffff;
        values[ES_BASE + seg] = s.base & NATURAL;
        values[ES_LIMIT + seg] = s.limit & NATURAL;
        values[ES_RIGHTS + seg] = s.rights & NATURAL;
    }

    void set(VmcsField field, long value) {
        values[field.ordinal()] = value & field.mask;
    }
}
