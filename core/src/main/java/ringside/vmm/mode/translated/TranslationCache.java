package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongToIntFunction;
import ringside.machine.cpu.RetireMap;
import ringside.machine.memory.PhysicalMemory;
import ringside.observe.Counters;
import ringside.vmm.spi.VmmRegion;

/** The translation cache: code in the VMM's region, what it stands for, and what must happen when guest code changes. */
final class TranslationCache implements PhysicalMemory.CodeWatch {
    /** More than any unit needs. */
    private static final int LARGEST_UNIT = 2048;

    private static final int PAGE = PhysicalMemory.PAGE;

    private final VmmRegion region;
    private final int bytes;
    private final RetireMap retires;
    private final Counters counters;
    private final Set<Integer> tracedPages;
    private final Point[] points;
    private final Map<ContextKey, Context> contexts = new LinkedHashMap<>();
    /** Units that may run, by context and EIP. */
    private final Map<Long, TranslationUnit> current = new HashMap<>();
    /** All that are valid, by machine page. */
    private final Map<Integer, List<TranslationUnit>> byPage = new HashMap<>();
    /** Units that may run, by linear page and whether for users. */
    private final Map<Long, List<TranslationUnit>> byLinearPage = new LinkedHashMap<>();

    /** Those that are valid and may not, by context and EIP. */
    private final Map<Long, List<TranslationUnit>> suspended = new HashMap<>();

    private int next;
    private boolean pagesChanged;

    /**
     * @param tracedPages where the machine pages with translated code are kept, for write traces
     */
    TranslationCache(VmmRegion region, int bytes, RetireMap retires, Counters counters, Set<Integer> tracedPages) {
        this.region = region;
        this.bytes = bytes;
        this.retires = retires;
        this.counters = counters;
        this.tracedPages = tracedPages;
        this.points = new Point[bytes];
        region.memory().watch(this);
    }

    /** What stands at an offset. */
    Point at(int offset) {
        return points[offset];
    }

    /** Whether the instruction at an offset completes a guest instruction. */
    boolean completes(int offset) {
        return retires.counts(la(offset));
    }

    /** The context for a key; makes room where there is none. */
    Context context(ContextKey key) {
        Context context = contexts.get(key);
        if (context == null) {
            if (contexts.size() == Store.COUNT || !hasRoom()) {
                flush();
            }
            Emitter stub = new Emitter(null, next);
            stub.load(Emitter.ECX, Store.ECX);
            stub.miss();
            int at = next;
            write(stub);
            context = new Context(contexts.size(), key, new Store(region, contexts.size()), at);
            contexts.put(key, context);
        }
        return context;
    }

    boolean holds(Context context) {
        return contexts.get(context.key) == context;
    }

    boolean hasRoom() {
        return next + LARGEST_UNIT <= bytes;
    }

    int next() {
        return next;
    }

    /** Forgets everything. */
    void flush() {
        counters.add("cacheFlushes");
        for (List<TranslationUnit> units : byPage.values()) {
            for (TranslationUnit unit : units) {
                counters.add("evicted", unit.valid ? 1 : 0);
                unit.valid = false;
                unit.active = false;
            }
        }
        for (int page : byPage.keySet()) {
            region.memory().markCode(page, false);
        }
        byPage.clear();
        byLinearPage.clear();
        current.clear();
        suspended.clear();
        contexts.clear();
        tracedPages.clear();
        java.util.Arrays.fill(points, null);
        next = 0;
    }

    /** Whether a page came to those with translated code since the last call. */
    boolean takePagesChanged() {
        boolean changed = pagesChanged;
        pagesChanged = false;
        return changed;
    }

    // ---- units

    private static long key(Context context, int eip) {
        return (long) context.index << 32 | eip & 0xffff_ffffL;
    }

    /** The unit that begins at {@code eip} and may run, or null. */
    TranslationUnit find(Context context, int eip) {
        return current.get(key(context, eip));
    }

