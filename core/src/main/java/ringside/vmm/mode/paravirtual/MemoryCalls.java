package ringside.vmm.mode.paravirtual;

import ringside.arch.Control;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.TypedTables;

/** Hypercalls about page tables. Entries are given with PAs: the frames behind them are the memory strategy's business. */
final class MemoryCalls {
    private static final int FLUSH_PAGE = 1, FLUSH_ALL = 2;
    private static final int LARGE = 0x80;

    private MemoryCalls() {}

    static int loadPageTable(PortedGuest guest, int[] a) {
        if (guest.types.isPresent()) {
            int result = Errno.of(guest.types.get().load(a[0]));
            if (result != 0) {
                return result;
            }
        }
        guest.state.cr(3, a[0]);
        if (!guest.state.paging()) {
            guest.state.cr(0, guest.state.cr(0) | Control.CR0_PG | Control.CR0_WP);
        }
        guest.settle();
        return 0;
    }

    private static boolean mayHold(PortedGuest guest, int entry) {
        return (entry & Walker.P) == 0 || guest.memory.mayMap(entry & -0x1000);
    }

    static int updateVaMapping(PortedGuest guest, int[] a) {
        if (!guest.state.paging() || !mayHold(guest, a[1])) {
            return Errno.EINVAL.result();
        }
        int directoryEntry = guest.memory.tableEntry((guest.state.cr(3) & -0x1000) + (a[0] >>> 22) * 4);
        boolean table = (directoryEntry & (Walker.P | LARGE)) == Walker.P;
        if (!table || !guest.memory.isRamPage(directoryEntry & -0x1000)) {
            return Errno.EINVAL.result();
        }
        if (guest.holdsTable(directoryEntry)) {
            return Errno.EPERM.result();
        }
        int result = put(guest, (directoryEntry & -0x1000) + (a[0] >>> 12 & 0x3ff) * 4, a[1]);
        if (result != 0) {
            return result;
        }
        return switch (a[2]) {
            case FLUSH_PAGE -> flushPage(guest, a);
            case FLUSH_ALL -> flushAll(guest, a);
            default -> 0;
        };
    }

    /** All entries before the first wrong one are written. */
    static int mmuUpdate(PortedGuest guest, int[] a) {
        for (int i = 0; i < a[1]; i++) {
            int pa = guest.memory.read32(a[0] + i * 8);
            int entry = guest.memory.read32(a[0] + i * 8 + 4);
            if ((pa & 3) != 0 || !guest.memory.isRamPage(pa & -0x1000) || !mayHold(guest, entry)) {
                return Errno.EINVAL.result();
            }
            int result = guest.holdsTable(pa) ? Errno.EPERM.result() : put(guest, pa, entry);
            if (result != 0) {
                return result;
            }
        }
        return a[1];
    }

    /** Writes an entry, where the types of frames allow it. */
    private static int put(PortedGuest guest, int pa, int entry) {
        int result = 0;
        if (guest.types.isPresent()) {
            result = Errno.of(guest.types.get().update(pa, entry));
        } else {
            guest.memory.writePhysical(pa, entry);
        }
        guest.counters().add("pageTableEntries", result == 0 ? 1 : 0);
        return result;
    }

    static int pinTable(PortedGuest guest, int[] a) {
        if (guest.types.isEmpty()) {
            return Errno.ENOSYS.result();
        }
        TypedTables.Level level = a[1] == 0 ? TypedTables.Level.TABLE : TypedTables.Level.DIRECTORY;
        return Errno.of(guest.types.get().pin(a[0], level));
    }

    static int unpinTable(PortedGuest guest, int[] a) {
        if (guest.types.isEmpty()) {
            return Errno.ENOSYS.result();
        }
        return Errno.of(guest.types.get().unpin(a[0]));
    }

    static int machineAddress(PortedGuest guest, int[] a) {
        return guest.types.map(types -> types.machineAddress(a[0])).orElse(Errno.ENOSYS.result());
    }

    static int flushPage(PortedGuest guest, int[] a) {
        int before = guest.state.mmu.generation;
        guest.state.mmu.flushPage(a[0]);
        guest.settlePage(a[0], before);
        return 0;
    }

    static int flushPages(PortedGuest guest, int[] a) {
        for (int i = 0; i < a[1]; i++) {
            int before = guest.state.mmu.generation;
            int va = guest.memory.read32(a[0] + i * 4);
            if (guest.memory.isGuests(va)) {
                guest.state.mmu.flushPage(va);
                guest.settlePage(va, before);
            }
        }
        return 0;
    }

    static int flushAll(PortedGuest guest, int[] a) {
        guest.state.mmu.flushAll();
        guest.settle();
        return 0;
    }
}
