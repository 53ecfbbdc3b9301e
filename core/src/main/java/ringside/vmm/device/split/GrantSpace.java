package ringside.vmm.device.split;

import ringside.vmm.spi.GrantTable;

/**
 * Addresses are grants: bit 63 set, the reference in bits 12 and up, the offset into its page below; a buffer of
 * several pages uses as many references in a row.
 *
 * <p>A grant is in use from the time its chain is taken until the chain is given back, that of a ring while the queue
 * is ready. The bits are those of Linux's front ends for Xen.
 */
final class GrantSpace implements BufferSpace {
    static final long GRANT = 1L << 63;
    private static final int PAGE = 0x1000;

    private final GrantTable table;
    private final int domain;

    /** @param domain who uses the grants */
    GrantSpace(GrantTable table, int domain) {
        this.table = table;
        this.domain = domain;
    }

    @Override
    public void open(long address, long length, boolean write, Area area) throws FrontEndFault {
        long first = (address & ~GRANT) >>> 12;
        int offset = (int) address & PAGE - 1;
        long pages = (offset + length + PAGE - 1) / PAGE;
        if ((address & GRANT) == 0) {
            throw new FrontEndFault("%d bytes at %08x, which is an address and no grant", length, address);
        }
        if (first + pages > table.entries()) {
            throw new FrontEndFault(
                    "grants %d to %d of a table that has %d", first, first + pages - 1, table.entries());
        }
        long left = length;
        for (int i = 0; i < pages; i++) {
            int here = (int) Math.min(left, PAGE - offset);
            int reference = (int) first + i;
            try {
                area.add(table.use(reference, domain, write) + offset, here);
            } catch (GrantTable.Refused refused) {
                throw new FrontEndFault("%s", refused.getMessage());
            }
            area.keptBy(reference);
            left -= here;
            offset = 0;
        }
    }

    @Override
    public void release(Area area) {
        for (int reference : area.grants()) {
            table.release(reference);
        }
        area.clear();
    }
}
