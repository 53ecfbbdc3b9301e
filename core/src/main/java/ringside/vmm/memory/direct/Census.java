package ringside.vmm.memory.direct;

import java.util.List;

/**
 * The frames that have the type of a directory or page table at this moment.
 *
 * @param entries one a frame, in the order of PAs
 */
public record Census(List<Entry> entries) {
    /**
     * One frame.
     *
     * @param directory a page directory, else a page table
     * @param count uses as this type
     */
    public record Entry(int pa, int ma, boolean directory, int count, boolean pinned) {}
}
