package ringside.vmm.memory.shadow;

import static ringside.vmm.memory.shadow.TableFormat.PAGE;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.memory.shadow.ShadowPage.Key;
import ringside.vmm.memory.shadow.ShadowPage.Origin;
import ringside.vmm.memory.shadow.ShadowPage.Role;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VmmRegion;

/**
 * Shadow tables kept across CR3 loads and in step with the guest's by write traces.
 *
 * <p>With {@code unsync} a leaf table whose writes are many is left alone until the guest flushes.
 */
public final class CachedShadows extends ShadowMemory implements PhysicalMemory.CodeWatch {
    /** Writes to a table, no entry made from it between, after which it is taken for something else. */
    private static final int FLOOD = 3;

    private static final int DIRTY = 8, EXECUTABLE = 1;
    private static final int ROOT_PAGES = 5;

    private final TableFormat format;
    private final ShadowCache cache;
    private final PhysicalMemory memory;
    private final boolean mayUnsync;
    /** The directories in force, by world and quarter of linear space. */
    private final ShadowPage[][] roots;

    private final List<ShadowPage> unsynced = new ArrayList<>();
    private boolean rootsStale;
    private boolean largeSeen;

    /** @param unsync whether leaf tables may go out of step until a flush */
    public CachedShadows(PhysicalServer server, Layout layout, boolean unsync) {
        super(
                server,
                layout,
                Counters.of(
                        "shadowFills", "traceFaults", "rootSwitches", "unsyncs", "resyncs", "floods", "cacheFlushes"));
        boolean openCache = layout == Layout.CACHE_IN_EVERY_RING;
        this.format = format();
        this.cache = new ShadowCache(format, hidesRegion, openCache);
        this.memory = server.region().memory();
        this.mayUnsync = unsync;
        this.roots = new ShadowPage[worlds][format.wide() ? 4 : 1];
        format.fillOwnTable(openCache);
        memory.watch(this);
        chooseRoots();
    }

    @Override
    public String name() {
        return "shadow";
    }

    // ---- roots

    @Override
    public int root(int world) {
        return server.region().ma(format.wide() ? rootAt(world) : roots[world][0].at);
    }

    @Override
    public int tablePages() {
        int pointers = format.wide() ? worlds : 0;
        return pointers + (hidesRegion ? format.ownTables() : 0) + cache.all().size();
    }

    private static int rootAt(int world) {
        return VmmRegion.DIRECTORIES + world * ROOT_PAGES * PAGE;
    }

    private Role role(int world) {
        return Role.of(guest, kernelIsUser && world == KERNEL, bus.a20());
    }

    /** Makes the directories of the guest's present CR3 and mode those in force. */
    private void chooseRoots() {
        rootsStale = false;
        for (int world = 0; world < worlds; world++) {
            for (int part = 0; part < roots[world].length; part++) {
                ShadowPage before = roots[world][part];
                ShadowPage now = obtain(new Key(Origin.DIRECTORY, directory(part), part, 0, role(world)));
                roots[world][part] = now;
                if (before != null && before != now && cache.find(before.key) != before) {
                    cache.giveBack(before);
                }
                if (format.wide()) {
                    server.region()
                            .put64(rootAt(world) + part * 8, server.region().ma(now.at) | Walker.P, 0);
                }
            }
        }
    }

    /** PA of the guest's directory for a quarter of linear space, or -1. */
    private int directory(int part) {
        if (!guest.paging()) {
            return -1;
        }
        boolean pae = guest.mmu.regime().pae();
        if (pae && (guest.pdpte[part] & Walker.P) == 0) {
            return -1;
        }
        int pa = (pae ? (int) guest.pdpte[part] : guest.mmu.regime().cr3()) & -PAGE;
        return bus.isRam(pa) ? pa : -1;
    }

    /** Loads the root in force for the world that the processor is in. */
    private void switchRoots() {
        int[] before = new int[worlds];
        for (int world = 0; world < worlds; world++) {
            before[world] = root(world);
        }
        int loaded = ring0.cr(3);
        chooseRoots();
        int next = loaded;
        for (int world = 0; world < worlds; world++) {
            next = loaded == before[world] ? root(world) : next;
        }
        ring0.cr(3, next);
    }

    // ---- pages

