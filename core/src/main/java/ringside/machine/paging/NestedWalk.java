package ringside.machine.paging;

/**
 * The second dimension of a walk: what a guest takes for physical becomes a machine address, through tables of the VMM
 * (SDM vol. 3, section 28.2).
 *
 * <p>{@link Walker} walks the guest's own tables; each address that it uses passes through here, and so does the page that
 * it finds. Two formats: four levels of 8-byte entries (EPT), and two levels in the format of ordinary page tables, as
 * nested paging on a 32-bit host has it. Accessed and dirty bits are written only where that is switched on.
 */
public final class NestedWalk {
    /** Bits of an EPT entry; the first three are kinds of access too. */
    public static final int READ = 1, WRITE = 2, FETCH = 4, LARGE = 0x80, ACCESSED = 0x100, DIRTY = 0x200;

    private static final int ALL = READ | WRITE | FETCH;
    private static final int TYPE_SHIFT = 3, TYPE = 7;
    /** Address bits above MAXPHYADDR 32 and, in tables, bits 7 to 3. */
    private static final long RESERVED = 0x000f_ffff_0000_0000L;

    private static final int RESERVED_IN_TABLE = 0xf8;
    private static final int RESERVED_IN_LARGE = 0x001ff000;

    /** What the walk ends in where it does not end in a page; each returns what is thrown. */
    public interface Faults {
        /**
         * The tables do not allow the access.
         *
         * @param access bits of {@link #READ}, {@link #WRITE}, {@link #FETCH}
         * @param allowed what they do allow, in the same bits
         * @param ofTable the address is that of an entry of the guest's page tables
         */
        RuntimeException violation(int pa, int access, int allowed, boolean ofTable);

        /** An entry holds what none may. */
        RuntimeException misconfiguration(int pa);
    }

    /**
     * Where the tables are and what they look like.
     *
     * @param root MA of the top table
     * @param levels 4 for EPT, 2 for the format of ordinary page tables
     * @param marks accessed and dirty bits are written, and reads of the guest's tables count as writes
     */
    public record Format(int root, int levels, boolean marks) {}

    private final Walker.Tables tables;
    private final Faults faults;
    private Format format;

    /** References to tables made so far, A/D updates not counted. */
    int references;

    /** What the last walk's page allows. */
    private int allowed;
    /** The last walk's leaf had, or got, its dirty bit; true where none is kept. */
    private boolean dirty;

    private int leafAt;
    private long leaf;
    private boolean large;

    NestedWalk(Walker.Tables tables, Faults faults) {
        this.tables = tables;
        this.faults = faults;
    }

    /** From now on through these tables. */
    public void use(Format tableFormat) {
        format = tableFormat;
    }

    /** The MA of an entry of the guest's tables that is read. */
    int table(int pa) {
        return translate(pa, format.marks() ? READ | WRITE : READ, true);
    }

    /** The MA of an entry of the guest's tables whose accessed or dirty bit is set; not counted as a reference. */
    int marked(int pa) {
        int before = references;
        int ma = translate(pa, READ | WRITE, true);
        references = before;
        return ma;
    }

    /** The MA of a page that the guest reads, writes or fetches from. */
    int page(int pa, boolean write, boolean fetch) {
        return translate(pa, write ? WRITE : fetch ? FETCH : READ, false);
    }

    /** Whether the page of the last walk may be written without another. */
    boolean mayWrite() {
        return (allowed & WRITE) != 0 && dirty;
    }

    boolean mayFetch() {
        return (allowed & FETCH) != 0;
    }

    /** Whether the last walk's page is as large as one of the guest's of two to the power of {@code shift}. */
    boolean covers(int shift) {
        return large && (format.levels() == 4 ? 21 : 22) >= shift;
    }

    private int translate(int pa, int access, boolean ofTable) {
        allowed = ALL;
        boolean there = format.levels() == 4 ? extended(pa) : ordinary(pa);
        if (!there) {
            allowed = 0;
        }
        if ((access & ~allowed) != 0) {
            throw faults.violation(pa, access, allowed, ofTable);
        }
        boolean write = (access & WRITE) != 0;
        int dirtyBit = format.levels() == 4 ? DIRTY : Walker.D;
        if (format.marks()) {
            mark(leafAt, leaf, write ? accessedBit() | dirtyBit : accessedBit());
        }
        dirty = !format.marks() || write || (leaf & dirtyBit) != 0;
        int within = large ? (format.levels() == 4 ? 0x1fffff : 0x3fffff) : 0xfff;
        return (int) leaf & ~within & 0xfffff000 | pa & within;
    }

    private int accessedBit() {
        return format.levels() == 4 ? ACCESSED : Walker.A;
    }

    /** Four levels; false where an entry is not present. */
    private boolean extended(int pa) {
        int table = format.root();
        for (int level = 3; ; level--) {
            // address bits 38 and up are 0
            int index = level == 3 ? 0 : pa >>> 12 + 9 * level & 0x1ff;
            leafAt = table + index * 8;
            leaf = counted64(leafAt);
            allowed &= (int) leaf;
            if ((leaf & ALL) == 0) {
                return false;
            }
            large = level == 1 && (leaf & LARGE) != 0;
            if (misconfigured(level)) {
                throw faults.misconfiguration(pa);
            }
            if (level == 0 || large) {
                return true;
            }
            if (format.marks()) {
                mark(leafAt, leaf, ACCESSED);
            }
            table = (int) leaf & 0xfffff000;
        }
    }

    /** Writable but not readable, executable but not readable, reserved bits, or an unknown memory type. */
    private boolean misconfigured(int level) {
        boolean page = level == 0 || large;
        int type = (int) leaf >> TYPE_SHIFT & TYPE;
        boolean badType = page && (type == 2 || type == 3 || type == 7);
        boolean reserved = (leaf & RESERVED) != 0
                || !page && (leaf & RESERVED_IN_TABLE) != 0
                || large && (leaf & RESERVED_IN_LARGE) != 0;
        return (leaf & READ) == 0 || badType || reserved;
    }

    /** Two levels of ordinary entries; every access counts as a user's. */
    private boolean ordinary(int pa) {
        leafAt = format.root() + (pa >>> 22) * 4;
        long directory = counted32(leafAt);
        leaf = directory;
        large = (directory & Walker.PS) != 0;
        if ((directory & Walker.P) == 0 || (directory & Walker.U) == 0) {
            return false;
        }
        if (!large) {
            if (format.marks()) {
                mark(leafAt, directory, Walker.A);
            }
            leafAt = ((int) directory & 0xfffff000) + (pa >>> 12 & 0x3ff) * 4;
            leaf = counted32(leafAt);
            if ((leaf & Walker.P) == 0 || (leaf & Walker.U) == 0) {
                return false;
            }
        } else if ((directory & 0x003fe000) != 0) {
            throw faults.misconfiguration(pa);
        }
        allowed = (directory & leaf & Walker.W) != 0 ? ALL : READ | FETCH;
        return true;
    }

    private long counted64(int at) {
        references++;
        return tables.read64(at);
    }

    private long counted32(int at) {
        references++;
        return tables.read32(at) & 0xffff_ffffL;
    }

    private void mark(int at, long entry, int bits) {
        if ((entry & bits) != bits) {
            tables.write32(at, (int) entry | bits);
        }
    }
}
