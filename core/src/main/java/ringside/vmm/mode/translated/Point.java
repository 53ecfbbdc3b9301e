package ringside.vmm.mode.translated;

/**
 * An instruction in the cache, as the map of TC PCs to guest PCs has it.
 *
 * @param unit whose it is; null in a stub that belongs to none
 * @param guestEip where the guest stands while this is the next instruction
 * @param kind what arriving at it by a trap means
 * @param exit the site, for {@link Kind#EXIT}
 * @param afterSti the guest instruction before it was an STI that was emulated in the cache
 */
record Point(TranslationUnit unit, int guestEip, Kind kind, ExitSite exit, boolean afterSti) {
    enum Kind {
        /** Part of a guest instruction. */
        PLAIN,
        /** Traps to have the VMM carry out the guest instruction. */
        CALLOUT,
        /** A direct exit: traps until it is chained. */
        EXIT,
        /** An indirect branch was not found. */
        MISS
    }
}