    /** The page for a key, made where there is none; the guest's table behind it is traced and in step. */
    private ShadowPage obtain(Key key) {
        int frame = key.origin() == Origin.PIECE || key.table() < 0 ? -1 : bus.direct(key.table(), false);
        ShadowPage page = cache.find(key);
        if (page == null) {
            if (cache.isFull()) {
                flushCache();
            }
            boolean traced = !cache.of(frame).isEmpty();
            page = cache.make(key, frame);
            if (frame >= 0 && !traced) {
                memory.markCode(frame, true);
                protect(Set.of(frame));
            }
        }
        if (frame >= 0 && isUnsynced(frame)) {
            resync(cache.of(frame));
        }
        return page;
    }

    private boolean isUnsynced(int frame) {
        return !unsynced.isEmpty() && cache.of(frame).stream().anyMatch(page -> page.unsync);
    }

    private boolean isRoot(ShadowPage page) {
        for (ShadowPage[] world : roots) {
            for (ShadowPage root : world) {
                if (root == page) {
                    return true;
                }
            }
        }
        return false;
    }

    private void remove(ShadowPage page) {
        boolean lastTraced = page.frame >= 0 && cache.of(page.frame).size() == 1;
        boolean marked = lastTraced && !page.unsync;
        cache.remove(page);
        unsynced.remove(page);
        if (marked) {
            memory.markCode(page.frame, false);
        }
        if (isRoot(page)) {
            rootsStale = true;
        } else {
            cache.giveBack(page);
        }
    }

    /** Forgets every page but what is needed to go on. */
    private void flushCache() {
        counters.add("cacheFlushes");
        new ArrayList<>(cache.all()).forEach(this::remove);
        largeSeen = false;
        server.cpu().mmu.flushAll();
    }

    /** From now on nothing maps these frames writable. */
    private void protect(Set<Integer> frames) {
        cache.eachLeaf(frames::contains, at -> {
            boolean runs = executable(at);
            format.set(at, format.get(at) & ~Walker.W, runs);
        });
        reload();
    }

    private boolean executable(int at) {
        return !format.wide() || format.get(at + 4) == 0;
    }

    // ---- faults

    @Override
    public Resolution resolve(int world, int la, boolean write, boolean user, boolean fetch) {
        Resolution resolution = look(world, la, write, user, fetch);
        if (resolution == Resolution.TRUE_FAULT) {
            faulted(la);
        }
        if (resolution != Resolution.MAPPED) {
            return resolution;
        }
        if (guest.paging() && !tablesAreRam()) {
            return Resolution.EMULATE;
        }
        if (write && isTraced(ma) && !release(ma)) {
            counters.add("traceFaults");
            return Resolution.TRACED;
        }
        fill(world, la);
        return Resolution.MAPPED;
    }

    private boolean tablesAreRam() {
        return bus.isRam(walker.pdeAt) && (walker.pteAt == -1 || bus.isRam(walker.pteAt));
    }

    /** Whether guest writes to the frame must not pass unseen: it holds a table that is in step. */
    private boolean isTraced(int frame) {
        List<ShadowPage> pages = cache.of(frame);
        return !pages.isEmpty() && !pages.getFirst().unsync;
    }

    /** Whether the frame, to which the guest is writing, need not be traced any more. */
    private boolean release(int frame) {
        List<ShadowPage> pages = cache.of(frame);
        if (mayUnsync && pages.stream().allMatch(page -> page.key.origin() == Origin.TABLE)) {
            counters.add("unsyncs");
            pages.forEach(page -> page.unsync = true);
            unsynced.addAll(pages);
            memory.markCode(frame, false);
            return true;
        }
        boolean flooded = true;
        for (ShadowPage page : pages) {
            flooded &= ++page.writes > FLOOD && !isRoot(page);
        }
        if (flooded) {
            counters.add("floods");
            List.copyOf(pages).forEach(this::remove);
        }
        return flooded;
    }

    private void fill(int world, int la) {
        counters.add("shadowFills");
        if (rootsStale || cache.isFull()) {
            if (cache.isFull()) {
                flushCache();
            }
            switchRoots();
        }
        ShadowPage directory = roots[world][format.wide() ? la >>> 30 : 0];
        int parent = directory.at + format.directoryIndex(la) * format.entrySize();
        directory.writes = 0;
        ShadowPage page;
        if ((format.get(parent) & Walker.P) != 0) {
            page = cache.child(format.get(parent));
        } else {
            page = obtain(leafKey(world, la));
            cache.link(parent, page);
        }
        page.writes = 0;
        put(page, la);
    }

