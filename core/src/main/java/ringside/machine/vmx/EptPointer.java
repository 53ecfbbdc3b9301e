package ringside.machine.vmx;

import ringside.machine.paging.NestedWalk;

/**
 * The EPT pointer of a VMCS (SDM vol. 3, table 24-8): memory type in bits 2-0, page-walk length less 1 in bits 5-3, accessed
 * and dirty bits in bit 6, then the address of the top table.
 *
 * <p>A length of 4 is EPT. A length of 2 is this processor's own: two levels in the format of ordinary 32-bit page tables,
 * as nested paging on a 32-bit host has it, so that both can be compared on one machine.
 */
public final class EptPointer {
    private static final int WRITE_BACK = 6;
    private static final int LENGTH_SHIFT = 3, LENGTH = 7;
    private static final int MARKS = 1 << 6;
    private static final long RESERVED = 0xffff_ffff_0000_0f80L;

    private EptPointer() {}

    /** The pointer to tables of {@code format}. */
    public static long of(NestedWalk.Format format) {
        return format.root() & 0xffff_f000L
                | WRITE_BACK
                | format.levels() - 1 << LENGTH_SHIFT
                | (format.marks() ? MARKS : 0);
    }

    /** The format of the tables that a valid pointer leads to. */
    public static NestedWalk.Format format(long pointer) {
        return new NestedWalk.Format((int) pointer & 0xfffff000, levels(pointer), (pointer & MARKS) != 0);
    }

    private static int levels(long pointer) {
        return (int) (pointer >> LENGTH_SHIFT & LENGTH) + 1;
    }

    static boolean isValid(long pointer) {
        long type = pointer & 7;
        boolean knownType = type == 0 || type == WRITE_BACK;
        boolean knownLength = levels(pointer) == 4 || levels(pointer) == 2;
        return knownType && knownLength && (pointer & RESERVED) == 0;
    }
}
