package ringside.vmm.mode.paravirtual;

import ringside.vmm.vcpu.Bounce;

/** The handlers that the guest registered, by vector, and the one vector that reaches its handler without the VMM. */
final class TrapTable {
    static final int VECTORS = 256;

    /** No vector is fast. */
    static final int NONE = 0;

    /**
     * A handler.
     *
     * @param ring the outermost ring whose INT n reaches it
     * @param masks whether it is entered with the virtual interrupt flag clear
     */
    record Entry(int ring, boolean masks, Bounce.Handler handler) {}

    private final Entry[] entries = new Entry[VECTORS];
    private int fast = NONE;

    /** The entry, or null. */
    Entry entry(int vector) {
        return entries[vector];
    }

    /** The handler of INT n in {@code ring}, or null. */
    Entry open(int vector, int ring) {
        Entry entry = entries[vector];
        return entry != null && entry.ring() >= ring ? entry : null;
    }

    void put(int vector, Entry entry) {
        entries[vector] = entry;
    }

    int fast() {
        return fast;
    }

    void fast(int vector) {
        fast = vector;
    }
}
