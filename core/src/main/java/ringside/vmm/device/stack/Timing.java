package ringside.vmm.device.stack;

import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.time.VirtualClock;

/**
 * How long a store takes for a request, beside what the drive before it takes.
 *
 * @param request ticks for any request
 * @param seek ticks from the first sector to the last; less in proportion to the way
 * @param bytesPerSecond how fast data comes and goes; 0 for at once
 */
public record Timing(long request, long seek, long bytesPerSecond) {
    /** Memory: as fast as anybody asks. */
    public static final Timing NONE = new Timing(0, 0, 0);

    long ticks(long way, long whole, long sectors) {
        long moving =
                bytesPerSecond == 0 ? 0 : sectors * DiskBacking.SECTOR * VirtualClock.TICKS_PER_SECOND / bytesPerSecond;
        return request + (whole == 0 ? 0 : seek * way / whole) + moving;
    }
}