    private void put(ShadowPage page, int la) {
        int index = format.leafIndex(la);
        int at = page.at + index * format.entrySize();
        int old = format.get(at);
        mayWrite &= !isTraced(ma);
        format.set(at, ma | Walker.P | (mayWrite ? Walker.W : 0) | (forUsers ? Walker.U : 0), executable);
        if (page.seen != null) {
            page.seen[index] = guestEntry(page, index);
        }
        if ((old & Walker.P) != 0) {
            ring0.invlpg(la);
        }
    }

    private long guestEntry(ShadowPage page, int index) {
        int at = page.frame + cache.guestOffset(page, index);
        return page.key.role().pae() ? memory.get64(at) : memory.get32(at);
    }

    private Key leafKey(int world, int la) {
        Role role = role(world);
        int span = 1 << format.spanShift();
        if (!role.paging()) {
            return new Key(Origin.PIECE, la & -span, 0, 0, role);
        }
        if (walker.large) {
            largeSeen = true;
            int access = (walker.writable ? Walker.W : 0)
                    | (walker.userPage ? Walker.U : 0)
                    | (walker.executable ? EXECUTABLE : 0)
                    | (walker.dirty ? DIRTY : 0);
            return new Key(Origin.PIECE, walker.pa & -span, 0, access, role);
        }
        int above = bus.read(32, walker.pdeAt) & (Walker.W | Walker.U);
        boolean runs = !role.nx() || bus.read(32, walker.pdeAt + 4) >= 0;
        int part = format.wide() && !role.pae() ? la >>> 21 & 1 : 0;
        return new Key(Origin.TABLE, walker.pteAt & -PAGE, part, above | (runs ? EXECUTABLE : 0), role);
    }

    // ---- keeping in step

    /** Somebody, guest, VMM or device, is about to write a table that is in step: what was made from the bytes goes. */
    @Override
    public void written(int ma, int length) {
        for (ShadowPage page : cache.of(ma & -PAGE)) {
            if (!page.unsync) {
                cache.eachIndex(page, ma & OFFSET, length, index -> cache.clear(page, index));
            }
        }
    }

    /** Brings pages of the cache in step with what the guest wrote meanwhile, and traces its writes again. */
    private void resync(List<ShadowPage> pages) {
        Set<Integer> frames = new HashSet<>();
        for (ShadowPage page : List.copyOf(pages)) {
            if (page.unsync) {
                counters.add("resyncs");
                for (int index = 0; index < format.entriesPerTable(); index++) {
                    check(page, index);
                }
                page.unsync = false;
                unsynced.remove(page);
                frames.add(page.frame);
            }
        }
        frames.forEach(frame -> memory.markCode(frame, true));
        protect(frames);
    }

    private void check(ShadowPage page, int index) {
        boolean present = (format.get(page.at + index * format.entrySize()) & Walker.P) != 0;
        if (present && page.seen[index] != guestEntry(page, index)) {
            cache.clear(page, index);
        }
    }

    @Override
    public void empty() {
        counters.add("rootSwitches");
        if (!unsynced.isEmpty()) {
            resync(unsynced);
        }
        switchRoots();
    }

    @Override
    public void drop(int la) {
        if (hidden(la)) {
            return;
        }
        faulted(la);
        if (largeSeen) {
            reload();
        }
    }

    @Override
    public void faulted(int la) {
        if (hidden(la)) {
            return;
        }
        for (int world = 0; world < worlds; world++) {
            ShadowPage directory = roots[world][format.wide() ? la >>> 30 : 0];
            int entry = format.get(directory.at + format.directoryIndex(la) * format.entrySize());
            if ((entry & Walker.P) != 0 && cache.child(entry).unsync) {
                check(cache.child(entry), format.leafIndex(la));
            }
        }
        ring0.invlpg(la);
    }

    @Override
    public void trace(Set<Integer> pages) {
        Set<Integer> more = new HashSet<>(pages);
        more.removeAll(traced);
        traced = Set.copyOf(pages);
        if (!more.isEmpty()) {
            List<ShadowPage> open = more.stream()
                    .flatMap(frame -> cache.of(frame).stream())
                    .filter(page -> page.unsync)
                    .toList();
            resync(open);
            protect(more);
        }
    }

    @Override
    void forget(int frame) {
        List.copyOf(cache.of(frame)).forEach(this::remove);
        cache.eachLeaf(other -> other == frame, at -> format.set(at, 0, true));
    }
}
