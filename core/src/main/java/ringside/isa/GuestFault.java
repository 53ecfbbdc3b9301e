package ringside.isa;

import ringside.arch.Vector;

/**
 * An architectural fault in flight: unwinds to the engine, which delivers it through the IDT.
 *
 * <p>Carries no stack trace: it is the guest's event, not ours. CR2 is set before a #PF is thrown.
 */
public final class GuestFault extends RuntimeException {
    public final int vector;
    /** Meaningful only where {@link Vector#hasErrorCode}. */
    public final int errorCode;

    public GuestFault(int vector, int errorCode) {
        super(null, null, false, false);
        this.vector = vector;
        this.errorCode = errorCode;
    }

    @Override
    public String getMessage() {
        return Vector.name(vector) + (Vector.hasErrorCode(vector) ? String.format("(%04x)", errorCode) : "");
    }
}
