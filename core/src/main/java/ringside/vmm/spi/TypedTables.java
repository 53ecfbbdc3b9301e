package ringside.vmm.spi;

/**
 * Page tables that the guest owns and the real processor reads: what hypercalls ask of a strategy that has them.
 *
 * <p>Entries are handed over with PAs; in a table in use they hold MAs.
 */
public interface TypedTables {
    /** What a page is registered as. */
    enum Level {
        TABLE,
        DIRECTORY
    }

    /** What became of a request. */
    enum Answer {
        DONE,
        /** It makes no sense: what is to be ended never began, or an entry leads to nothing. */
        WRONG,
        /** No guest may have that. */
        FORBIDDEN,
        /** The page is used as something else: the guest may ask again when it has ended that. */
        IN_USE
    }

    /**
     * Makes the page the directory in force. With the first one paging begins: where its tables map themselves or
     * descriptor tables for writing they are made read-only, as whoever builds a guest would leave them.
     */
    Answer load(int directory);

    /** Writes the entry at {@code pa}, in whatever kind of page. */
    Answer update(int pa, int entry);

    /** The page keeps this type, validated, until it is unpinned. */
    Answer pin(int page, Level level);

    /** Ends {@link #pin}. */
    Answer unpin(int page);

    /** Whether a descriptor table may lie in the page: it is no page table, and nothing maps it for writing. */
    Answer describe(int page);

    /** From now on the page must stay one that the guest and the VMM write; it is no table now. */
    Answer keepWritable(int page);

    /** Whether the page is in use as a directory or table. */
    boolean inUse(int page);

    /** The MA of a page of the guest's RAM. */
    int machineAddress(int page);
}
