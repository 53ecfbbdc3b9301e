package ringside.vmm.spi;

import java.util.Optional;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;

/**
 * What the memory of the machine under a guest is like.
 *
 * @param frames which frames the guest gets
 * @param mib machine memory in MiB for the guest's pages; 0 for as much as the guest believes it has, and some to spare
 * @param seed of what is scattered
 * @param shared a machine that has other guests already, or nothing for one of its own
 */
public record ServerMemory(Layout frames, int mib, long seed, Optional<MachineMemory> shared) {
    public static final ServerMemory DEFAULT = new ServerMemory(Layout.SCATTERED, 0, 1, Optional.empty());

    public ServerMemory with(Layout layout) {
        return new ServerMemory(layout, mib, seed, shared);
    }

    /** With {@code size} MiB of machine memory for guests, whatever they believe they have. */
    public ServerMemory withMib(int size) {
        return new ServerMemory(frames, size, seed, shared);
    }

    public ServerMemory withSeed(long value) {
        return new ServerMemory(frames, mib, value, shared);
    }

    /** Beside the guests that {@code machine} has. */
    public ServerMemory on(MachineMemory machine) {
        return new ServerMemory(frames, mib, seed, Optional.of(machine));
    }
}
