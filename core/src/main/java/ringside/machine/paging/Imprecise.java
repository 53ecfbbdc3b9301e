package ringside.machine.paging;

/**
 * Thrown where an access needs exact state (the retired count, or a block that may be about to overwrite itself) while an
 * engine runs a straight line of instructions: nothing has happened yet, and the engine carries the instruction out
 * again on its own, with {@link Mmu#precise} set.
 */
public final class Imprecise extends RuntimeException {
    public static final Imprecise INSTANCE = new Imprecise();

    private Imprecise() {
        super(null, null, false, false);
    }
}
