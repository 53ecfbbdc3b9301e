package ringside.vmm.memory.shadow;

import java.util.HashSet;
import java.util.Set;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VmmBoot;

/** Shadow page tables filled by hidden faults and emptied as a TLB is. */
public final class VirtualTlb extends ShadowMemory {
    private final ShadowTables tables;
    private boolean largeSeen;

    public VirtualTlb(PhysicalServer server, Layout layout) {
        this(server, layout, VmmBoot.paeTables(server.cpu()));
    }

    private VirtualTlb(PhysicalServer server, Layout layout, boolean wide) {
        super(server, layout, Counters.of("shadowFills", "shadowFlushes"), wide);
        this.tables = new ShadowTables(format(), worlds, hidesRegion, layout == Layout.CACHE_IN_EVERY_RING);
    }

    /** With tables of the two-level format, whatever the processor has. */
    public static VirtualTlb twoLevel(PhysicalServer server, Layout layout) {
        return new VirtualTlb(server, layout, false);
    }

    @Override
    public String name() {
        return "shadow";
    }

    @Override
    public int root(int world) {
        return tables.root(world);
    }

    @Override
    public Resolution resolve(int world, int la, boolean write, boolean user, boolean fetch) {
        Resolution resolution = look(world, la, write, user, fetch);
        if (resolution == Resolution.MAPPED) {
            largeSeen |= sawLarge();
            int rights = Walker.P | (mayWrite ? Walker.W : 0) | (forUsers ? Walker.U : 0);
            map(world, la, ma | rights, executable);
        } else if (resolution == Resolution.TRUE_FAULT) {
            faulted(la);
        }
        return resolution;
    }

    private void map(int world, int la, int entry, boolean executable) {
        counters.add("shadowFills");
        if (!tables.hasRoom(world, la)) {
            empty();
        }
        int old = tables.put(world, la, entry, executable);
        if ((old & Walker.P) != 0) {
            ring0.invlpg(la);
        }
    }

    @Override
    public void empty() {
        counters.add("shadowFlushes");
        tables.clearAll(worlds);
        largeSeen = false;
        reload();
    }

    @Override
    public int tablePages() {
        return tables.pages(worlds);
    }

    @Override
    void forget(int frame) {
        tables.dropFrames(Set.of(frame));
    }

    @Override
    public void drop(int la) {
        if (largeSeen) {
            empty();
        } else {
            faulted(la);
        }
    }

    @Override
    public void faulted(int la) {
        for (int world = 0; world < worlds; world++) {
            if (!hidden(la) && tables.drop(world, la)) {
                ring0.invlpg(la);
            }
        }
    }

    @Override
    public void trace(Set<Integer> pages) {
        Set<Integer> more = new HashSet<>(pages);
        more.removeAll(traced);
        traced = Set.copyOf(pages);
        if (!more.isEmpty() && tables.dropFrames(more)) {
            reload();
        }
    }
}
