package ringside.vmm.compression;

import java.util.HashSet;
import java.util.Set;
import ringside.arch.Reg;
import ringside.isa.GuestFault;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Peek;
import ringside.machine.segmentation.Descriptor;
import ringside.vmm.compression.DescriptorShadow.State;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.VirtualProcessor;

/** The shadows of the guest's GDT and LDT, kept in step with guest memory and with what the registers hold. */
public final class DescriptorTables {
    private static final int TYPE_BYTE = 5;

    private final VirtualProcessor guest;
    private final MemoryStrategy memory;
    private final GuestTable gdtSource;
    private final GuestTable ldtSource;
    private final GuestTable taskSource;
    private final DescriptorShadow gdt;
    private final DescriptorShadow ldt;
    private final int[] seen = new int[6];
    private final Set<Integer> more = new HashSet<>();
    private Set<Integer> traced = Set.of();

    DescriptorTables(VmmRegion region, VirtualProcessor guest, SystemBus bus, MemoryStrategy memory, Rings rings) {
        this.guest = guest;
        this.memory = memory;
        Peek peek = new Peek(guest.state(), bus);
        gdtSource = new GuestTable(peek, bus);
        ldtSource = new GuestTable(peek, bus);
        taskSource = new GuestTable(peek, bus);
        gdt = new DescriptorShadow(region, guest, rings, gdtSource, false);
        ldt = new DescriptorShadow(region, guest, rings, ldtSource, true);
    }

    /** To be called when software changed the guest's memory, tables, translations or segment registers. */
    public void refresh() {
        Cpu state = guest.state();
        gdtSource.locate(state.gdtr.base, state.gdtr.limit);
        ldtSource.locate(guest.localBase(), guest.localLimit());
        taskSource.locate(guest.taskBase(), guest.taskLimit());
        Set<Integer> pages = new HashSet<>();
        gdtSource.pages(pages);
        ldtSource.pages(pages);
        taskSource.pages(pages);
        pages.addAll(more);
        if (!pages.equals(traced)) {
            traced = pages;
            memory.trace(pages);
        }
        gdt.refresh();
        ldt.refresh();
        for (int seg = 0; seg < seen.length; seg++) {
            refresh(seen[seg]);
            seen[seg] = state.selector(seg);
            refresh(seen[seg]);
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
            case INVALID -> descriptor(selector).high() != 0;
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
