package ringside.vmm.memory.shadow;

import ringside.machine.paging.Walker;
import ringside.vmm.spi.VmmRegion;

/**
 * Two-level page tables in the VMM's region, one directory for each world, with pages taken from one pool.
 *
 * <p>The last directory entry of each maps the region itself, for supervisors.
 */
final class ShadowTables {
    private static final int PAGE = 0x1000;
    private static final int OWN = VmmRegion.BASE >>> 22;

    private final VmmRegion region;
    private final boolean ownMapping;
    private int next = VmmRegion.POOL;

    /** @param ownMapping whether the VMM's region is mapped at the top of each world */
    ShadowTables(VmmRegion region, int worlds, boolean ownMapping) {
        this.region = region;
        this.ownMapping = ownMapping;
        for (int page = 0; page < VmmRegion.SIZE; page += PAGE) {
            int entry = page == VmmRegion.GUARD ? 0 : page | Walker.P | Walker.W;
            region.put32(VmmRegion.OWN_TABLE + (page >>> 12) * 4, entry);
        }
        for (int world = 0; world < worlds; world++) {
            clear(world);
        }
    }

    /** MA of the world's directory, for CR3. */
    int directory(int world) {
        return VmmRegion.DIRECTORIES + world * PAGE;
    }

    private void clear(int world) {
        region.memory().fill(directory(world), PAGE, 0);
        if (ownMapping) {
            region.put32(directory(world) + OWN * 4, VmmRegion.OWN_TABLE | Walker.P | Walker.W);
        }
    }

    /** Forgets every mapping of {@code worlds} worlds. */
    void clearAll(int worlds) {
        for (int world = 0; world < worlds; world++) {
            clear(world);
        }
        next = VmmRegion.POOL;
    }

    /** Whether a table for {@code la} is there or can be made. */
    boolean hasRoom(int world, int la) {
        return (directoryEntry(world, la) & Walker.P) != 0 || next < VmmRegion.SIZE;
    }

    /** Enters {@code entry} for the page of {@code la}; returns what it replaced. */
    int put(int world, int la, int entry) {
        if ((directoryEntry(world, la) & Walker.P) == 0) {
            region.memory().fill(next, PAGE, 0);
            region.put32(directory(world) + (la >>> 22) * 4, next | Walker.P | Walker.W | Walker.U);
            next += PAGE;
        }
        int at = entryAt(world, la);
        int old = region.get32(at);
        region.put32(at, entry);
        return old;
    }

    /** Drops the page of {@code la}; returns whether it was mapped. */
    boolean drop(int world, int la) {
        if ((directoryEntry(world, la) & Walker.P) == 0) {
            return false;
        }
        int at = entryAt(world, la);
        boolean mapped = (region.get32(at) & Walker.P) != 0;
        region.put32(at, 0);
        return mapped;
    }

    private int directoryEntry(int world, int la) {
        return region.get32(directory(world) + (la >>> 22) * 4);
    }

    private int entryAt(int world, int la) {
        return (directoryEntry(world, la) & -PAGE) + (la >>> 12 & 0x3ff) * 4;
    }
}
