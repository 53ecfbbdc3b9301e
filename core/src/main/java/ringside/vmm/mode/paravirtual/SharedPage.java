package ringside.vmm.mode.paravirtual;

/**
 * The page that guest kernel and VMM share: guest memory, so nothing in it is trusted.
 *
 * <p>Words: the virtual interrupt flag (not 0: events may come), a pending word that says that some unmasked channel is
 * pending, the pending bits, the mask bits, and the VA of the last page fault.
 */
public final class SharedPage {
    /** Offsets of the words. */
    public static final int INTERRUPTS = 0, UPCALL_PENDING = 4, PENDING = 8, MASK = 12, FAULT_VA = 16;

    private static final int NOWHERE = -1;

    private final GuestView memory;
    private int pa = NOWHERE;

    SharedPage(GuestView memory) {
        this.memory = memory;
    }

    boolean exists() {
        return pa != NOWHERE;
    }

    /** Its PA. */
    int place() {
        return pa;
    }

    /** From now on it is at {@code page}. */
    void move(int page) {
        pa = page;
    }

    /** A word of it; 0 while there is no page. */
    int get(int word) {
        return exists() ? memory.readPhysical(pa + word) : 0;
    }

    void put(int word, int value) {
        if (exists()) {
            memory.writePhysical(pa + word, value);
        }
    }
}