    /** A unit that was made for the same bytes and is not mapped so any more, or null. */
    TranslationUnit findSuspended(Context context, int eip, int ma, int secondPage) {
        for (TranslationUnit unit : suspended.getOrDefault(key(context, eip), List.of())) {
            if (unit.ma == ma && unit.secondPage == secondPage) {
                return unit;
            }
        }
        return null;
    }

    /** Writes a unit's code and takes it in. */
    void add(Emitter code) {
        TranslationUnit unit = code.unit;
        write(code);
        link(unit.ma & -PAGE, unit);
        if (unit.secondPage >= 0) {
            link(unit.secondPage, unit);
        }
        counters.add("units");
        counters.add("bytesIn", unit.length);
        counters.add("bytesOut", unit.size);
        unit.active = false;
        activate(unit);
    }

    private void write(Emitter code) {
        byte[] bytesOut = code.bytes();
        for (int i = 0; i < bytesOut.length; i++) {
            points[next + i] = null;
            retires.mark(la(next + i), false);
            retires.note(la(next + i), 0);
        }
        for (Emitter.Mark mark : code.marks) {
            points[mark.offset()] = mark.point();
            retires.mark(la(mark.offset()), mark.counts());
            retires.note(la(mark.offset()), mark.note());
        }
        region.write(VmmRegion.CACHE + next, bytesOut);
        next += bytesOut.length;
    }

    private static int la(int offset) {
        return VmmRegion.la(VmmRegion.CACHE + offset);
    }

    private void link(int page, TranslationUnit unit) {
        List<TranslationUnit> units = byPage.get(page);
        if (units == null) {
            units = new ArrayList<>();
            byPage.put(page, units);
            region.memory().markCode(page, true);
            tracedPages.add(page);
            pagesChanged = true;
        }
        units.add(unit);
    }

    private void unlink(int page, TranslationUnit unit) {
        List<TranslationUnit> units = byPage.get(page);
        units.remove(unit);
        if (units.isEmpty()) {
            byPage.remove(page);
            region.memory().markCode(page, false);
            tracedPages.remove(page);
        }
    }

    /** Lets a unit run again: its pages are mapped as it was made for. */
    void activate(TranslationUnit unit) {
        if (!unit.active) {
            unit.active = true;
            current.put(key(unit.context, unit.eip), unit);
            awaken(unit);
            linearPages(unit)
                    .forEach(page -> byLinearPage
                            .computeIfAbsent(page, p -> new ArrayList<>())
                            .add(unit));
        }
    }

    private void awaken(TranslationUnit unit) {
        long key = key(unit.context, unit.eip);
        List<TranslationUnit> others = suspended.get(key);
        if (others != null && others.remove(unit) && others.isEmpty()) {
            suspended.remove(key);
        }
    }

    private static List<Long> linearPages(TranslationUnit unit) {
        long user = unit.context.key.cpl() == 3 ? 1 : 0;
        long first = (unit.context.la(unit.eip) >>> 12) * 2L + user;
        long last = (unit.lastLa() >>> 12) * 2L + user;
        return first == last ? List.of(first) : List.of(first, last);
    }

    /** Nothing leads to the unit until it is activated. */
    private void suspend(TranslationUnit unit) {
        if (!unit.active) {
            return;
        }
        unit.active = false;
        current.remove(key(unit.context, unit.eip), unit);
        suspended
                .computeIfAbsent(key(unit.context, unit.eip), k -> new ArrayList<>(1))
                .add(unit);
        linearPages(unit).forEach(page -> byLinearPage.get(page).remove(unit));
        for (ExitSite site : unit.incoming) {
            unchain(site);
        }
        unit.incoming.clear();
        if (unit.landing >= 0 && unit.context.store.entry(unit.eip) == unit.landing) {
            unit.context.store.entry(unit.eip, unit.context.missStub);
        }
    }

    /** Forgets a unit that is to be made anew in another form. */
    void retranslate(TranslationUnit unit) {
        if (unit.valid) {
            counters.add("retranslated");
            remove(unit);
        }
    }

