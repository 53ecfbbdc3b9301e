package ringside.vmm.memory.direct;

import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.TypedTables.Level;

/** A frame that has the type of a page directory or page table, its entries validated. */
final class TypedFrame {
    static final int ENTRIES = 1024, PAGE = PhysicalMemory.PAGE;

    final int pa;
    final int ma;
    final Level level;
    /** The entries as the guest handed them over, with PAs. */
    final int[] asked = new int[ENTRIES];
    /** The entries as the VMM last wrote them for the processor. */
    final int[] real = new int[ENTRIES];
    /** Uses as this type: by CR3, or by entries of directories. */
    int count;

    boolean pinned;

    TypedFrame(int pa, int ma, Level level) {
        this.pa = pa;
        this.ma = ma;
        this.level = level;
    }

    boolean isDirectory() {
        return level == Level.DIRECTORY;
    }

    boolean isPresent(int index) {
        return (asked[index] & Walker.P) != 0;
    }

    /** Whether the entry of a table lets its page be written. */
    boolean isWritable(int index) {
        return !isDirectory() && (asked[index] & (Walker.P | Walker.W)) == (Walker.P | Walker.W);
    }

    /** The page that an entry names. */
    int target(int index) {
        return asked[index] & -PAGE;
    }

    boolean isFree() {
        return count == 0 && !pinned;
    }
}
