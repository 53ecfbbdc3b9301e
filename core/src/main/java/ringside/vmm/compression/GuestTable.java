package ringside.vmm.compression;

import java.util.Set;
import ringside.machine.bus.SystemBus;
import ringside.machine.paging.Peek;

/** A descriptor table of the guest: where it lies in machine memory now, and what it says. Looking leaves no trace. */
final class GuestTable {
    private static final int PAGE = 0x1000;

    private final Peek peek;
    private final SystemBus bus;
    private int base;
    private int size;
    private int[] pages = {};
    private boolean[] untouched = {};
    /** What the pages held when {@link #changed} was last asked. */
    private byte[] known = {};

    private boolean moved = true;

    GuestTable(Peek peek, SystemBus bus) {
        this.peek = peek;
        this.bus = bus;
    }

    /** Finds the table again; {@code limit} -1 where there is none. */
    void locate(int tableBase, int limit) {
        moved |= base != tableBase || size != limit + 1;
        base = tableBase;
        size = limit + 1;
        int count = size == 0 ? 0 : ((base & PAGE - 1) + size + PAGE - 1) / PAGE;
        if (pages.length != count) {
            pages = new int[count];
            untouched = new boolean[count];
            known = new byte[count * PAGE];
        }
        for (int i = 0; i < count; i++) {
            int page = (base & -PAGE) + i * PAGE;
            var pa = peek.pa(page);
            boolean mark = peek.wouldMark();
            int ma = pa.isPresent() ? bus.direct(pa.getAsInt(), false) : SystemBus.NONE;
            moved |= untouched[i] != mark || pages[i] != ma;
            untouched[i] = mark;
            pages[i] = ma;
        }
    }

    /** Whether anything that {@link #entry} or {@link #untouched} tells may have changed since this was last asked. */
    boolean changed() {
        boolean changed = moved;
        moved = false;
        for (int i = 0; i < pages.length; i++) {
            if (pages[i] != SystemBus.NONE && !bus.memory().matches(pages[i], known, i * PAGE, PAGE)) {
                bus.memory().read(pages[i], known, i * PAGE, PAGE);
                changed = true;
            }
        }
        return changed;
    }

    /** Adds the machine pages it lies in. */
    void pages(Set<Integer> all) {
        for (int page : pages) {
            if (page != SystemBus.NONE) {
                all.add(page);
            }
        }
    }

    int base() {
        return base;
    }

    /** How many whole descriptors it has. */
    int count() {
        return size / 8;
    }

    /** The eight bytes at {@code index}; 0, which is no descriptor, beyond the limit or where nothing is mapped. */
    long entry(int index) {
        if (index >= count()) {
            return 0;
        }
        return word(index * 8) & 0xffff_ffffL | (long) word(index * 8 + 4) << 32;
    }

    private int word(int offset) {
        int at = (base & PAGE - 1) + offset;
        if ((at & PAGE - 1) <= PAGE - 4) {
            int page = pages[at / PAGE];
            return page == SystemBus.NONE ? 0 : bus.memory().get32(page + (at & PAGE - 1));
        }
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int page = pages[(at + i) / PAGE];
            int b = page == SystemBus.NONE ? 0 : bus.memory().get8(page + (at + i & PAGE - 1));
            value |= b << 8 * i;
        }
        return value;
    }

    /** Whether reading the entry would set accessed bits in the guest's page tables. */
    boolean untouched(int index) {
        int at = (base & PAGE - 1) + index * 8;
        return untouched[at / PAGE] || untouched[(at + 7) / PAGE];
    }
}
