package ringside.machine.iommu;

/** Why the IOMMU did not let an access through, by the number in its fault registers. */
public enum FaultReason {
    NO_ROOT(1, "the root entry of its bus is not present"),
    NO_CONTEXT(2, "its context entry is not present: it belongs to no domain"),
    NO_WRITE(5, "the page may not be written"),
    NO_READ(6, "the page may not be read"),
    TABLES_OUTSIDE(7, "a table lies where there is no memory"),
    RESERVED(12, "a reserved bit is set in an entry"),
    PAGE_OUTSIDE(13, "the page lies where there is no memory");

    private final int number;
    private final String text;

    FaultReason(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** As the fault registers have it. */
    public int number() {
        return number;
    }

    /** In words. */
    public String text() {
        return text;
    }

    /** The reason of this number. */
    public static FaultReason of(int number) {
        for (FaultReason reason : values()) {
            if (reason.number == number) {
                return reason;
            }
        }
        throw new IllegalArgumentException("no fault has the reason " + number);
    }
}
