package ringside.machine.paging;

import ringside.arch.Control;

/**
 * The page walk: linear to physical through the tables in memory (SDM vol. 3, chapter 4). The only walker there is.
 *
 * <p>It reads and marks tables through {@link Tables}, so that the MMU walks machine memory and a VMM walks a guest's
 * tables through PA to MA with the same code. Accessed and dirty bits are written only after the whole walk allowed the
 * access. One walk at a time: results stand in fields until the next.
 */
public final class Walker {
    /** Where page tables are read and marked. */
    public interface Tables {
        int read32(int pa);

        void write32(int pa, int value);

        default long read64(int pa) {
            return read32(pa) & 0xffff_ffffL | (long) read32(pa + 4) << 32;
        }
    }

    /** Bits of a page-directory or page-table entry. */
    public static final int P = 1, W = 2, U = 4, PWT = 8, PCD = 0x10, A = 0x20, D = 0x40, PS = 0x80, G = 0x100;

    /** Bits of a page fault's error code. */
    public static final int ERROR_P = 1, ERROR_W = 2, ERROR_U = 4, ERROR_RSVD = 8, ERROR_I = 16;

    private static final long NX = 1L << 63;
    /** MAXPHYADDR is 32: address bits above are reserved. */
    private static final long PAE_RESERVED = 0x7fff_ffff_0000_0000L;

    private static final long PDPTE_RESERVED = 0xffff_ffff_0000_01e6L;

    private final Tables tables;

    /** Physical address of the 4 KiB page. */
    public int pa;
    /** The page-fault error code where {@link #walk} returned false. */
    public int error;

    public boolean userPage;
    public boolean writable;
    public boolean executable;
    public boolean global;
    /** The leaf is a 4 MiB or 2 MiB page. */
    public boolean large;
    /** The leaf's dirty bit, after this access. */
    public boolean dirty;
    /** Physical addresses of the entries used, or -1: directory, table. */
    public int pdeAt;

    public int pteAt;
    /** References to tables made by the last walk, A/D updates not counted. */
    public int references;

    public Walker(Tables tables) {
        this.tables = tables;
    }

    /** The control state that a walk depends on. */
    public record Regime(int cr0, int cr3, int cr4, long efer) {
        public boolean writeProtect() {
            return (cr0 & Control.CR0_WP) != 0;
        }

        public boolean pae() {
            return (cr4 & Control.CR4_PAE) != 0;
        }

        public boolean noExecute() {
            return pae() && (efer & Control.EFER_NXE) != 0;
        }
    }

    /**
     * Walks for one access; paging must be on.
     *
     * @param write the access writes
     * @param user the access has user rights (CPL 3 and not implicit)
     * @param fetch the access fetches an instruction
     * @param pdpte the PAE directory pointers held by the processor; not used without PAE
     * @return whether the access is allowed; the fields tell where, or the error code
     */
    public boolean walk(Regime regime, long[] pdpte, int la, boolean write, boolean user, boolean fetch) {
        error = (write ? ERROR_W : 0) | (user ? ERROR_U : 0) | (fetch && regime.noExecute() ? ERROR_I : 0);
        references = 0;
        pdeAt = -1;
        pteAt = -1;
        return regime.pae() ? walkPae(regime, pdpte, la, write, user, fetch) : walkLegacy(regime, la, write, user);
    }

    /** Leaves the fields as a walk would that finds every page where its address says: paging is off. */
    void identity(int la) {
        references = 0;
        pdeAt = -1;
        pteAt = -1;
        pa = la & 0xfffff000;
        userPage = true;
        writable = true;
        executable = true;
        global = false;
        large = false;
        dirty = true;
    }

