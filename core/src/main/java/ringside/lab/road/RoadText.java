package ringside.lab.road;

import ringside.machine.paging.Walker;

/** Entries of page tables in words. */
final class RoadText {
    private static final long NO_EXECUTE = 1L << 63;
    private static final long ADDRESS = 0xffff_f000L;

    private RoadText() {}

    /** What an entry holds; {@code leafShift} is the size of the page it maps, 0 where it leads to a table. */
    static String entry(long entry, int leafShift) {
        String bits = (entry >>> 32) == 0 ? String.format("%08x", entry) : String.format("%016x", entry);
        if ((entry & Walker.P) == 0) {
            return bits + "  not present";
        }
        long target = leafShift > 12 ? entry & ADDRESS & -(1L << leafShift) : entry & ADDRESS;
        String size = leafShift > 12 ? (1 << leafShift - 20) + " MiB page" : leafShift == 12 ? "page" : "table";
        return String.format("%s  %s %08x  %s", bits, size, target, flags(entry));
    }

    private static String flags(long entry) {
        return ((entry & Walker.W) != 0 ? "writable" : "read-only")
                + ((entry & Walker.U) != 0 ? " user" : " supervisor")
                + ((entry & Walker.A) != 0 ? " A" : "")
                + ((entry & Walker.D) != 0 ? " D" : "")
                + ((entry & Walker.G) != 0 ? " G" : "")
                + ((entry & NO_EXECUTE) != 0 ? " NX" : "");
    }

    /** The type of a segment by its access rights. */
    static String segment(int rights) {
        boolean code = (rights & 8) != 0;
        String type = code ? "code" : (rights & 2) != 0 ? "data" : "read-only data";
        return type + ", DPL " + (rights >> 5 & 3);
    }
}
