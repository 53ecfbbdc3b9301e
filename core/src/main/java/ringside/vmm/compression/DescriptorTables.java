package ringside.vmm.compression;

import java.util.HashSet;
import java.util.Set;
import ringside.arch.Reg;
import ringside.isa.GuestFault;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Peek;
import ringside.machine.segmentation.Descriptor;
import ringside.vmm.compression.DescriptorShadow.State;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.VirtualProcessor;

/** The shadows of the guest's GDT and LDT, kept in step with guest memory and with what the registers hold. */
public final class DescriptorTables implements PhysicalMemory.CodeWatch {
    private static final int TYPE_BYTE = 5;

    private final VirtualProcessor guest;
    private final PhysicalMemory store;
    private final MemoryStrategy memory;
    private final GuestTable gdtSource;
    private final GuestTable ldtSource;
    private final DescriptorShadow gdt;
    private final DescriptorShadow ldt;
    /** The registers as the shadows last saw them. */
    private final int[] seen = new int[6];

    private final long[] fingerprints = new long[6];
    private final TracedPages more = new TracedPages();
    private Set<Integer> own = Set.of();
    private boolean flushed = true;

    DescriptorTables(VmmRegion region, VirtualProcessor guest, SystemBus bus, MemoryStrategy memory, Rings rings) {
        this.guest = guest;
        this.store = bus.memory();
        this.memory = memory;
        Peek peek = new Peek(guest.state(), bus);
        gdtSource = new GuestTable(peek, bus);
        ldtSource = new GuestTable(peek, bus);
        gdt = new DescriptorShadow(region, guest, rings, gdtSource, false);
        ldt = new DescriptorShadow(region, guest, rings, ldtSource, true);
        store.watch(this);
    }

    /** Bytes of a page that somebody watches are about to change. */
    @Override
    public void written(int ma, int length) {
        gdtSource.written(ma, length);
        ldtSource.written(ma, length);
    }

    /** The guest's translations may all be others: the next {@link #refresh} looks where the tables lie. */
    void flushed() {
        flushed = true;
    }

    /** To be called when software changed the guest's memory, tables, translations or segment registers. */
    public void refresh() {
        Cpu state = guest.state();
        boolean inForce = state.protectedMode();
        boolean moved = gdtSource.locate(state.gdtr.base, inForce ? state.gdtr.limit : -1, flushed);
        moved |= ldtSource.locate(guest.localBase(), inForce ? guest.localLimit() : -1, flushed);
        flushed = false;
        if (moved) {
            watch();
        }
        if (moved | more.takeChanged()) {
            Set<Integer> traced = new HashSet<>(own);
            traced.addAll(more);
            memory.trace(traced);
        }
        gdt.refresh();
        ldt.refresh();
        registers();
    }

    /** Makes writes to the tables known here, whoever writes; what the guest itself writes is traced besides. */
    private void watch() {
        Set<Integer> pages = new HashSet<>();
        gdtSource.pages(pages);
        ldtSource.pages(pages);
        own.forEach(page -> store.markCode(page, false));
        pages.forEach(page -> store.markCode(page, true));
        own = pages;
    }

    /** An entry is present only while every register that was loaded through it holds what it says. */
    private void registers() {
        for (int seg = 0; seg < seen.length; seg++) {
            long fingerprint = guest.paragraphs() ? 0 : guest.fingerprint(seg);
            if (fingerprint != fingerprints[seg]) {
                fingerprints[seg] = fingerprint;
                refresh(seen[seg]);
                seen[seg] = guest.state().selector(seg);
                refresh(seen[seg]);
            }
        }
    }

    /** Machine pages to trace beside those of the tables; takes effect with the next {@link #refresh()}. */
    public Set<Integer> alsoTraced() {
        return more;
    }

    private void refresh(int selector) {
        DescriptorShadow shadow = shadow(selector);
        if (shadow != null) {
            shadow.refresh(selector);
        }
    }

    private DescriptorShadow shadow(int selector) {
        return gdt.holds(selector) ? gdt : ldt.holds(selector) ? ldt : null;
    }

    /** The guest's descriptor for a selector that is not null, or one of zeros where it has none. */
    public Descriptor descriptor(int selector) {
        DescriptorShadow shadow = shadow(selector);
        return shadow == null ? new Descriptor(0, 0) : shadow.descriptor(selector);
    }

    State state(int selector) {
        DescriptorShadow shadow = shadow(selector);
        return shadow == null ? State.INVALID : shadow.state(selector);
    }

    /** Whether the shadow holds the entry as not present until its first use. */
    public boolean isLazy(int selector) {
        return state(selector) == State.LAZY;
    }

    /** Whether only the shadow stands against a use of the selector. */
    boolean hides(int selector) {
        return switch (state(selector)) {
            case INVALID -> descriptor(selector).high() != 0 || ldt.holds(selector) && ldtSource.count() == 0;
            case LAZY -> true;
            case ABSENT, PRESENT -> false;
        };
    }

    /**
     * Makes a lazy entry present, as the guest's processor would find it after its first use: read through the guest's page
     * tables, accessed bit set.
     *
     * @return whether the hardware may try again; not while some register holds an older form of the entry
     * @throws GuestFault what the guest's processor would meet on the way
     */
    public boolean use(int selector) {
        DescriptorShadow shadow = shadow(selector);
        Descriptor descriptor = shadow.descriptor(selector);
        if (shadow.held(selector >> 3, descriptor)) {
            return false;
        }
        Cpu state = guest.state();
        int la = shadow.addressOf(selector);
        state.mmu.readSystem(32, la);
        state.mmu.readSystem(32, la + 4);
        if (!descriptor.accessed()) {
            int typeByte = descriptor.high() >>> 8 & 0xff | Descriptor.ACCESSED;
            state.mmu.writeSystem(8, la + TYPE_BYTE, typeByte);
        }
        refresh();
        return shadow.state(selector) == State.PRESENT;
    }

    /** Whether the VMM can load the register with its present content. */
    public boolean loadable(int seg) {
        int selector = guest.state().selector(seg);
        if (guest.isNull(seg)) {
            return seg != Reg.CS && seg != Reg.SS;
        }
        State state = state(selector);
        return (state == State.PRESENT || state == State.LAZY) && guest.reversible(seg, descriptor(selector));
    }

    /** Whether an IRET can load the register, and leave the entry for the guest to use. */
    boolean returnable(int seg) {
        int selector = guest.state().selector(seg);
        return !guest.isNull(seg) && state(selector) == State.PRESENT && guest.reversible(seg, descriptor(selector));
    }

    /** Carries out the VMM's own load through the entry, which may be lazy. */
    void lend(int selector, Runnable load) {
        DescriptorShadow shadow = shadow(selector);
        if (shadow == null) {
            load.run();
        } else {
            shadow.lend(selector, load);
        }
    }

    /** The highest EIP that the real CS allows. */
    int codeLimit() {
        return ShadowDescriptor.limit(descriptor(guest.state().selector(Reg.CS)));
    }
}
