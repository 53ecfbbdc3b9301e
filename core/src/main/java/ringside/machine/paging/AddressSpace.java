package ringside.machine.paging;

import ringside.machine.memory.PhysicalMemory;

/** The flat maps of one address space: by kind of access, each for supervisors and for users, made at first use. */
final class AddressSpace {
    final TranslationMap[] reads = new TranslationMap[2];
    final TranslationMap[] writes = new TranslationMap[2];
    final TranslationMap[] fetches = new TranslationMap[2];
    /** A large page is among the translations. */
    boolean largeSeen;

    /** Something to do to each map. */
    interface Action {
        void on(TranslationMap map);
    }

    void each(Action action) {
        for (int privilege = 0; privilege < 2; privilege++) {
            on(reads[privilege], action);
            on(writes[privilege], action);
            on(fetches[privilege], action);
        }
    }

    private static void on(TranslationMap map, Action action) {
        if (map != null) {
            action.on(map);
        }
    }

    /** Drops everything; without lambdas, for it happens at each exit of a guest. */
    void flush() {
        for (int privilege = 0; privilege < 2; privilege++) {
            flush(reads[privilege]);
            flush(writes[privilege]);
            flush(fetches[privilege]);
        }
        largeSeen = false;
    }

    private static void flush(TranslationMap map) {
        if (map != null) {
            map.flush(true);
        }
    }

    /** No write to the machine page {@code ma} may pass unseen any more. */
    void protectCode(int ma) {
        for (TranslationMap map : writes) {
            if (map != null) {
                map.dropMachinePage(ma);
            }
        }
    }

    void protectCodePages(PhysicalMemory memory) {
        for (TranslationMap map : writes) {
            if (map != null) {
                map.dropCodePages(memory);
            }
        }
    }
}
