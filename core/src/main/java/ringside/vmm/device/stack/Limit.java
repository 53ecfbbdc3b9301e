package ringside.vmm.device.stack;

import ringside.error.RingsideException;

/**
 * What a guest may ask of a disk in a second of virtual time.
 *
 * @param requests a second; 0 for any number
 * @param bytes a second; 0 for any number
 */
public record Limit(long requests, long bytes) {
    public static final Limit NONE = new Limit(0, 0);

    public Limit {
        if (requests < 0 || bytes < 0) {
            throw new RingsideException(
                    "a limit of " + requests + " requests and " + bytes + " bytes a second",
                    "",
                    "give at least 1, or leave it out: limit: [requests: 500, bytes: 2.MiB]");
        }
    }
}
