package ringside.vmm.memory.nested;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import ringside.machine.bus.SystemBus;
import ringside.machine.paging.NestedWalk;
import ringside.machine.vmx.EptPointer;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VmmRegion;

/** Nested page tables filled by violations; the guest's own tables are walked by the hardware, nobody follows them. */
public final class NestedPaging implements MemoryStrategy {
    /** What a script may choose. */
    public static final List<Mode.Option> OPTIONS = List.of(
            new Mode.Option("format", List.of("ept", "npt")),
            new Mode.Option("pages", List.of("4K", "large")),
            new Mode.Option("dirty", List.of("off", "on")),
            new Mode.Option("vpid", List.of("on", "off")));

    private static final int PAGE = 0x1000;
    private static final int GUEST_TAG = 1;

    private final PhysicalServer server;
    private final SystemBus bus;
    private final NestedTables tables;
    private final NestedWalk.Format format;
    private final boolean largePages;
    private final int vpid;
    /** Numbers of pages whose dirty bits went with their entries. */
    private final BitSet dirty = new BitSet();

    private Set<Integer> traced = Set.of();
    private boolean a20;
    /** The guest runs on the directory that stands in for paging switched off. */
    private boolean unpaged;

    private int touched = Heat.NOWHERE;

    public NestedPaging(PhysicalServer server, Layout layout, Map<String, String> options) {
        this.server = server;
        this.bus = server.guest().bus();
        int levels = options.get("format").equals("ept") ? 4 : 2;
        this.tables = new NestedTables(server.region(), levels);
        this.largePages = options.get("pages").equals("large");
        this.vpid = options.get("vpid").equals("on") ? GUEST_TAG : 0;
        this.format = new NestedWalk.Format(
                server.region().ma(NestedTables.root()),
                levels,
                options.get("dirty").equals("on"));
        this.a20 = bus.a20();
        if (format.marks()) {
            server.frames().noteWrites();
        }
        server.frames().watch((pa, ma) -> lost(pa, ma));
    }

    @Override
    public String name() {
        return "nested";
    }

    @Override
    public OptionalLong nestedPointer() {
        return OptionalLong.of(EptPointer.of(format));
    }

    @Override
    public int vpid() {
        return vpid;
    }

    /** The page tables of root operation, which map nothing: the VMM's software needs none. */
    @Override
    public int root(int world) {
        return server.region().ma(VmmRegion.DIRECTORIES);
    }

    /** The directory is the guest's to walk as long as it needs it, and never to see: its own 4 MiB it does not map. */
    @Override
    public int withoutPaging(boolean now) {
        if (unpaged != now) {
            unpaged = now;
            tables.drop(NestedTables.FLAT_PA);
            forget();
        }
        return now ? NestedTables.FLAT_PA : 0;
    }

    /** Resolves a violation at PA {@code pa}: there are no true faults, those stay in the guest. */
    @Override
    public Resolution resolve(int world, int pa, boolean write, boolean user, boolean fetch) {
        int page = pa & -PAGE;
        touched = page;
        int ma = bus.direct(page, write);
        if (unpaged && page == NestedTables.FLAT_PA) {
            touched = Heat.NOWHERE;
            tables.map(page, server.region().ma(NestedTables.flat()), write, false);
            return Resolution.MAPPED;
        }
        boolean device = ma == SystemBus.NONE && bus.passed(page) != SystemBus.NONE;
        if (!device && (ma == SystemBus.NONE || write && traced.contains(ma))) {
            return Resolution.EMULATE;
        }
        if (!tables.hasRoom()) {
            tables.clear();
            forget();
        }
        if (device) {
            tables.map(page, bus.passed(page), true, false);
            return Resolution.MAPPED;
        }
        int large = page & -tables.largeSize();
        if (largePages && !tables.split(page) && contiguous(large)) {
            tables.map(large, bus.direct(large, true), true, true);
        } else {
            tables.map(page, ma, !traced.contains(ma) && bus.mayMapWritable(page), false);
        }
        return Resolution.MAPPED;
    }

    /** Whether one large page may map all from {@code pa} on: plain memory in one aligned piece that nobody watches. */
    private boolean contiguous(int pa) {
        if (Integer.compareUnsigned(pa + tables.largeSize() - 1, bus.ramSize()) >= 0 || !bus.isRam(pa)) {
            return false;
        }
        int first = bus.direct(pa, false);
        if ((first & tables.largeSize() - 1) != 0) {
            return false;
        }
        for (int offset = 0; offset < tables.largeSize(); offset += PAGE) {
            int ma = first + offset;
            boolean plain = bus.mayMapWritable(pa + offset) && bus.direct(pa + offset, false) == ma;
            if (!plain || traced.contains(ma)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int tablePages() {
        return tables.pages();
    }

    @Override
    public int touched() {
        return touched;
    }

    @Override
    public int error() {
        throw new IllegalStateException("nested paging reflects no faults");
    }

    /** The guest's own tables are the hardware's business, but not what software did for it; A20 changes where a PA leads. */
    @Override
    public void empty() {
        if (a20 != bus.a20()) {
            a20 = bus.a20();
            clear();
        }
        forget();
    }

    /** The hardware forgets the guest's translations; without a tag it does so at each exit. */
    private void forget() {
        if (vpid != 0) {
            server.ring0().invvpid(vpid);
        }
    }

    @Override
    public void drop(int la) {
        empty();
    }

    @Override
    public void trace(Set<Integer> pages) {
        if (!traced.equals(pages)) {
            traced = Set.copyOf(pages);
            clear();
            forget();
        }
    }

    private void lost(int pa, int ma) {
        collect(pa);
        tables.drop(pa);
        server.shootDown(ma);
    }

    // ---- the dirty log

    private void clear() {
        collectAll();
        tables.clear();
    }

    /** Takes the dirty bit of the entry that maps {@code pa}, the whole of a large page; returns the bytes that it maps. */
    private int collect(int pa) {
        int size = tables.size(pa);
        if (format.marks() && size > 0 && tables.takeDirty(pa)) {
            int first = pa & -size;
            dirty.set(first >>> 12, first + size >>> 12);
        }
        return Math.max(PAGE, size);
    }

    private void collectAll() {
        int pa = 0;
        while (format.marks() && pa < bus.ramSize()) {
            pa += collect(pa);
        }
    }

    /**
     * The guest's pages (PA of each) that were written since the last call: by the guest, which the dirty bits of the tables
     * tell, the whole of a large page at once; by the VMM in its name; by its devices. Needs {@code dirty} on.
     */
    public Set<Integer> takeDirty() {
        collectAll();
        dirty.or(server.frames().takeWritten());
        Set<Integer> taken = new TreeSet<>();
        dirty.stream().filter(page -> page * PAGE < bus.ramSize()).forEach(page -> taken.add(page * PAGE));
        dirty.clear();
        // both processors, the real and the virtual one, have to ask again before they write
        forget();
        server.guest().cpu().mmu.flushAll();
        return taken;
    }
}
