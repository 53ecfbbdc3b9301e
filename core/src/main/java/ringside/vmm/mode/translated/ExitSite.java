package ringside.vmm.mode.translated;

/** Where a unit is left for a guest address known at translation: a trap at first, a jump once it is chained. */
final class ExitSite {
    /** Bytes of a site, trap or jump. */
    static final int SIZE = 5;

    /** Guest EIP it leads to. */
    final int target;
    /** Offset of the site in the cache. */
    final int at;
    /** Offset of a conditional jump's displacement that leads here and may lead to the target at once; -1 for none. */
    final int jump;
    /** Whether it is one of a conditional branch's two. */
    final boolean ofBranch;

    /** The unit it is chained to, or null. */
    TranslationUnit chained;

    ExitSite(int target, int at, int jump, boolean ofBranch) {
        this.target = target;
        this.at = at;
        this.jump = jump;
        this.ofBranch = ofBranch;
    }
}
