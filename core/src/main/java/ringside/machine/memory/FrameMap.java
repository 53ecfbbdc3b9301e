package ringside.machine.memory;

/**
 * Where the pages of a physical address space lie in machine memory: PA to MA.
 *
 * <p>Whoever asks gets the frame as it is now and keeps it no longer than the owner of the map allows; asking may bring a
 * frame in, or part it from others who share it. Addresses are those of pages within the RAM that the map is for.
 */
public interface FrameMap {
    /** The MA of the page at {@code pa}, for reading or for writing. */
    int frame(int pa, boolean write);

    /** Whether the page at {@code pa} may be mapped for writing without asking first. */
    boolean writable(int pa);

    /** How a page stands. */
    enum State {
        /** It has a frame of its own. */
        OWN,
        /** It shows a frame that others show too. */
        SHARED,
        /** It has none yet and reads as zeros. */
        ABSENT,
        /** Its frame was taken away, what it held is kept. */
        STORED
    }

    /** Whether the page at {@code pa} has a frame now, so that asking for reading brings nothing in. */
    default boolean present(int pa) {
        State state = state(pa);
        return state == State.OWN || state == State.SHARED;
    }

    /** How the page at {@code pa} stands; brings nothing in. */
    default State state(int pa) {
        return State.OWN;
    }

    /** The map of a machine's own RAM, and of a guest that has all its memory in one piece: PA 0 at {@code base}. */
    static FrameMap contiguous(int base) {
        return new FrameMap() {
            @Override
            public int frame(int pa, boolean write) {
                return base + pa;
            }

            @Override
            public boolean writable(int pa) {
                return true;
            }
        };
    }
}
