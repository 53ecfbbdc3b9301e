package ringside.vmm.memory.shadow;

import static ringside.vmm.memory.shadow.TableFormat.PAGE;

import java.util.Set;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.VmmRegion;

/**
 * Tables for what the guest touched last: one root for each world, tables taken from one pool, all emptied together.
 */
final class ShadowTables {
    /** Root page and the four directories of the PAE format; the two-level format uses the first page alone. */
    private static final int PAGES_OF_ROOT = 5;

    private final VmmRegion region;
    private final TableFormat format;
    private final boolean ownMapping;
    private final boolean openCache;
    private int next = VmmRegion.POOL;

    /**
     * @param ownMapping whether the VMM's region is mapped at the top of each world
     * @param openCache whether paging lets ring 3 into the translation cache
     */
    ShadowTables(TableFormat format, int worlds, boolean ownMapping, boolean openCache) {
        this.region = format.region();
        this.format = format;
        this.ownMapping = ownMapping;
        this.openCache = openCache;
        format.fillOwnTable(openCache);
        for (int world = 0; world < worlds; world++) {
            clear(world);
        }
    }

    /** MA of the world's root, for CR3. */
    int root(int world) {
        return region.ma(rootAt(world));
    }

    private static int rootAt(int world) {
        return VmmRegion.DIRECTORIES + world * PAGES_OF_ROOT * PAGE;
    }

    private int directory(int world) {
        return format.wide() ? rootAt(world) + PAGE : rootAt(world);
    }

    private int directoryEntryAt(int world, int la) {
        return directory(world) + (la >>> format.spanShift()) * format.entrySize();
    }

    private void clear(int world) {
        region.fill(rootAt(world), PAGES_OF_ROOT * PAGE, 0);
        if (format.wide()) {
            for (int i = 0; i < 4; i++) {
                region.put64(rootAt(world) + i * 8, region.ma(directory(world) + i * PAGE) | Walker.P, 0);
            }
        }
        if (ownMapping) {
            format.mapOwn(directory(world) + (format.wide() ? 3 * PAGE : 0), openCache);
        }
    }

    /** Forgets every mapping of {@code worlds} worlds. */
    void clearAll(int worlds) {
        for (int world = 0; world < worlds; world++) {
            clear(world);
        }
        next = VmmRegion.POOL;
    }

    /** How many pages the tables of {@code worlds} worlds take, what maps the region among them. */
    int pages(int worlds) {
        int roots = worlds * (format.wide() ? PAGES_OF_ROOT : 1);
        return roots + (ownMapping ? format.ownTables() : 0) + (next - VmmRegion.POOL) / PAGE;
    }

    /** Whether a table for {@code la} is there or can be made. */
    boolean hasRoom(int world, int la) {
        return (directoryEntry(world, la) & Walker.P) != 0 || next < VmmRegion.POOL_END;
    }

    /** Enters {@code entry} for the page of {@code la}; returns what it replaced. */
    int put(int world, int la, int entry, boolean executable) {
        if ((directoryEntry(world, la) & Walker.P) == 0) {
            region.fill(next, PAGE, 0);
            format.setTable(directoryEntryAt(world, la), next);
            next += PAGE;
        }
        int at = entryAt(world, la);
        int old = format.get(at);
        format.set(at, entry, executable);
        return old;
    }

    /** Drops the page of {@code la}; returns whether it was mapped. */
    boolean drop(int world, int la) {
        if ((directoryEntry(world, la) & Walker.P) == 0) {
            return false;
        }
        int at = entryAt(world, la);
        boolean mapped = (format.get(at) & Walker.P) != 0;
        format.set(at, 0, true);
        return mapped;
    }

    /** Drops every mapping of the pages at these MAs; returns whether there was any. */
    boolean dropFrames(Set<Integer> frames) {
        boolean dropped = false;
        for (int at = VmmRegion.POOL; at < next; at += format.entrySize()) {
            int entry = format.get(at);
            if ((entry & Walker.P) != 0 && frames.contains(entry & -PAGE)) {
                format.set(at, 0, true);
                dropped = true;
            }
        }
        return dropped;
    }

    private int directoryEntry(int world, int la) {
        return format.get(directoryEntryAt(world, la));
    }

    private int entryAt(int world, int la) {
        return format.offset(directoryEntry(world, la)) + format.leafIndex(la) * format.entrySize();
    }
}
