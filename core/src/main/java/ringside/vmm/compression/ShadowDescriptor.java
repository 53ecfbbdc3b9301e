package ringside.vmm.compression;

import ringside.machine.segmentation.Descriptor;
import ringside.vmm.spi.VmmRegion;

/** What the hardware is shown for a code or data descriptor of the guest. */
final class ShadowDescriptor {
    private static final int GRANULAR = 1 << 23, BIG = 1 << 22, PRESENT = 1 << 15, DPL = 3 << 13;
    private static final int EXPAND_DOWN = 1 << 10, CODE = 1 << 11, ACCESSED = 1 << 8;
    /** Type, S, AVL and D/B: what a shadow keeps as it is. */
    private static final int KEPT = 0x00501f00;

    private ShadowDescriptor() {}

    /**
     * The shadow: DPL replaced, the limit cut so that no byte of the VMM's region is covered.
     *
     * @param present whether a load may succeed; the accessed bit is then set, so that the hardware never writes
     */
    static Descriptor of(Descriptor guest, int dpl, boolean present) {
        int rights = guest.high() & KEPT | dpl << 13 | (present ? PRESENT | ACCESSED : 0);
        if (isUnreachable(guest)) {
            return unreachable(guest, rights);
        }
        return growsUp(guest) ? expandUp(guest, rights) : plain(guest, rights);
    }

    private static boolean growsUp(Descriptor guest) {
        return guest.code() || (guest.high() & EXPAND_DOWN) == 0;
    }

    /** Whether no access at all is allowed through the shadow. */
    static boolean isUnreachable(Descriptor guest) {
        return !guest.system() && (growsUp(guest) ? beyond(guest) : coversTop(guest));
    }

    private static Descriptor plain(Descriptor guest, int rights) {
        int shape = 0xff0f00ff | GRANULAR;
        return new Descriptor(guest.low(), guest.high() & shape | rights);
    }

    /** The base lies in the region already. */
    private static boolean beyond(Descriptor guest) {
        return VmmRegion.contains(guest.base());
    }

    /** An expand-down segment, which reaches from its limit up to 64 KiB or 4 GiB above its base. */
    private static boolean coversTop(Descriptor guest) {
        boolean big = (guest.high() & BIG) != 0;
        return big || VmmRegion.contains(guest.base()) || VmmRegion.contains(guest.base() + 0xffff);
    }

    /** The highest offset that the shadow of an expand-up segment allows. */
    static int limit(Descriptor guest) {
        if (beyond(guest)) {
            return 0;
        }
        int highest = VmmRegion.BASE - 1 - guest.base();
        if (Integer.compareUnsigned(guest.limit(), highest) <= 0) {
            return guest.limit();
        }
        boolean pages = (guest.high() & GRANULAR) != 0 && Integer.compareUnsigned(highest, 0xfff) >= 0;
        return pages ? (highest + 1 & ~0xfff) - 1 : Math.min(highest, 0xfffff);
    }

    private static Descriptor expandUp(Descriptor guest, int rights) {
        int limit = limit(guest);
        if (limit == guest.limit()) {
            return plain(guest, rights);
        }
        boolean pages = (guest.high() & GRANULAR) != 0 && Integer.compareUnsigned(limit, 0xfff) >= 0;
        int raw = pages ? limit >>> 12 : limit;
        int high = guest.high() & 0xff0000ff | rights | raw & 0xf0000 | (pages ? GRANULAR : 0);
        return new Descriptor(guest.low() & 0xffff0000 | raw & 0xffff, high);
    }

    /** A segment that can be loaded and never accessed without a fault: each access is emulated. */
    private static Descriptor unreachable(Descriptor guest, int rights) {
        if (guest.code()) {
            int base = VmmRegion.la(VmmRegion.GUARD);
            return new Descriptor(base << 16, base & 0xff000000 | rights | base >>> 16 & 0xff);
        }
        int high = guest.high() & 0xff0000ff | rights | EXPAND_DOWN | GRANULAR | 0xf0000;
        return new Descriptor(guest.low() | 0xffff, high);
    }
}
