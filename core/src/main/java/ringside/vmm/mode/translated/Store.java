package ringside.vmm.mode.translated;

import ringside.vmm.spi.VmmRegion;

/**
 * The data of translated code, in the VMM's region: what the reserved segment register GS leads to, a page for each
 * context.
 */
final class Store {
    /** Bytes for a context, and how many contexts there is room for. */
    static final int SIZE = 0x1000, COUNT = (VmmRegion.CACHE - VmmRegion.CACHE_DATA) / SIZE;

    /** Where ECX and EDX are kept while translated code needs them, and the target of an indirect branch. */
    static final int ECX = 0, EDX = 4, TARGET = 8;

    /** The virtual IF where EFLAGS has it, all other bits 0. */
    static final int VIRTUAL_IF = 12;

    /** {@link #VIRTUAL_IF} as it was before the last STI. */
    static final int IF_BEFORE = 16;

    /** The IF bit while an interrupt waits for the virtual IF, else 0. */
    static final int PENDING = 20;

    /** IOPL, VIF and VIP of the virtual EFLAGS. */
    static final int SYSTEM_FLAGS = 24;

    /** CR0, CR1 (unused) to CR4 as the guest reads them. */
    static final int CR = 32;

    /** Where rules of scripts keep registers, EFLAGS, and EAX while they keep EFLAGS. */
    static final int REGISTERS = 0x40, FLAGS = 0x60, SPARE = 0x64;

    /** For rules of scripts to use as they like. */
    static final int SCRATCH = 0x80, SCRATCH_COUNT = 16;

    /** Cache offsets by the low byte of an indirect branch's target. */
    static final int TABLE = 0x400, TABLE_ENTRIES = 256;

    private final VmmRegion region;
    private final int at;

    Store(VmmRegion region, int index) {
        this.region = region;
        this.at = VmmRegion.CACHE_DATA + index * SIZE;
    }

    /** Linear address of the page. */
    int la() {
        return VmmRegion.la(at);
    }

    int get(int slot) {
        return region.get32(at + slot);
    }

    void put(int slot, int value) {
        region.put32(at + slot, value);
    }

    int entry(int target) {
        return get(TABLE + (target & TABLE_ENTRIES - 1) * 4);
    }

    void entry(int target, int cacheOffset) {
        put(TABLE + (target & TABLE_ENTRIES - 1) * 4, cacheOffset);
    }
}
