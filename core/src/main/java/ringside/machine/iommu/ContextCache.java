package ringside.machine.iommu;

import java.util.Arrays;

/** Context entries that were read, by requester; the oldest gives way. */
final class ContextCache {
    private static final int ENTRIES = 16, FREE = -1;

    private final int[] requesters = new int[ENTRIES];
    private final int[] domains = new int[ENTRIES];
    private final int[] directories = new int[ENTRIES];
    private int next;

    ContextCache() {
        clear();
    }

    /** The slot that holds the requester's entry, or -1. */
    int find(int requester) {
        for (int i = 0; i < ENTRIES; i++) {
            if (requesters[i] == requester) {
                return i;
            }
        }
        return -1;
    }

    int enter(int requester, int domain, int directory) {
        int slot = next;
        requesters[slot] = requester;
        domains[slot] = domain;
        directories[slot] = directory;
        next = (next + 1) % ENTRIES;
        return slot;
    }

    int domain(int slot) {
        return domains[slot];
    }

    /** MA of the directory. */
    int directory(int slot) {
        return directories[slot];
    }

    void clear() {
        Arrays.fill(requesters, FREE);
        next = 0;
    }
}
