package ringside.machine.iommu;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.memory.PhysicalMemory;

/** An IOMMU's tables in words, read from memory as the hardware would: who is in which domain, and what the domain reaches. */
final class TableText {
    private static final int PAGE = PhysicalMemory.PAGE,
            OFFSET = PAGE - 1,
            BUSES = 256,
            FUNCTIONS = 256,
            ENTRIES = 1024;
    private static final int RIGHTS = Iommu.READ | Iommu.WRITE;

    private final PhysicalMemory memory;
    private final List<String> lines = new ArrayList<>();

    TableText(PhysicalMemory memory) {
        this.memory = memory;
    }

    /** The lines for the tables below the root table at {@code root}. */
    List<String> of(int root) {
        lines.add(String.format("root table %08x", root));
        for (int bus = 0; bus < BUSES; bus++) {
            int entry = read(root + bus * 4);
            if ((entry & Iommu.PRESENT) != 0) {
                contexts(bus, entry & ~OFFSET);
            }
        }
        return lines;
    }

    private int read(int ma) {
        return memory.contains(ma, 4) ? memory.get32(ma) : 0;
    }

    private void contexts(int bus, int table) {
        lines.add(String.format("  bus %02x  contexts %08x", bus, table));
        for (int function = 0; function < FUNCTIONS; function++) {
            int entry = read(table + function * 8);
            if ((entry & Iommu.PRESENT) != 0) {
                int domain = read(table + function * 8 + 4);
                lines.add(String.format(
                        "    %s  domain %d  directory %08x",
                        Requester.of(bus << 8 | function), domain, entry & ~OFFSET));
                pages(entry & ~OFFSET);
            }
        }
    }

    /** What a directory maps: pages in a row with the same rights on one line, wherever they lie. */
    private void pages(int directory) {
        int from = 0;
        int rights = 0;
        for (long page = 0; page <= (long) ENTRIES * ENTRIES; page++) {
            int now = page < (long) ENTRIES * ENTRIES ? rights(directory, (int) page) : 0;
            if (now != rights) {
                line(from, (int) page, rights);
                from = (int) page;
                rights = now;
            }
        }
    }

    private void line(int from, int to, int rights) {
        if (rights != 0) {
            String may = (rights & Iommu.WRITE) != 0 ? (rights & Iommu.READ) != 0 ? "read, write" : "write" : "read";
            lines.add(String.format("      %08x-%08x  %s  %d pages", from * PAGE, to * PAGE - 1, may, to - from));
        }
    }

    private int rights(int directory, int page) {
        int above = read(directory + page / ENTRIES * 4);
        return (above & RIGHTS) == 0 ? 0 : above & read((above & ~OFFSET) + page % ENTRIES * 4) & RIGHTS;
    }
}
