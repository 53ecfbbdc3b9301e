package ringside.vmm.memory.shadow;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.cpu.Cpu;

/** One page of the cached tables, and what of the guest's it stands for. */
final class ShadowPage {
    /** What a page is made from. */
    enum Origin {
        /** A page directory of the guest, or the part of it that one directory of the hardware covers. */
        DIRECTORY,
        /** A page table of the guest, or the half of it that one table of the hardware covers. */
        TABLE,
        /** A piece of a large page, or of physical memory while the guest does not page. */
        PIECE
    }

    /**
     * The control state that entries depend on; all false while the guest does not page, but for the last two.
     *
     * @param kernelInRing3 entries are for the kernel's own world, where all is the users'
     * @param a20 the A20 gate is open
     */
    record Role(boolean paging, boolean pae, boolean pse, boolean nx, boolean wp, boolean kernelInRing3, boolean a20) {
        static Role of(Cpu guest, boolean kernelInRing3, boolean a20) {
            if (!guest.paging()) {
                return new Role(false, false, false, false, false, kernelInRing3, a20);
            }
            var regime = guest.mmu.regime();
            boolean pse = (regime.cr4() & ringside.arch.Control.CR4_PSE) != 0;
            return new Role(true, regime.pae(), pse, regime.noExecute(), regime.writeProtect(), kernelInRing3, a20);
        }

        /** Bytes of an entry of the guest's tables. */
        int entrySize() {
            return pae ? 8 : 4;
        }
    }

    /**
     * What tells one page from another.
     *
     * @param table PA of the guest's table, or of the piece; -1 where there is none
     * @param part which part of it
     * @param access the rights that upper levels leave, for a piece all there are and its dirty bit
     */
    record Key(Origin origin, int table, int part, int access, Role role) {}

    final Key key;
    /** Offset of the page in the VMM's region. */
    final int at;
    /** MA of the guest's table, or -1. */
    final int frame;
    /** Offsets of the directory entries that lead here. */
    final List<Integer> parents = new ArrayList<>();
    /** The guest's entries as they were when the hardware's were made from them, where the page may go out of sync. */
    final long[] seen;
    /** Writes of the guest to its table since an entry was last made from it. */
    int writes;
    /** The guest writes its table unseen. */
    boolean unsync;

    ShadowPage(Key key, int at, int frame, int entries) {
        this.key = key;
        this.at = at;
        this.frame = frame;
        this.seen = key.origin() == Origin.TABLE ? new long[entries] : null;
    }

    /** Whether entries lead to pages of the guest, not to tables. */
    boolean isLeaf() {
        return key.origin() != Origin.DIRECTORY;
    }
}
