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

    /** Makes the page the directory in force; false where it, or a table it names, cannot be one. */
    boolean load(int directory);

    /** Writes the entry at {@code pa}, in whatever kind of page; false where the types of frames forbid it. */
    boolean update(int pa, int entry);

    /** The page keeps this type, validated, until it is unpinned; false where it cannot have it. */
    boolean pin(int page, Level level);

    /** Ends {@link #pin}; false where it was not pinned. */
    boolean unpin(int page);

    /** Whether the page is in use as a directory or table, now that those nobody refers to were let go. */
    boolean inUse(int page);

    /** From now on the page must stay one that the guest and the VMM write: never a table. */
    void keepWritable(int page);

    /** The MA of a page of the guest's RAM. */
    int machineAddress(int page);
}
