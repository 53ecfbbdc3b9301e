package ringside.machine.iommu;

import java.util.Arrays;

/** What walks found, by domain and page: fully associative, the oldest entry gives way. */
final class IoTlb {
    private static final int ENTRIES = 64, FREE = -1, PAGE_BITS = 12;

    private final int[] domains = new int[ENTRIES];
    private final int[] pages = new int[ENTRIES];
    private final int[] frames = new int[ENTRIES];
    private int next;

    IoTlb() {
        clear();
    }

    /** The entry's page and rights as its table has them, 0 where there is none. */
    int find(int domain, int address) {
        for (int i = 0; i < ENTRIES; i++) {
            if (domains[i] == domain && pages[i] == address >>> PAGE_BITS) {
                return frames[i];
            }
        }
        return 0;
    }

    void enter(int domain, int address, int entry) {
        domains[next] = domain;
        pages[next] = address >>> PAGE_BITS;
        frames[next] = entry;
        next = (next + 1) % ENTRIES;
    }

    void clear() {
        Arrays.fill(domains, FREE);
        next = 0;
    }

    void clear(int domain) {
        for (int i = 0; i < ENTRIES; i++) {
            domains[i] = domains[i] == domain ? FREE : domains[i];
        }
    }

    void clear(int domain, int address) {
        for (int i = 0; i < ENTRIES; i++) {
            boolean same = domains[i] == domain && pages[i] == address >>> PAGE_BITS;
            domains[i] = same ? FREE : domains[i];
        }
    }

    int size() {
        return (int) Arrays.stream(domains).filter(domain -> domain != FREE).count();
    }
}
