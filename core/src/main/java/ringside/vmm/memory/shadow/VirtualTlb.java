package ringside.vmm.memory.shadow;

import java.util.Map;
import java.util.Set;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.VmmBoot;
import ringside.vmm.spi.VmmRegion;

/** Shadow page tables filled by hidden faults and emptied as a TLB is. */
public final class VirtualTlb implements MemoryStrategy {
    private static final int OFFSET = 0xfff;

    private final Cpu guest;
    private final SystemBus bus;
    private final Ring0 ring0;
    private final int worlds;
    private final boolean kernelIsUser;
    private final boolean hidesRegion;
    private final ShadowTables tables;
    private final Walker walker;
    private Set<Integer> traced = Set.of();
    private boolean largeSeen;
    private int error;

    public VirtualTlb(PhysicalServer server, Layout layout, Map<String, String> options) {
        this.guest = server.guest().cpu();
        this.bus = server.guest().bus();
        this.ring0 = server.ring0();
        this.worlds = layout.worlds();
        server.frames().watch((pa, ma) -> frameLost(server, ma));
        this.kernelIsUser = layout == Layout.KERNEL_IN_RING_3;
        this.hidesRegion = layout != Layout.GUEST_ALONE;
        this.tables = new ShadowTables(
                server.region(),
                worlds,
                hidesRegion,
                VmmBoot.paeTables(server.cpu()),
                layout == Layout.CACHE_IN_EVERY_RING);
        this.walker = new Walker(new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return bus.read(32, pa);
            }

            @Override
            public void write32(int pa, int value) {
                bus.write(32, pa, value);
            }
        });
    }

    @Override
    public String name() {
        return "shadow";
    }

    @Override
    public int error() {
        return error;
    }

    @Override
    public int root(int world) {
        return tables.root(world);
    }

    @Override
    public Resolution resolve(int world, int la, boolean write, boolean user, boolean fetch) {
        if (hidden(la)) {
            return Resolution.EMULATE;
        }
        boolean writable = true;
        boolean userPage = true;
        boolean executable = true;
        int pa = la & ~OFFSET;
        if (guest.paging()) {
            if (!walker.walk(guest.mmu.regime(), guest.pdpte, la, write, user, fetch)) {
                error = walker.error;
                return Resolution.TRUE_FAULT;
            }
            pa = walker.pa;
            largeSeen |= walker.large;
            boolean supervisorOnly = write && !walker.writable;
            writable = walker.dirty && (walker.writable || supervisorOnly);
            userPage = walker.userPage && !supervisorOnly;
            executable = walker.executable || !guest.mmu.regime().noExecute();
        }
        int ma = bus.direct(pa, write);
        if (ma == SystemBus.NONE || write && traced.contains(ma)) {
            return Resolution.EMULATE;
        }
        boolean mayWrite = writable && !traced.contains(ma) && bus.mayMapWritable(pa);
        boolean forUsers = userPage || kernelIsUser && world == KERNEL;
        map(world, la, ma | Walker.P | (mayWrite ? Walker.W : 0) | (forUsers ? Walker.U : 0), executable);
        return Resolution.MAPPED;
    }

    /** The VMM's own memory lies there: the guest's accesses are served, not mapped. */
    private boolean hidden(int la) {
        return hidesRegion && VmmRegion.contains(la);
    }

    private void map(int world, int la, int entry, boolean executable) {
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
        tables.clearAll(worlds);
        largeSeen = false;
        ring0.cr(3, ring0.cr(3));
    }

    /** The frame goes now, whoever runs. */
    private void frameLost(PhysicalServer server, int ma) {
        tables.dropFrame(ma);
        server.shootDown(ma);
        if (traced.contains(ma)) {
            // whoever traces it looks where the page lies now
            guest.mmu.flushAll();
        }
    }

    @Override
    public void drop(int la) {
        if (largeSeen) {
            empty();
            return;
        }
        for (int world = 0; world < worlds; world++) {
            if (!hidden(la) && tables.drop(world, la)) {
                ring0.invlpg(la);
            }
        }
    }

    @Override
    public void trace(Set<Integer> pages) {
        boolean more = !traced.containsAll(pages);
        traced = Set.copyOf(pages);
        if (more) {
            empty();
        }
    }
}
