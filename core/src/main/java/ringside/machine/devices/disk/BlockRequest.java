package ringside.machine.devices.disk;

/**
 * A request to a disk as its guest made it and saw it end, whatever the disk looks like: what is compared among device
 * models.
 *
 * @param sector the first one; 0 for a flush
 * @param sectors how many were asked for
 */
public record BlockRequest(Operation operation, long sector, int sectors, Status status) {
    /** What was asked. */
    public enum Operation {
        READ,
        WRITE,
        FLUSH
    }

    /** What the guest was told. */
    public enum Status {
        DONE,
        FAILED
    }

    /** Somebody who is shown each request when it is complete. */
    @FunctionalInterface
    public interface Watcher {
        Watcher NONE = request -> {};

        void completed(BlockRequest request);
    }

    /** {@code write 8+16 done}. */
    @Override
    public String toString() {
        return (operation + (operation == Operation.FLUSH ? " " : " " + sector + "+" + sectors + " ") + status)
                .toLowerCase(java.util.Locale.ROOT);
    }
}
