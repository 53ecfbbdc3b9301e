package ringside.vmm.memory.shadow;

import java.util.Map;
import java.util.Set;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.PhysicalServer;

/**
 * Shadow tables that stay empty: every reference takes a hidden fault, and what it entered is gone when its instruction has
 * retired.
 */
public final class PerReference extends ShadowMemory {
    /** More pages than one instruction can touch. */
    private static final int MOST = 64;

    private final ShadowTables tables;
    private final int[] entered = new int[MOST];
    private final int[] worldOf = new int[MOST];
    private int count;
    /** Where the guest stood when the entries were made. */
    private long retired = -1;

    private int eip;

    public PerReference(PhysicalServer server, Layout layout, Map<String, String> options) {
        super(server, layout, Counters.of("references", "fetches", "reads", "writes"));
        this.tables = new ShadowTables(format(), worlds, hidesRegion, layout == Layout.CACHE_IN_EVERY_RING);
    }

    @Override
    public String name() {
        return "perReference";
    }

    /** Only while something is entered: without, nothing but a fault can come of what the processor does. */
    @Override
    public boolean watchesRetirement() {
        return count > 0;
    }

    @Override
    public int root(int world) {
        return tables.root(world);
    }

    @Override
    public Resolution resolve(int world, int la, boolean write, boolean user, boolean fetch) {
        entering();
        Resolution resolution = look(world, la, write, user, fetch);
        switch (resolution) {
            case MAPPED -> {
                counters.add("references");
                counters.add(fetch ? "fetches" : write ? "writes" : "reads");
                enter(world, la, ma | Walker.P | (write ? Walker.W : 0) | (forUsers ? Walker.U : 0));
            }
            case TRUE_FAULT -> instructionRetired();
            case EMULATE, TRACED -> {}
        }
        return resolution;
    }

    /** Only what this reference needs: a write to a page that was read is a reference of its own. */
    private void enter(int world, int la, int entry) {
        if (count == MOST || !tables.hasRoom(world, la)) {
            empty();
        }
        int old = tables.put(world, la, entry, executable);
        if ((old & Walker.P) != 0) {
            ring0.invlpg(la);
        } else {
            worldOf[count] = world;
            entered[count++] = la;
        }
    }

    @Override
    public void entering() {
        if (guest.retired != retired || guest.eip != eip) {
            instructionRetired();
            retired = guest.retired;
            eip = guest.eip;
        }
    }

    @Override
    public void instructionRetired() {
        while (count > 0) {
            count--;
            tables.drop(worldOf[count], entered[count]);
            ring0.invlpg(entered[count]);
        }
    }

    @Override
    public void empty() {
        tables.clearAll(worlds);
        count = 0;
        reload();
    }

    @Override
    public void drop(int la) {
        instructionRetired();
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
    public void trace(Set<Integer> pages) {
        traced = Set.copyOf(pages);
        instructionRetired();
    }
}
