package ringside.vmm.memory.direct;

import java.util.Optional;
import java.util.Set;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.TypedTables;
import ringside.vmm.spi.VmmRegion;

/** The real CR3 leads to the guest's own tables, whose entries hold machine addresses and were all validated. */
public final class DirectMemory implements MemoryStrategy {
    private final PhysicalServer server;
    private final Cpu guest;
    private final SystemBus bus;
    private final Ring0 ring0;
    private final Counters counters = Counters.of("validated", "entries", "updates", "retyped", "typeFaults", "undone");
    private final FrameTypes types;
    /** What maps memory before there is paging. */
    private final MemoryStrategy flat;

    private final Walker walker;
    private int error;
    private int touched = Heat.NOWHERE;

    /** @param flat what maps memory, in tables of the two-level format, as long as the guest has no paging */
    public DirectMemory(PhysicalServer server, MemoryStrategy flat) {
        this.server = server;
        this.guest = server.guest().cpu();
        this.bus = server.guest().bus();
        this.ring0 = server.ring0();
        this.flat = flat;
        int own = server.region().ma(VmmRegion.OWN_TABLE) | Walker.P | Walker.W;
        this.types = new FrameTypes(bus, own, writers(), counters);
        this.walker = new Walker(new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return bus.tableEntry(pa);
            }

            @Override
            public void write32(int pa, int value) {
                guest.mmu.mark(pa, value);
            }
        });
        server.frames().watch(new GuestFrames.Watch() {
            @Override
            public void frameLost(int pa, int ma) {
                types.entries.frameLost(pa);
                server.shootDown(ma);
                if (types.entries.isTraced(ma)) {
                    // whoever traces it looks where the page lies now
                    guest.mmu.flushAll();
                }
            }

            @Override
            public boolean keeps(int pa) {
                return types.shows(pa);
            }
        });
    }

    private FrameTypes.Writers writers() {
        return new FrameTypes.Writers() {
            @Override
            public void forget(int ma) {
                guest.mmu.dropFrame(ma);
            }

            @Override
            public void devices(int page, boolean allowed) {
                server.devices().mayWrite(page, allowed);
            }

            @Override
            public boolean haveDevices() {
                return server.devices().segment().isPresent();
            }
        };
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public boolean twoLevel() {
        return true;
    }

    @Override
    public Optional<TypedTables> typedTables() {
        return Optional.of(types);
    }

    /** Those for the time without paging: all others are the guest's. */
    @Override
    public int tablePages() {
        return flat.tablePages();
    }

    /** Which frames are tables now. */
    public Census census() {
        return new Census(types.frames().stream()
                .map(f -> new Census.Entry(f.pa, f.ma, f.isDirectory(), f.count, f.pinned))
                .toList());
    }

    /** How many entries of the guest's tables map the page. */
    public int mappers(int page) {
        return types.mappers(page);
    }

    /** How many entries of the guest's tables map the page for writing. */
    public int writers(int page) {
        return types.writers(page);
    }

    @Override
    public Resolution resolve(int world, int la, boolean write, boolean user, boolean fetch) {
        if (types.root() == null) {
            return flat.resolve(world, la, write, user, fetch);
        }
        touched = Heat.NOWHERE;
        if (VmmRegion.contains(la)) {
            return Resolution.EMULATE;
        }
        if (!walker.walk(guest.mmu.regime(), guest.pdpte, la, write, user, fetch)) {
            error = walker.error;
            return Resolution.TRUE_FAULT;
        }
        counters.add("typeFaults");
        touched = walker.pa;
        int entry = types.entries.renewed(walker.pteAt, write);
        ring0.invlpg(la);
        boolean allowed = (entry & Walker.P) != 0 && (!write || (entry & Walker.W) != 0);
        return allowed ? Resolution.MAPPED : Resolution.EMULATE;
    }

    @Override
    public int touched() {
        return types.root() == null ? flat.touched() : touched;
    }

    @Override
    public int error() {
        return types.root() == null ? flat.error() : error;
    }

    @Override
    public int root(int world) {
        return types.root() == null ? flat.root(world) : types.root().ma;
    }

    @Override
    public void entering() {
        types.undoWrites();
        if (types.entries.stale && types.root() != null) {
            empty();
        }
    }

    @Override
    public void empty() {
        if (types.root() == null) {
            flat.empty();
        } else {
            types.entries.stale = false;
            ring0.cr(3, types.root().ma);
        }
    }

    @Override
    public void drop(int la) {
        if (types.root() == null) {
            flat.drop(la);
        } else {
            ring0.invlpg(la);
        }
    }

    @Override
    public void trace(Set<Integer> pages) {
        flat.trace(pages);
        types.entries.trace(pages);
    }

    @Override
    public Counters counters() {
        return counters;
    }
}
