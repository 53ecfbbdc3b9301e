package ringside.vmm.device.stack;

import java.util.Optional;
import ringside.error.RingsideException;
import ringside.machine.devices.disk.BlockRequest;

/**
 * Trouble for some of a disk's requests.
 *
 * @param on requests of this operation only, or all
 * @param first and {@code last}: those that touch one of these sectors
 * @param every of these the n-th, the 2n-th...; 0 where chance decides
 * @param perMillion how likely it is where {@code every} is 0
 * @param delay ticks that such a request takes longer
 * @param fails whether it ends with an error
 */
public record Injection(
        Optional<BlockRequest.Operation> on,
        long first,
        long last,
        long every,
        int perMillion,
        long delay,
        boolean fails) {
    public static final int CERTAIN = 1_000_000;

    public Injection {
        if (first < 0 || last < first) {
            throw new RingsideException(
                    "trouble on sectors " + first + " to " + last, "", "give a range of sectors: sectors: 100..120");
        }
        if (every < 0 || perMillion < 0 || perMillion > CERTAIN || delay < 0) {
            throw new RingsideException(
                    "trouble every " + every + " requests, " + perMillion + " in a million, for " + delay + " ticks",
                    "",
                    "give every: 50 or probability: 0.01, and delay: 2.ms");
        }
    }

    /** Whether it is about this request at all. */
    boolean concerns(BlockRequest.Operation operation, long sector, long sectors) {
        boolean inRange = operation == BlockRequest.Operation.FLUSH
                ? first == 0 && last == Long.MAX_VALUE
                : sector <= last && sector + sectors > first;
        return (on.isEmpty() || on.get() == operation) && inRange;
    }

    /** Whether the {@code count}-th request that it is about, from 1, gets it; the same for the same seed. */
    boolean strikes(long count, long seed) {
        if (every > 0) {
            return count % every == 0;
        }
        long mixed = (seed + count) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return Long.remainderUnsigned(mixed ^ mixed >>> 31, CERTAIN) < perMillion;
    }
}
