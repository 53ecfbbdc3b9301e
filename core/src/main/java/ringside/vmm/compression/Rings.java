package ringside.vmm.compression;

import ringside.vmm.spi.MemoryStrategy;

/**
 * How the guest's rings map to real ones.
 *
 * @param kernel the real ring of the guest kernel, 1 or 3
 */
public record Rings(int kernel) {
    /** Sets of tables: in ring 3 the kernel and its users are told apart only by what is mapped and loadable. */
    public int worlds() {
        return kernel == 3 ? 2 : 1;
    }

    public MemoryStrategy.Layout layout() {
        return kernel == 3 ? MemoryStrategy.Layout.KERNEL_IN_RING_3 : MemoryStrategy.Layout.KERNEL_IN_RING_1;
    }

    /**
     * The world whose tables are in force at virtual ring {@code cpl} with a stack of DPL {@code stackDpl}.
     *
     * <p>Where the kernel runs in ring 3, its returns to users are returns within the ring, which leave SS alone: user code
     * then goes on in the kernel's world, the only one that has its stack.
     */
    public int world(int cpl, int stackDpl) {
        return kernel == 3 && cpl == 3 && stackDpl == 3 ? MemoryStrategy.USER : MemoryStrategy.KERNEL;
    }

    /** The real CPL, and the RPL of the real CS and SS, at virtual ring {@code cpl}. */
    public int real(int cpl) {
        return Math.max(cpl, kernel);
    }

    /** The DPL that a descriptor of the guest gets in a world's shadow. */
    public int shadowDpl(int world, int dpl) {
        return world == MemoryStrategy.USER ? dpl : Math.max(dpl, kernel);
    }
}
