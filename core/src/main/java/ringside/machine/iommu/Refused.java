package ringside.machine.iommu;

import java.util.Arrays;

/** A walk that ended before memory; one object a reason, without a trace, for a device may try a million times. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    static final Refused[] BECAUSE =
            Arrays.stream(FaultReason.values()).map(Refused::new).toArray(Refused[]::new);

    final FaultReason reason;

    private Refused(FaultReason reason) {
        super(reason.text(), null, false, false);
        this.reason = reason;
    }
}
