package ringside.vmm.spi;

import java.util.Map;
import java.util.TreeMap;
import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;

/**
 * What a guest lets others use of its memory: a table in that memory, one entry a grant, checked at every use.
 *
 * <p>An entry has 8 bytes: flags (16 bits), the domain it is granted to (16 bits), the number of the guest's page (32
 * bits). While a grant is in use its entry is marked so; a grant in use is not revoked, the guest is told that it is
 * busy. What the guest writes over an entry in use changes nothing for whoever uses it, and is refused to whoever
 * wants to.
 */
public final class GrantTable {
    /** Flags of an entry: it grants, for reading only; it is being read, written. */
    public static final int PERMIT = 1, READ_ONLY = 4, READING = 8, WRITING = 16;

    public static final int ENTRY_BYTES = 8, MOST_ENTRIES = 4096;
    /** The domain of back ends in the VMM. */
    public static final int HOST = 0;
    /** The domain of a service VM. */
    public static final int SERVICE = 1;

    private static final int PAGE = 0x1000;

    /** A grant cannot be used as it is wanted to be: the message names the grant. */
    public static final class Refused extends Exception {
        Refused(String format, Object... values) {
            super(String.format(format, values), null, false, false);
        }
    }

    /** What became of a wish to revoke; the code is what a guest reads. */
    public enum Revocation {
        DONE,
        /** It is in use: the guest tries again later. */
        BUSY,
        /** There is no such entry. */
        UNKNOWN
    }

    /** A grant in use. */
    private static final class Use {
        private final int page;
        private final boolean writable;
        private int users;

        Use(int page, boolean writable) {
            this.page = page;
            this.writable = writable;
        }
    }

    private final Dma memory;
    private final byte[] entry = new byte[ENTRY_BYTES];
    private final Map<Integer, Use> used = new TreeMap<>();
    private int table;
    private int entries;

    /** @param memory of the guest that grants */
    public GrantTable(Dma memory) {
        this.memory = memory;
    }

    // ---- the guest's side

    /** The guest has its table at {@code pa}, or none any more; false where that is no RAM, or grants are in use. */
    public boolean place(int pa, int count) {
        boolean fits = count >= 0 && count <= MOST_ENTRIES && pa % ENTRY_BYTES == 0;
        if (!used.isEmpty() || !fits || !memory.isRam(pa, count * ENTRY_BYTES)) {
            return false;
        }
        table = pa;
        entries = count;
        return true;
    }

    public int entries() {
        return entries;
    }

    /** Takes a grant back, unless it is in use. */
    public Revocation revoke(int reference) {
        if (!exists(reference)) {
            return Revocation.UNKNOWN;
        }
        if (used.containsKey(reference)) {
            return Revocation.BUSY;
        }
        writeFlags(reference, 0);
        return Revocation.DONE;
    }

    // ---- the user's side

    /**
     * Takes a grant into use; each use is to be {@linkplain #release released}.
     *
     * @param domain who asks
     * @param write whether the page is going to be written
     * @return the PA of the page in the granting guest's memory
     */
    public int use(int reference, int domain, boolean write) throws Refused {
        if (!exists(reference)) {
            throw new Refused("there is no grant %d: the table has %d", reference, entries);
        }
        memory.read(table + ENTRY_BYTES * reference, entry, 0, ENTRY_BYTES);
        int flags = little(0, 2);
        int page = little(4, 4);
        if ((flags & PERMIT) == 0) {
            throw new Refused("grant %d permits nothing", reference);
        }
        if (little(2, 2) != domain) {
            throw new Refused("grant %d is for domain %d, not for %d", reference, little(2, 2), domain);
        }
        boolean writable = (flags & READ_ONLY) == 0;
        Use use = used.get(reference);
        if (use != null && (use.page != page || use.writable != writable)) {
            throw new Refused("grant %d was changed while it is in use", reference);
        }
        if (write && !writable) {
            throw new Refused("grant %d is for reading only", reference);
        }
        if (page >>> 20 != 0 || !memory.isRam(page * PAGE, PAGE)) {
            throw new Refused("grant %d is of page %x, which is not RAM of the guest", reference, page);
        }
        if (use == null) {
            use = new Use(page, writable);
            used.put(reference, use);
        }
        use.users++;
        writeFlags(reference, flags | READING | (write ? WRITING : 0));
        return page * PAGE;
    }

    /** Ends one use. */
    public void release(int reference) {
        Use use = used.get(reference);
        if (--use.users == 0) {
            used.remove(reference);
            memory.read(table + ENTRY_BYTES * reference, entry, 0, ENTRY_BYTES);
            writeFlags(reference, little(0, 2) & ~(READING | WRITING));
        }
    }

    /** How many grants are in use. */
    public int inUse() {
        return used.size();
    }

    private boolean exists(int reference) {
        return Integer.compareUnsigned(reference, entries) < 0 && memory.isRam(table, entries * ENTRY_BYTES);
    }

    private int little(int at, int bytes) {
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | entry[at + i] & 0xff;
        }
        return value;
    }

    private void writeFlags(int reference, int flags) {
        entry[0] = (byte) flags;
        entry[1] = (byte) (flags >> 8);
        if (memory.isRam(table + ENTRY_BYTES * reference, 2)) {
            memory.write(table + ENTRY_BYTES * reference, entry, 0, 2);
        }
    }

    // ---- state

    public void visit(StateVisitor v) {
        table = v.int32("table", table);
        entries = v.int32("entries", entries);
        int[] at = {0};
        long[] packed = new long[4 * used.size()];
        used.forEach((reference, use) -> {
            packed[at[0]++] = reference;
            packed[at[0]++] = use.page;
            packed[at[0]++] = use.writable ? 1 : 0;
            packed[at[0]++] = use.users;
        });
        long[] taken = v.longs("used", packed);
        used.clear();
        for (int i = 0; i < taken.length; i += 4) {
            Use use = new Use((int) taken[i + 1], taken[i + 2] != 0);
            use.users = (int) taken[i + 3];
            used.put((int) taken[i], use);
        }
    }
}
