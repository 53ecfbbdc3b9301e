package ringside.machine.state;

/**
 * A segment register with its hidden part, the descriptor cache (SDM vol. 3, section 3.4.3).
 *
 * <p>{@code rights} are laid out as in a VMCS access-rights field: type in bits 0-3, S bit 4, DPL 5-6, P 7, AVL 12, D/B
 * 14, G 15, and bit 16 set for an unusable (null) segment. The limit is in bytes. Derived fields make the common check
 * one test.
 */
public final class SegmentRegister {
    public static final int UNUSABLE = 1 << 16;
    public static final int PRESENT = 1 << 7;
    public static final int CODE_OR_DATA = 1 << 4;
    public static final int BIG = 1 << 14;

    public int selector;
    public int base;
    /** Byte-granular, unsigned. */
    public int limit;

    public int rights;

    /** Every offset may be read without a check: usable, expand-up, readable, limit FFFFFFFF. */
    public boolean flatRead;
    /** Likewise for writing. */
    public boolean flatWrite;
    /** Usable and readable by type. */
    public boolean readable;

    public boolean writable;
    public boolean expandDown;
    /** D/B: 32-bit code, stack or upper bound. */
    public boolean big;

    /** Replaces selector and hidden part together. */
    public void set(int selector, int base, int limit, int rights) {
        this.selector = selector;
        this.base = base;
        if (this.limit != limit || this.rights != rights) {
            this.limit = limit;
            this.rights = rights;
            derive();
        }
    }

    private void derive() {
        boolean usable = (rights & UNUSABLE) == 0 && (rights & PRESENT) != 0;
        boolean code = (rights & 8) != 0;
        readable = usable && (!code || (rights & 2) != 0);
        writable = usable && !code && (rights & 2) != 0;
        expandDown = !code && (rights & 4) != 0;
        big = (rights & BIG) != 0;
        flatRead = readable && !expandDown && limit == -1;
        flatWrite = writable && !expandDown && limit == -1;
    }

    /** The real-mode load: base from the selector, the rest of the hidden part as it was. */
    public void setReal(int selector) {
        set(selector & 0xffff, (selector & 0xffff) << 4, limit, rights);
    }

    public int dpl() {
        return rights >> 5 & 3;
    }

    public int type() {
        return rights & 15;
    }

    public boolean unusable() {
        return (rights & UNUSABLE) != 0;
    }

    /** Whether {@code size} bytes from {@code offset} lie within the limit; the last byte decides, wrap fails. */
    public boolean covers(int offset, int size) {
        int last = offset + size - 1;
        if (Integer.compareUnsigned(last, offset) < 0) {
            return limit == -1 && !expandDown;
        }
        if (expandDown) {
            return Integer.compareUnsigned(offset, limit) > 0 && Integer.compareUnsigned(last, big ? -1 : 0xffff) <= 0;
        }
        return Integer.compareUnsigned(last, limit) <= 0;
    }

    public void copy(SegmentRegister other) {
        set(other.selector, other.base, other.limit, other.rights);
    }

    /** Saves or restores every field. */
    public void visit(String name, StateVisitor v) {
        selector = v.int32(name + ".selector", selector);
        base = v.int32(name + ".base", base);
        limit = v.int32(name + ".limit", limit);
        rights = v.int32(name + ".rights", rights);
        derive();
    }
}