    private void drop(TranslationUnit unit) {
        counters.add("invalidated");
        remove(unit);
    }

    private void remove(TranslationUnit unit) {
        suspend(unit);
        awaken(unit);
        unit.valid = false;
        for (ExitSite site : unit.exits) {
            if (site.chained != null) {
                site.chained.incoming.remove(site);
            }
        }
        unlink(unit.ma & -PAGE, unit);
        if (unit.secondPage >= 0) {
            unlink(unit.secondPage, unit);
        }
    }

    // ---- chaining

    /** Makes the exit a jump to the unit. */
    void chain(ExitSite site, TranslationUnit unit) {
        if (site.chained != null) {
            return;
        }
        site.chained = unit;
        unit.incoming.add(site);
        counters.add("chained");
        retires.note(la(site.at), site.ofBranch ? 0 : Emitter.CHAINED);
        patch(site.at, Emitter.jumpAtSite(unit.start - (site.at + ExitSite.SIZE)));
        displace(site, unit.start);
    }

    private void unchain(ExitSite site) {
        site.chained = null;
        retires.note(la(site.at), 0);
        patch(site.at, Emitter.trapAtSite());
        displace(site, site.at);
    }

    private void displace(ExitSite site, int to) {
        if (site.jump >= 0) {
            region.put32(VmmRegion.CACHE + site.jump, to - (site.jump + 4));
        }
    }

    private void patch(int offset, int[] values) {
        byte[] bytesAtSite = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytesAtSite[i] = (byte) values[i];
        }
        region.write(VmmRegion.CACHE + offset, bytesAtSite);
    }

    /** Lets indirect branches find the unit. */
    void land(TranslationUnit unit) {
        if (unit.landing < 0) {
            Emitter stub = new Emitter(unit, next);
            unit.landing = next;
            stub.guest(unit.eip, false);
            stub.landing(unit.eip);
            stub.jump(unit.start);
            counters.add("bytesOut", stub.bytes().length);
            write(stub);
        }
        unit.context.store.entry(unit.eip, unit.landing);
    }

    // ---- coherence

    @Override
    public void written(int ma, int length) {
        List<TranslationUnit> units = byPage.get(ma & -PAGE);
        if (units != null) {
            for (TranslationUnit unit : List.copyOf(units)) {
                if (unit.covers(ma, length)) {
                    drop(unit);
                }
            }
        }
    }

    /**
     * Suspends what is not mapped as it was.
     *
     * @param mapping the machine page behind a linear page times two, plus one for users; negative where fetching would
     *     fault or leave a mark
     */
    void verify(LongToIntFunction mapping) {
        for (long page : List.copyOf(byLinearPage.keySet())) {
            verify(page, mapping);
        }
    }

    /** As {@link #verify} for the page of {@code la}. */
    void verify(int la, LongToIntFunction mapping) {
        verify((la >>> 12) * 2L, mapping);
        verify((la >>> 12) * 2L + 1, mapping);
    }

    private void verify(long page, LongToIntFunction mapping) {
        List<TranslationUnit> units = byLinearPage.getOrDefault(page, List.of());
        if (!units.isEmpty()) {
            int mapped = mapping.applyAsInt(page);
            for (TranslationUnit unit : List.copyOf(units)) {
                boolean first = unit.context.la(unit.eip) >>> 12 == (int) (page >>> 1);
                if (mapped != (first ? unit.ma & -PAGE : unit.secondPage)) {
                    suspend(unit);
                }
            }
        }
        if (byLinearPage.containsKey(page) && byLinearPage.get(page).isEmpty()) {
            byLinearPage.remove(page);
        }
    }

    /** Every unit that may run, by context and EIP. */
    List<TranslationUnit> units() {
        return current.values().stream()
                .sorted(java.util.Comparator.comparingInt((TranslationUnit unit) -> unit.start))
                .toList();
    }
}
