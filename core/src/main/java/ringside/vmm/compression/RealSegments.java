package ringside.vmm.compression;

import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.vmm.spi.Ring0;
import ringside.vmm.vcpu.VirtualProcessor;

/** What the real segment registers hold while the VMM is in control, and whether they can be given what the virtual ones do. */
final class RealSegments {
    private final VirtualProcessor guest;
    private final Cpu state;
    private final DescriptorTables tables;
    private final Rings rings;
    private final Ring0 ring0;
    /** Fingerprints of the virtual registers that the real ones were loaded for; -1 where they hold something else. */
    private final long[] loaded = new long[6];

    RealSegments(VirtualProcessor guest, DescriptorTables tables, Rings rings, Ring0 ring0) {
        this.guest = guest;
        this.state = guest.state();
        this.tables = tables;
        this.rings = rings;
        this.ring0 = ring0;
        forget();
    }

    /** The real register holds what the virtual one does. */
    void learned(int seg) {
        loaded[seg] = guest.fingerprint(seg);
    }

    /** The real registers hold nothing of the guest's. */
    void forget() {
        java.util.Arrays.fill(loaded, -1);
    }

    /** Loads a register with a selector of the VMM's own. */
    void occupy(int seg, int selector) {
        ring0.load(seg, selector);
        loaded[seg] = -1;
    }

    private boolean held(int seg) {
        return guest.fingerprint(seg) == loaded[seg];
    }

    /** Loads what {@code data} do not hold yet. */
    void load(int[] data) {
        for (int seg : data) {
            if (!held(seg)) {
                int selector = state.selector(seg);
                tables.lend(selector, () -> ring0.load(seg, selector));
                learned(seg);
            }
        }
    }

    /** Whether virtual-8086 mode gives every register what the virtual one holds. */
    boolean paragraphs() {
        for (int seg = 0; seg < 6; seg++) {
            if (!guest.reversibleParagraph(seg)) {
                return false;
            }
        }
        return Integer.compareUnsigned(state.eip, 0xffff) <= 0;
    }

    /** Whether an IRET to {@code ring} gives CS, SS and {@code data} what the virtual registers hold. */
    boolean returnable(int ring, int[] data) {
        boolean code = tables.returnable(Reg.CS)
                && (guest.conforming(Reg.CS) ? guest.dpl(Reg.CS) <= state.cpl : guest.dpl(Reg.CS) == state.cpl)
                && Integer.compareUnsigned(state.eip, tables.codeLimit()) <= 0;
        return code && loadable(ring, data);
    }

    /** As {@link #returnable} where CS is the VMM's own. */
    boolean loadable(int ring, int[] data) {
        if (!tables.returnable(Reg.SS) || shadowDpl(Reg.SS) != ring) {
            return false;
        }
        for (int seg : data) {
            if (!held(seg) && !tables.loadable(seg) || droppedByReturn(seg, ring)) {
                return false;
            }
        }
        return true;
    }

    /** IRET to an outer ring takes away data segments of inner ones. */
    private boolean droppedByReturn(int seg, int ring) {
        return !guest.isNull(seg) && !guest.conforming(seg) && shadowDpl(seg) < ring;
    }

    private int shadowDpl(int seg) {
        return rings.shadowDpl(rings.world(state.cpl, guest.dpl(Reg.SS)), guest.dpl(seg));
    }
}
