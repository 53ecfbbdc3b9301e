package ringside.machine.interrupts;

/**
 * Sees every event before it is delivered, and may take it away by throwing {@link ExitTaken}: the processor's half of
 * hardware assist.
 */
public interface EventWatch {
    /** What an event is, in the coding of the VM-entry interruption-information field (SDM vol. 3, table 24-16). */
    enum Type {
        EXTERNAL(0),
        NMI(2),
        EXCEPTION(3),
        SOFTWARE_INTERRUPT(4),
        PRIVILEGED_SOFTWARE_EXCEPTION(5),
        SOFTWARE_EXCEPTION(6);

        public final int code;

        Type(int code) {
            this.code = code;
        }

        /** The type of {@code code}, or null for a reserved one. */
        public static Type of(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            return null;
        }
    }

    /** An event as the watch sees it. */
    record Occurrence(Type type, int vector, boolean hasError, int errorCode) {
        /** The interruption-information image, valid bit included. */
        public int information() {
            return vector | type.code << 8 | (hasError ? 1 << 11 : 0) | 1 << 31;
        }
    }

    /**
     * An event is about to be delivered.
     *
     * @param during the event whose delivery raised this one, or null
     */
    void deliver(Occurrence event, Occurrence during);

    /** Delivery succeeded, or ended in something the watch was told of. */
    void delivered();

    /** The processor is about to shut down. */
    void tripleFault(Occurrence during);
}
