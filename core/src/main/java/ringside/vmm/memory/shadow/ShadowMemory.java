package ringside.vmm.memory.shadow;

import java.util.Set;
import ringside.arch.Feature;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.VmmBoot;
import ringside.vmm.spi.VmmRegion;

/** What strategies with shadow tables share: the look at the guest's own tables that says what a fault comes to. */
abstract class ShadowMemory implements MemoryStrategy {
    static final int OFFSET = 0xfff;

    final PhysicalServer server;
    final Cpu guest;
    final SystemBus bus;
    final Ring0 ring0;
    final int worlds;
    final boolean kernelIsUser;
    final boolean hidesRegion;
    private final boolean wide;
    final Walker walker;
    final Counters counters;
    Set<Integer> traced = Set.of();
    private int error;
    private int touched = Heat.NOWHERE;

    /** What {@link #look} found: the machine page, and what its entry may allow. */
    int ma;

    boolean mayWrite;
    boolean forUsers;
    boolean executable;

    ShadowMemory(PhysicalServer server, Layout layout, Counters counters) {
        this(server, layout, counters, VmmBoot.paeTables(server.cpu()));
    }

    /** @param wide with tables of the PAE format */
    ShadowMemory(PhysicalServer server, Layout layout, Counters counters, boolean wide) {
        this.wide = wide;
        this.server = server;
        this.counters = counters;
        this.guest = server.guest().cpu();
        this.bus = server.guest().bus();
        this.ring0 = server.ring0();
        this.worlds = layout.worlds();
        this.kernelIsUser = layout == Layout.KERNEL_IN_RING_3;
        this.hidesRegion = layout != Layout.GUEST_ALONE;
        server.frames().watch((pa, ma) -> frameLost(ma));
        this.walker = new Walker(new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return bus.read(32, pa);
            }

            @Override
            public void write32(int pa, int value) {
                guest.mmu.mark(pa, value);
            }
        });
    }

    /** The format of tables for the server's processor. */
    final TableFormat format() {
        boolean noExecute = server.cpu().has(Feature.NX);
        return new TableFormat(server.region(), wide, noExecute);
    }

    @Override
    public int touched() {
        return touched;
    }

    @Override
    public int error() {
        return error;
    }

    @Override
    public Counters counters() {
        return counters;
    }

    /** The VMM's own memory lies there: the guest's accesses are served, not mapped. */
    boolean hidden(int la) {
        return hidesRegion && VmmRegion.contains(la);
    }

    /** Walks the guest's tables for an access, marking them as its processor would; the fields say what may be mapped. */
    Resolution look(int world, int la, boolean write, boolean user, boolean fetch) {
        touched = Heat.NOWHERE;
        if (hidden(la)) {
            return Resolution.EMULATE;
        }
        boolean writable = true;
        boolean userPage = true;
        executable = true;
        int pa = la & ~OFFSET;
        if (guest.paging()) {
            if (!walker.walk(guest.mmu.regime(), guest.pdpte, la, write, user, fetch)) {
                error = walker.error;
                return Resolution.TRUE_FAULT;
            }
            pa = walker.pa;
            boolean supervisorOnly = write && !walker.writable;
            writable = walker.dirty && (walker.writable || supervisorOnly);
            userPage = walker.userPage && !supervisorOnly;
            executable = walker.executable || !guest.mmu.regime().noExecute();
        }
        touched = pa;
        ma = bus.direct(pa, write);
        if (ma == SystemBus.NONE && bus.passed(pa) != SystemBus.NONE) {
            ma = bus.passed(pa);
            mayWrite = writable;
            forUsers = userPage || kernelIsUser && world == KERNEL;
            return Resolution.MAPPED;
        }
        if (ma == SystemBus.NONE || write && traced.contains(ma)) {
            return Resolution.EMULATE;
        }
        mayWrite = writable && !traced.contains(ma) && bus.mayMapWritable(pa);
        forUsers = userPage || kernelIsUser && world == KERNEL;
        return Resolution.MAPPED;
    }

    /** Whether the last walk ended at a large page. */
    boolean sawLarge() {
        return guest.paging() && walker.large;
    }

    /** The frame goes now, whoever runs. */
    private void frameLost(int frame) {
        forget(frame);
        server.shootDown(frame);
        if (traced.contains(frame)) {
            // whoever traces it looks where the page lies now
            guest.mmu.flushAll();
        }
    }

    /** Drops every mapping of a machine page. */
    abstract void forget(int frame);

    /** Makes the processor forget what it read from the tables. */
    void reload() {
        ring0.cr(3, ring0.cr(3));
    }
}
