package ringside.vmm.compression;

import ringside.machine.segmentation.Descriptor;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.VirtualProcessor;

/** The shadow of one descriptor table, GDT or LDT, in each world. */
final class DescriptorShadow {
    private static final int ENTRIES = 8192;
    private static final int TABLE_INDICATOR = 4;

    /** How an entry stands in the shadow. */
    enum State {
        /** Zero: its use faults and is emulated. */
        INVALID,
        /** As the guest has it, and not present there either. */
        ABSENT,
        /** Present for the guest, not present for the hardware until its first use. */
        LAZY,
        /** A use by the hardware is right. */
        PRESENT
    }

    private final VmmRegion region;
    private final VirtualProcessor guest;
    private final Rings rings;
    private final GuestTable source;
    private final boolean local;
    private final int last;
    private final long[] copy = new long[ENTRIES];
    private final State[] states = new State[ENTRIES];

    DescriptorShadow(VmmRegion region, VirtualProcessor guest, Rings rings, GuestTable source, boolean local) {
        this.region = region;
        this.guest = guest;
        this.rings = rings;
        this.source = source;
        this.local = local;
        this.last = local ? ENTRIES : VmmRegion.FIRST_OWN_INDEX;
        java.util.Arrays.fill(states, State.INVALID);
    }

    /** Whether the selector leads here, and not to null or the VMM's own entries. */
    boolean holds(int selector) {
        return (selector & ~3) != 0 && (selector & TABLE_INDICATOR) != 0 == local && selector >> 3 < last;
    }

    State state(int selector) {
        return states[selector >> 3];
    }

    /** The guest's descriptor. */
    Descriptor descriptor(int selector) {
        return of(copy[selector >> 3]);
    }

    private static Descriptor of(long raw) {
        return new Descriptor((int) raw, (int) (raw >>> 32));
    }

    /**
     * Brings the shadow in step with the guest's table as it is in memory now. What changed because registers did is the
     * business of {@link #refresh(int)}.
     */
    void refresh() {
        int first = Math.max(source.firstDirty(), local ? 0 : 1);
        int behind = Math.min(source.lastDirty() + 1, last);
        source.clean();
        for (int index = first; index < behind; index++) {
            long raw = source.entry(index);
            if (raw != copy[index] || raw != 0 && settled(index, raw) != (states[index] == State.PRESENT)) {
                copy[index] = raw;
                shadow(index);
            }
        }
    }

    /** Looks again at the entry of a register that changed, or whose holders did. */
    void refresh(int selector) {
        shadow(selector >> 3);
    }

    private void shadow(int index) {
        Descriptor descriptor = of(copy[index]);
        State state = classify(index, descriptor);
        states[index] = state;
        write(index, descriptor, state);
    }

    private State classify(int index, Descriptor descriptor) {
        if (descriptor.system()) {
            return State.INVALID;
        }
        if (!descriptor.present()) {
            return State.ABSENT;
        }
        return settled(index, copy[index]) ? State.PRESENT : State.LAZY;
    }

    /** Whether the hardware may use the entry: nothing the guest could see would change, no register holds an old form. */
    private boolean settled(int index, long raw) {
        Descriptor descriptor = of(raw);
        return !descriptor.system()
                && descriptor.present()
                && descriptor.accessed()
                && !source.untouched(index)
                && !held(index, descriptor);
    }

    /** Whether some register was loaded from the entry when it said something else. */
    boolean held(int index, Descriptor descriptor) {
        for (int seg = 0; seg < 6; seg++) {
            int selector = guest.state().selector(seg);
            boolean here = selector >> 3 == index && holds(selector) && !guest.isNull(seg);
            if (here && !guest.paragraphs() && !guest.reversible(seg, descriptor)) {
                return true;
            }
        }
        return false;
    }

    private void write(int index, Descriptor descriptor, State state) {
        for (int world = 0; world < rings.worlds(); world++) {
            Descriptor shadow = new Descriptor(0, 0);
            if (state != State.INVALID) {
                int dpl = rings.shadowDpl(world, descriptor.dpl());
                shadow = ShadowDescriptor.of(descriptor, dpl, state == State.PRESENT);
            }
            region.put64(at(world, index), shadow.low(), shadow.high());
        }
    }

    private int at(int world, int index) {
        return (local ? VmmRegion.LDT : VmmRegion.GDT) + world * VmmRegion.TABLE + index * 8;
    }

    /** Lets the VMM itself load a lazy entry: present for as long as {@code load} takes. */
    void lend(int selector, Runnable load) {
        int index = selector >> 3;
        write(index, of(copy[index]), State.PRESENT);
        load.run();
        write(index, of(copy[index]), states[index]);
    }

    /** Linear address of the guest's descriptor. */
    int addressOf(int selector) {
        return source.base() + (selector & ~7);
    }
}
