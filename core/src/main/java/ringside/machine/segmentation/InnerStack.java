package ringside.machine.segmentation;

import ringside.machine.state.SegmentRegister;

/**
 * The stack that the current TSS names for an inner ring, checked and loaded but not yet in use.
 *
 * @param segment the hidden part for SS
 * @param pointer ESP (SP of a 16-bit TSS, zero-extended)
 */
public record InnerStack(SegmentRegister segment, int pointer) {
    /** The error code of a #SS for a push that does not fit. */
    public int errorCode() {
        return segment.selector & 0xfffc;
    }
}
