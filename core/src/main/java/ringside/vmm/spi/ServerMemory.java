package ringside.vmm.spi;

import java.util.Optional;
import ringside.machine.paging.TlbShape;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;

/**
 * What the memory of the machine under a guest is like.
 *
 * @param frames which frames the guest gets
 * @param mib machine memory in MiB for the guest's pages; 0 for as much as the guest believes it has, and some to spare
 * @param seed of what is scattered
 * @param tlb the TLB that the processor has; nothing for one without bounds, of which nothing is counted
 * @param shared a machine that has other guests already, or nothing for one of its own
 */
public record ServerMemory(Layout frames, int mib, long seed, Optional<TlbShape> tlb, Optional<MachineMemory> shared) {
    public static final ServerMemory DEFAULT =
            new ServerMemory(Layout.SCATTERED, 0, 1, Optional.empty(), Optional.empty());

    public ServerMemory with(Layout layout) {
        return new ServerMemory(layout, mib, seed, tlb, shared);
    }

    /** With {@code size} MiB of machine memory for guests, whatever they believe they have. */
    public ServerMemory withMib(int size) {
        return new ServerMemory(frames, size, seed, tlb, shared);
    }

    public ServerMemory withSeed(long value) {
        return new ServerMemory(frames, mib, value, tlb, shared);
    }

    /** Beside the guests that {@code machine} has. */
    public ServerMemory on(MachineMemory machine) {
        return new ServerMemory(frames, mib, seed, tlb, Optional.of(machine));
    }

    /** With the TLB modelled. */
    public ServerMemory with(TlbShape shape) {
        return new ServerMemory(frames, mib, seed, Optional.of(shape), shared);
    }
}
