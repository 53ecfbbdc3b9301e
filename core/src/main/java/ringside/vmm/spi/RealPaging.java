package ringside.vmm.spi;

import java.util.Optional;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.NestedWalk;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.Walker;

/**
 * What the real processor translates by while it runs the guest at this moment.
 *
 * @param paging its control registers, directory pointers and second dimension, over machine memory
 * @param user whether what the guest runs now has a user's rights there
 * @param sharesSpace whether the VMM's region lies in the guest's linear space
 */
public record RealPaging(WalkTrace.Paging paging, boolean user, boolean sharesSpace) {
    /** By tables of the VMM's, or of the guest's with machine addresses: {@code regime} has their root for CR3. */
    public static RealPaging oneDimension(
            PhysicalMemory memory, Walker.Regime regime, boolean user, boolean sharesSpace) {
        long[] pdptes = new long[4];
        if (regime.pae()) {
            for (int i = 0; i < pdptes.length; i++) {
                pdptes[i] = memory.get64((regime.cr3() & ~0x1f) + i * 8);
            }
        }
        return new RealPaging(
                new WalkTrace.Paging(regime, pdptes, Optional.empty(), tables(memory)), user, sharesSpace);
    }

    /** By the guest's tables and the VMM's nested ones. */
    public static RealPaging twoDimensions(
            PhysicalMemory memory, Walker.Regime regime, long[] pdptes, NestedWalk.Format nested, boolean user) {
        return new RealPaging(new WalkTrace.Paging(regime, pdptes, Optional.of(nested), tables(memory)), user, false);
    }

    /** Whether the guest's own tables are the first of two dimensions. */
    public boolean nested() {
        return paging.nested().isPresent();
    }

    private static Walker.Tables tables(PhysicalMemory memory) {
        return new Walker.Tables() {
            @Override
            public int read32(int ma) {
                return memory.contains(ma, 4) ? memory.get32(ma) : -1;
            }

            @Override
            public void write32(int ma, int value) {
                throw new IllegalStateException("a look at the tables writes nothing");
            }
        };
    }
}
