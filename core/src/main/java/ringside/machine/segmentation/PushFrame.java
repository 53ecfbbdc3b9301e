package ringside.machine.segmentation;

import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.state.SegmentRegister;

/**
 * Values pushed together on a stack that need not be the current one: all of them or none.
 *
 * <p>Used by far calls, gates and event delivery, which must not touch memory or registers before every check is done.
 */
public final class PushFrame {
    /** A call gate copies at most 31 parameters; with SS:ESP and CS:EIP that is the longest frame. */
    private static final int LONGEST = 31 + 4;

    private final Mmu mmu;
    private final SegmentRegister stack;
    private final int bits;
    private final boolean user;
    private final int[] values = new int[LONGEST];
    private int count;
    private final int sp;

    /**
     * @param stack the segment to push on, loaded
     * @param sp ESP of that stack; a 16-bit stack uses its low half
     * @param bits width of every value, 16 or 32
     * @param user whether the pushes have the rights of ring 3
     */
    public PushFrame(Mmu mmu, SegmentRegister stack, int sp, int bits, boolean user) {
        this.mmu = mmu;
        this.stack = stack;
        this.sp = sp;
        this.bits = bits;
        this.user = user;
    }

    public PushFrame push(int value) {
        values[count++] = value;
        return this;
    }

    /** #SS with {@code errorCode} unless every value lies within the stack's limit. */
    public void checkLimit(int errorCode) {
        for (int i = 0; i < count; i++) {
            if (!stack.writable || !stack.covers(offset(i), bits / 8)) {
                throw new GuestFault(Vector.SS, errorCode);
            }
        }
    }

    /** Writes all values, or throws the #PF of one of them before any is written; returns the new stack pointer. */
    public int commit() {
        for (int i = 0; i < count; i++) {
            mmu.probeWrite(stack.base + offset(i), bits / 8, user);
        }
        for (int i = 0; i < count; i++) {
            int la = stack.base + offset(i);
            if (user) {
                mmu.write(bits, la, values[i]);
            } else {
                mmu.writeSystem(bits, la, values[i]);
            }
        }
        return offset(count - 1);
    }

    private int offset(int index) {
        int below = sp - (index + 1) * (bits / 8);
        return stack.big ? below : below & 0xffff;
    }
}
