package ringside.machine.devices.disk;

/** A backing could not read or write a sector; the message is for the user, the guest gets the drive's own error. */
public final class DiskFault extends Exception {
    /** What went wrong, as far as a drive tells its guest. */
    public enum Kind {
        /** The sector cannot be read. */
        UNREADABLE,
        /** The sector cannot be written: read-only, full, or broken. */
        UNWRITABLE
    }

    private final Kind kind;

    public DiskFault(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public DiskFault(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