    private boolean walkLegacy(Regime regime, int la, boolean write, boolean user) {
        pdeAt = (regime.cr3 & 0xfffff000) + (la >>> 22) * 4;
        int pde = read(pdeAt);
        if ((pde & P) == 0) {
            return false;
        }
        executable = true;
        large = (pde & PS) != 0 && (regime.cr4 & Control.CR4_PSE) != 0;
        if (large) {
            if ((pde & 0x003fe000) != 0) {
                return reserved();
            }
            userPage = (pde & U) != 0;
            writable = (pde & W) != 0;
            if (!allowed(regime, write, user, true)) {
                return false;
            }
            mark32(pdeAt, pde, write);
            pa = pde & 0xffc00000 | la & 0x003ff000;
            leaf(regime, pde, write);
            return true;
        }
        pteAt = (pde & 0xfffff000) + (la >>> 12 & 0x3ff) * 4;
        int pte = read(pteAt);
        if ((pte & P) == 0) {
            return false;
        }
        userPage = (pde & pte & U) != 0;
        writable = (pde & pte & W) != 0;
        if (!allowed(regime, write, user, true)) {
            return false;
        }
        mark32(pdeAt, pde, false);
        mark32(pteAt, pte, write);
        pa = pte & 0xfffff000;
        leaf(regime, pte, write);
        return true;
    }

    private boolean walkPae(Regime regime, long[] pdpte, int la, boolean write, boolean user, boolean fetch) {
        long pointer = pdpte[la >>> 30];
        if ((pointer & P) == 0) {
            return false;
        }
        long reservedBits = PAE_RESERVED | (regime.noExecute() ? 0 : NX);
        pdeAt = ((int) pointer & 0xfffff000) + (la >>> 21 & 0x1ff) * 8;
        long pde = readLong(pdeAt);
        if ((pde & P) == 0) {
            return false;
        }
        large = (pde & PS) != 0;
        if ((pde & reservedBits) != 0 || large && (pde & 0x001fe000) != 0) {
            return reserved();
        }
        if (large) {
            userPage = (pde & U) != 0;
            writable = (pde & W) != 0;
            executable = (pde & NX) == 0;
            if (!allowed(regime, write, user, !fetch || executable)) {
                return false;
            }
            mark32(pdeAt, (int) pde, write);
            pa = (int) pde & 0xffe00000 | la & 0x001ff000;
            leaf(regime, (int) pde, write);
            return true;
        }
        pteAt = ((int) pde & 0xfffff000) + (la >>> 12 & 0x1ff) * 8;
        long pte = readLong(pteAt);
        if ((pte & P) == 0) {
            return false;
        }
        if ((pte & reservedBits) != 0) {
            return reserved();
        }
        userPage = (pde & pte & U) != 0;
        writable = (pde & pte & W) != 0;
        executable = ((pde | pte) & NX) == 0;
        if (!allowed(regime, write, user, !fetch || executable)) {
            return false;
        }
        mark32(pdeAt, (int) pde, false);
        mark32(pteAt, (int) pte, write);
        pa = (int) pte & 0xfffff000;
        leaf(regime, (int) pte, write);
        return true;
    }

    private int read(int at) {
        references++;
        return tables.read32(at);
    }

    private long readLong(int at) {
        references++;
        return tables.read64(at);
    }

    private boolean reserved() {
        error |= ERROR_P | ERROR_RSVD;
        return false;
    }

    private boolean allowed(Regime regime, boolean write, boolean user, boolean fetchAllowed) {
        boolean fine = (!user || userPage) && (!write || writable || !user && !regime.writeProtect()) && fetchAllowed;
        if (!fine) {
            error |= ERROR_P;
        }
        return fine;
    }

    private void leaf(Regime regime, int entry, boolean write) {
        global = (entry & G) != 0 && (regime.cr4 & Control.CR4_PGE) != 0;
        dirty = write || (entry & D) != 0;
    }

    private void mark32(int at, int entry, boolean write) {
        int marked = entry | A | (write ? D : 0);
        if (marked != entry) {
            tables.write32(at, marked);
        }
    }

    /** Whether a PAE directory pointer that is present has a reserved bit set: #GP(0) at the CR3 load. */
    public static boolean pdpteReserved(long entry) {
        return (entry & P) != 0 && (entry & PDPTE_RESERVED) != 0;
    }
}
