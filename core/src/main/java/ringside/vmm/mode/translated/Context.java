package ringside.vmm.mode.translated;

/**
 * What a translation was made for, beside its address: code in another context is other code.
 *
 * @param csBase linear base of the guest's CS
 * @param codeLimit highest EIP that it allows
 * @param cpl virtual CPL
 * @param iopl virtual IOPL where a rule asks for it, else 0
 * @param code32 whether CS is a 32-bit segment
 * @param bigStack SS is a 32-bit stack
 */
record ContextKey(int csBase, int codeLimit, int cpl, int iopl, boolean code32, boolean bigStack) {
    /** 16 or 32: how its bytes are decoded. */
    int codeBits() {
        return code32 ? 32 : 16;
    }

    /** Whether any 32-bit EIP is within the limit: only then an indirect branch may be looked up in the cache. */
    boolean unlimited() {
        return codeLimit == -1;
    }

    /** Whether an EIP may be executed at all. */
    boolean allows(int eip) {
        return Integer.compareUnsigned(eip, codeLimit) <= 0;
    }
}

/** A context in the cache: its data, and where an indirect branch goes that finds nothing. */
final class Context {
    final int index;
    final ContextKey key;
    final Store store;
    final int missStub;

    Context(int index, ContextKey key, Store store, int missStub) {
        this.index = index;
        this.key = key;
        this.store = store;
        this.missStub = missStub;
        for (int target = 0; target < Store.TABLE_ENTRIES; target++) {
            store.entry(target, missStub);
        }
    }

    int la(int eip) {
        return key.csBase() + eip;
    }

    /** The real ring it runs in. */
    int ring() {
        return Math.max(key.cpl(), 1);
    }
}
