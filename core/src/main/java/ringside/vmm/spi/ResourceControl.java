package ringside.vmm.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the VMM kept what only it may hand out: Popek and Goldberg's resource control, as seen on the real machine.
 *
 * @param masked how often code outside ring 0 ran with the real IF clear, so that the VMM's timer had to wait
 * @param ports accesses to ports of the real machine, past the VMM
 * @param memory what of the VMM's memory code of the guest could reach, in words; empty where nothing
 * @param devices what of memory that is not the guest's its own devices reached, in words; empty where nothing
 */
public record ResourceControl(long masked, long ports, List<String> memory, List<String> devices) {
    public ResourceControl {
        memory = List.copyOf(memory);
        devices = List.copyOf(devices);
    }

    /** Whether nothing slipped away. */
    public boolean kept() {
        return losses().isEmpty();
    }

    /** What slipped away: {@code timer masked 3 times}; empty where nothing did. */
    public List<String> losses() {
        List<String> losses = new ArrayList<>();
        if (masked > 0) {
            losses.add("timer masked " + times(masked));
        }
        if (ports > 0) {
            losses.add("real ports used " + times(ports));
        }
        losses.addAll(memory);
        losses.addAll(devices);
        return losses;
    }

    private static String times(long count) {
        return count == 1 ? "once" : count + " times";
    }
}
