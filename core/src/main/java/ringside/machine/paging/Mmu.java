package ringside.machine.paging;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.state.ProcessorState;

/**
 * Linear to machine address, and the accesses that go through it.
 *
 * <p>Hits are found in {@link #readMap}, {@link #writeMap} and {@link #fetchMap} by the caller's own code; everything else
 * comes here: the walk, devices, page crossing, alignment checks, data breakpoints, pages that hold code. A failing
 * access sets CR2 and throws #PF before any byte changes. Accesses are at most 32 bits wide.
 *
 * <p>Pages with data breakpoints, device pages, and (for writing) pages with decoded code never enter the maps; while
 * alignment is checked the maps in force are empty ones.
 */
public final class Mmu {
    private static final int OFFSET = PhysicalMemory.PAGE - 1;

    private final ProcessorState state;
    private final SystemBus bus;
    private final PhysicalMemory memory;
    private final Walker walker;
    private final Walker.Tables memoryTables;
    /** The second dimension, while there is one. */
    private NestedWalk nested;
    /** The linear address that is being walked for. */
    private int walked;

    private Walker.Regime regime;
    /** The one before: entering and leaving a guest goes to and fro between two. */
    private Walker.Regime other = new Walker.Regime(0, 0, 0, 0);

    private final Map<Integer, AddressSpace> spaces = new TreeMap<>();
    private AddressSpace space = spaces.computeIfAbsent(0, t -> new AddressSpace());
    private int tag;
    /** The model of a TLB, or null: then what is known stays until it is flushed. */
    private Tlb tlb;

    /** The maps in force; null those that are empty whatever is filled. */
    private TranslationMap reading, writing, fetching;

    /** In force for the current CPL. */
    public int[] readMap = TranslationMap.NONE;

    public int[] writeMap = TranslationMap.NONE;
    public int[] fetchMap = TranslationMap.NONE;

    /** The engine executes one instruction on its own: every effect may happen. */
    public boolean precise = true;

    /** Changes whenever a translation may have gone away: whoever remembers one compares. */
    public int generation;

    /** Walks made. */
    public long walks;

    /** Walks for a page that no map held: misses of an unbounded TLB, or of the modelled one. */
    public long misses;

    /** References to page tables that the misses made. */
    public long missReferences;

    /** Page faults raised. */
    public long faults;

    private boolean marking;
    private boolean alignmentChecked;
    private boolean dataBreakpoints;
    /** The debug registers that {@link #dataBreakpoints} was found from; DR6, the status, does not count. */
    private final int[] watchedAs = new int[8];

    public Mmu(ProcessorState state, SystemBus bus) {
        this.state = state;
        this.bus = bus;
        this.memory = bus.memory();
        this.memoryTables = new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return bus.read(32, pa);
            }

            @Override
            public void write32(int pa, int value) {
                marking = true;
                bus.write(32, pa, value);
                marking = false;
            }
        };
        this.walker = new Walker(new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return nested == null ? bus.tableEntry(pa) : bus.read(32, nested.table(pa));
            }

            @Override
            public long read64(int pa) {
                int at = nested == null ? pa : nested.table(pa);
                return bus.read(32, at) & 0xffff_ffffL | (long) bus.read(32, at + 4) << 32;
            }

            @Override
            public void write32(int pa, int value) {
                if (nested == null) {
                    mark(pa, value);
                } else {
                    memoryTables.write32(nested.marked(pa), value);
                }
            }
        });
        this.regime = new Walker.Regime(0, 0, 0, 0);
    }

    public Walker.Regime regime() {
        return regime;
    }

    /** Writes an entry back that a walk for this processor marked accessed or dirty, whoever made the walk. */
    public void mark(int pa, int value) {
        marking = true;
        bus.markTableEntry(pa, value);
        marking = false;
    }

    /** Whether what is being written is an accessed or dirty bit, and nobody's store. */
    public boolean marking() {
        return marking;
    }

    // ---- the second dimension

    /** A walk through tables of {@code format}, to be handed to {@link #nest}; {@code faults} says what their faults are. */
    public NestedWalk nestedWalk(NestedWalk.Faults faults) {
        return new NestedWalk(memoryTables, faults);
    }

    /** From now on physical addresses pass through {@code second}, or through nothing where it is null; flushes nothing. */
    public void nest(NestedWalk second) {
        nested = second;
    }

    /** The linear address of the walk in progress: for whoever has to report where it ended. */
    public int walkedAddress() {
        return walked;
    }

    /** Both dimensions of a walk; paging may be off where there is a second. */
    private boolean bothDimensions(int la, boolean write, boolean user, boolean fetch) {
        if (nested == null) {
            return walker.walk(regime, state.pdpte, la, write, user, fetch);
        }
        walked = la;
        nested.references = 0;
        boolean allowed = !state.paging() || walker.walk(regime, state.pdpte, la, write, user, fetch);
        if (!state.paging()) {
            walker.identity(la);
        }
        if (allowed) {
            walker.pa = nested.page(walker.pa, write, fetch);
            walker.dirty &= nested.mayWrite();
            walker.executable &= nested.mayFetch();
        }
        walker.references += nested.references;
        return allowed;
    }

    // ---- the model of a TLB

    /** From now on translations are known only as long as a TLB of this shape knows them, and are counted. */
    public void modelTlb(TlbShape shape) {
        flushAll();
        tlb = new Tlb(shape, this::gone);
        modeChanged();
    }

    /** The model, if there is one. */
    public Optional<Tlb> tlb() {
        return Optional.ofNullable(tlb);
    }

    /**
     * From now on translations are made and found under {@code next}, as those of one of several address spaces; the caller
     * selects the maps in force. Tag 0 is the one that a processor starts with.
     */
    public void tag(int next) {
        if (next == tag) {
            return;
        }
        if (tlb != null) {
            space.flush();
            tlb.tag(next);
        } else {
            space = spaces.computeIfAbsent(next, t -> new AddressSpace());
        }
        tag = next;
        generation++;
    }

    /** Drops what is known under {@code gone}. */
    public void flushTag(int gone) {
        if (tlb != null) {
            tlb.flushTag(gone);
        } else if (spaces.containsKey(gone)) {
            spaces.get(gone).flush();
        }
        generation++;
    }

    private void gone(int la, int pages) {
        for (int page = 0; page < pages; page++) {
            int at = la + (page << 12);
            each(map -> map.drop(at));
        }
    }

    /** Whether a flat map has a translation for the page of {@code la}. */
    boolean knows(int la) {
        return held(la);
    }

    /** Whether each instruction has to be fetched on its own, to be counted. */
    public boolean countsFetches() {
        return tlb != null;
    }

    /** Counts {@code references} made through translations. */
    public void count(int references) {
        if (tlb != null && (state.paging() || nested != null)) {
            tlb.references += references;
        }
    }

    /** What the walker would find, from the model where it still knows; false where the walk fails. */
    private boolean lookUp(int la, boolean write, boolean user, boolean fetch) {
        int slot = tlb.find(la);
        if (slot >= 0 && tlb.allows(slot, write, user, fetch, regime.writeProtect())) {
            walker.pa = tlb.pa(slot, la);
            walker.large = tlb.isLarge(slot);
            walker.global = tlb.isGlobal(slot);
            return true;
        }
        boolean allowed = bothDimensions(la, write, user, fetch);
        tlb.misses++;
        tlb.walkReferences += walker.references;
        misses++;
        missReferences += walker.references;
        if (allowed) {
            int largeShift = regime.pae() ? 21 : 22;
            boolean whole = nested == null || nested.covers(largeShift);
            tlb.insert(la, walker, largeShift, whole, nested != null || regime.noExecute());
        } else if (slot >= 0) {
            // a page fault drops what was known of the page
            tlb.flushPage(la);
        }
        return allowed;
    }

    // ---- mode

    /** Takes CPL, CR0, CR3, CR4, EFER, EFLAGS.AC and DR7 from the state and selects the maps in force. */
    public void modeChanged() {
        if (!fits(regime)) {
            Walker.Regime before = regime;
            regime = fits(other) ? other : new Walker.Regime(state.cr0, state.cr3, state.cr4, state.efer);
            other = before;
        }
        alignmentChecked =
                state.cpl == 3 && (state.cr0 & Control.CR0_AM) != 0 && (state.systemFlags() & Eflags.AC) != 0;
        boolean watched = watchesData(state.dr[7]);
        watchedAs[6] = state.dr[6];
        if ((watched || dataBreakpoints) && !Arrays.equals(watchedAs, state.dr)) {
            // pages that are watched from now on must leave the maps
            dataBreakpoints = watched;
            System.arraycopy(state.dr, 0, watchedAs, 0, watchedAs.length);
            flushAll();
        }
        int privilege = state.cpl == 3 ? 1 : 0;
        boolean slow = alignmentChecked || tlb != null;
        reading = slow ? null : map(space.reads, privilege);
        writing = slow ? null : map(space.writes, privilege);
        fetching = map(space.fetches, privilege);
        select();
    }

    private void select() {
        readMap = reading == null ? TranslationMap.NONE : reading.entries;
        writeMap = writing == null ? TranslationMap.NONE : writing.entries;
        fetchMap = fetching == null ? TranslationMap.NONE : fetching.entries;
    }

    private boolean fits(Walker.Regime r) {
        return r.cr0() == state.cr0 && r.cr3() == state.cr3 && r.cr4() == state.cr4 && r.efer() == state.efer;
    }

    /** Some data breakpoint is enabled. */
    public boolean hasDataBreakpoints() {
        return dataBreakpoints;
    }

    private static boolean watchesData(int dr7) {
        if ((dr7 & 0xff) == 0) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if ((dr7 >> i * 2 & 3) != 0 && (dr7 >> 16 + i * 4 & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    private static TranslationMap map(TranslationMap[] maps, int privilege) {
        if (maps[privilege] == null) {
            maps[privilege] = new TranslationMap();
        }
        return maps[privilege];
    }

    private void each(AddressSpace.Action action) {
        space.each(action);
        generation++;
    }

    /** Drops every translation, global ones too. */
    public void flushAll() {
        if (tlb != null) {
            tlb.flushAll();
        }
        space.flush();
        generation++;
    }

    /** Drops the translations that a CR3 load drops. */
    public void flushNonGlobal() {
        if (tlb != null) {
            tlb.flushNonGlobal();
        }
        each(map -> map.flush(false));
    }

    /** Drops the translation of {@code la}, and with it the whole of a large page. */
    public void flushPage(int la) {
        if (tlb != null) {
            tlb.flushPage(la);
            generation++;
        } else if (space.largeSeen) {
            int first = la & 0xffc00000;
            each(map -> {
                for (int page = 0; page < 1024; page++) {
                    map.drop(first + (page << 12));
                }
            });
        } else {
            each(map -> map.drop(la));
        }
    }

    /** Drops the translations that lead to the page at {@code ma}, which is no longer what they were made for. */
    public void dropFrame(int ma) {
        if (tlb != null) {
            tlb.dropFrame(ma);
        }
        for (AddressSpace each : spaces.values()) {
            each.each(map -> map.dropMachinePage(ma));
        }
    }

    /** The page at {@code ma} now holds decoded code: no write may pass unseen. */
    public void protectCode(int ma) {
        for (AddressSpace each : spaces.values()) {
            each.protectCode(ma & ~OFFSET);
        }
    }

    /** As {@link #protectCode} for every page that holds decoded code: for a processor whose engine is not the decoder. */
    public void protectCodePages() {
        for (AddressSpace each : spaces.values()) {
            each.protectCodePages(memory);
        }
    }

    /** Reads the four PAE directory pointers at {@code cr3} into the state; #GP(0) on reserved bits, changing nothing. */
    public void loadPdptes(int cr3) {
        long[] entries = new long[4];
        for (int i = 0; i < 4; i++) {
            int at = (cr3 & 0xffffffe0) + i * 8;
            entries[i] = read64(nested == null ? at : nested.table(at));
            if (Walker.pdpteReserved(entries[i])) {
                throw new GuestFault(Vector.GP, 0);
            }
        }
        System.arraycopy(entries, 0, state.pdpte, 0, 4);
        if (tlb != null) {
            tlb.pdpteReferences += 4;
        }
    }

    private long read64(int pa) {
        return memoryTables.read64(pa);
    }

    // ---- translation

    /** Physical address of {@code la} for an access, or #PF. Leaves the walker's fields describing the page. */
    private int translate(int la, boolean write, boolean user, boolean fetch) {
        if (!state.paging() && nested == null) {
            return la;
        }
        walks++;
        boolean allowed = tlb == null ? walk(la, write, user, fetch) : lookUp(la, write, user, fetch);
        if (!allowed) {
            state.cr2Before = state.cr2;
            state.cr2 = la;
            faults++;
            throw new GuestFault(Vector.PF, walker.error);
        }
        return walker.pa | la & OFFSET;
    }

    private boolean walk(int la, boolean write, boolean user, boolean fetch) {
        boolean missed = !held(la);
        boolean allowed = bothDimensions(la, write, user, fetch);
        if (missed) {
            misses++;
            missReferences += walker.references;
        } else if (!allowed) {
            // a page fault drops what was known of the page
            flushPage(la);
        }
        return allowed;
    }

    /** Whether some map has the page of {@code la}: a TLB, which knows no kinds of access, would. */
    private boolean held(int la) {
        return holds(space.reads, la) || holds(space.writes, la) || holds(space.fetches, la);
    }

    private static boolean holds(TranslationMap[] maps, int la) {
        for (TranslationMap map : maps) {
            if (map != null && map.entries[la >>> 12] < 0) {
                return true;
            }
        }
        return false;
    }

    private boolean user() {
        return state.cpl == 3;
    }

    /** Translates and, where the page is plain memory, enters it into the map. Returns the physical address. */
    private int translateData(int la, boolean write, boolean user) {
        int pa = translate(la, write, user, false);
        if (alignmentChecked || dataBreakpoints && watchedPage(la)) {
            return pa;
        }
        int ma = bus.direct(pa & ~OFFSET, write);
        if (ma != SystemBus.NONE && !(write && memory.holdsCode(ma))) {
            fill(write ? space.writes : space.reads, user, la, ma);
        }
        return pa;
    }

    private void fill(TranslationMap[] maps, boolean user, int la, int ma) {
        boolean paged = state.paging();
        space.largeSeen |= paged && walker.large;
        if (map(maps, user ? 1 : 0).fill(la, ma, paged && walker.global)) {
            select();
        }
    }

    /**
     * The machine address of the page that {@code la} is fetched from, with the fetch's rights checked; {@link
     * SystemBus#NONE} where it is not plain memory.
     *
     * @param keep whether the page may enter the fetch map
     */
    public int fetchPage(int la, boolean keep) {
        int pa = translate(la, false, user(), true);
        int ma = bus.direct(pa & ~OFFSET, false);
        if (ma != SystemBus.NONE && keep) {
            fill(space.fetches, user(), la, ma);
        }
        return ma;
    }

    /** One byte of code from where {@link #fetchPage} found no plain memory. */
    public int fetchDevice(int la) {
        return bus.read(8, translate(la, false, user(), true));
    }

    // ---- accesses that missed the maps

    /** Reads with the rights of the current CPL. */
    public int read(int bits, int la) {
        checkAlignment(bits, la);
        return access(bits, la, user());
    }

    /** Writes with the rights of the current CPL. */
    public void write(int bits, int la, int value) {
        checkAlignment(bits, la);
        put(bits, la, value, user());
    }

    /** Reads as the processor itself does for descriptor tables, IDT and TSS: supervisor whatever the CPL. */
    public int readSystem(int bits, int la) {
        return access(bits, la, false);
    }

    public void writeSystem(int bits, int la, int value) {
        put(bits, la, value, false);
    }

    /** Throws the #PF that writing {@code size} bytes would, with user rights if {@code user}; writes nothing. */
    public void probeWrite(int la, int size, boolean user) {
        int last = la + size - 1;
        boolean crossing = (last ^ la) >>> 12 != 0;
        if (!crossing && known(space.writes, user, la) < 0) {
            return;
        }
        translate(la, true, user, false);
        if (crossing) {
            int start = last & ~OFFSET;
            translate(start, true, user, false);
        }
    }

    /**
     * The first half of a read-modify-write: throws whatever the write to come would, {@link Imprecise} included, so that
     * flags may be changed between the halves.
     */
    public void claim(int bits, int la) {
        checkAlignment(bits, la);
        int size = bits / 8;
        int pa = translateData(la, true, user());
        boolean crossing = (la & OFFSET) + size > PhysicalMemory.PAGE;
        if (crossing) {
            translateData((la | OFFSET) + 1, true, user());
        }
        if (precise) {
            return;
        }
        if (crossing || dataBreakpoints || bus.isDevice(pa)) {
            throw Imprecise.INSTANCE;
        }
        int ma = bus.direct(pa & ~OFFSET, true);
        if (ma != SystemBus.NONE) {
            memory.claim(ma + (pa & OFFSET), size);
        }
    }

    private void checkAlignment(int bits, int la) {
        if (alignmentChecked && (la & bits / 8 - 1) != 0) {
            throw new GuestFault(Vector.AC, 0);
        }
    }

    /** The map's entry for the page of {@code la}, or 0: a translation that a TLB may still hold needs no walk. */
    private static int known(TranslationMap[] maps, boolean user, int la) {
        TranslationMap map = maps[user ? 1 : 0];
        return map == null ? 0 : map.entries[la >>> 12];
    }

    private int access(int bits, int la, boolean user) {
        if ((la & OFFSET) + bits / 8 > PhysicalMemory.PAGE) {
            count(2);
            return accessAcross(bits, la, user);
        }
        count(1);
        int entry = known(space.reads, user, la);
        if (entry < 0) {
            int ma = (entry & ~TranslationMap.PRESENT) + (la & OFFSET);
            return bits == 32 ? memory.get32(ma) : bits == 16 ? memory.get16(ma) : memory.get8(ma);
        }
        int pa = translateData(la, false, user);
        watch(la, bits, false);
        exact(pa);
        return bus.read(bits, pa);
    }

    private int accessAcross(int bits, int la, boolean user) {
        int value = 0;
        int size = bits / 8;
        int second = (la | OFFSET) + 1;
        int low = translateData(la, false, user);
        int high = translateData(second, false, user);
        watch(la, bits, false);
        exact(low);
        exact(high);
        for (int i = 0; i < size; i++) {
            int at = la + i;
            boolean beyond = (at ^ la) >>> 12 != 0;
            int pa = beyond ? high + (at - second) : low + i;
            value |= bus.read(8, pa) << 8 * i;
        }
        return value;
    }

    private void put(int bits, int la, int value, boolean user) {
        if ((la & OFFSET) + bits / 8 > PhysicalMemory.PAGE) {
            count(2);
            putAcross(bits, la, value, user);
            return;
        }
        count(1);
        int entry = known(space.writes, user, la);
        if (entry < 0) {
            int ma = (entry & ~TranslationMap.PRESENT) + (la & OFFSET);
            switch (bits) {
                case 32 -> memory.put32Mapped(ma, value);
                case 16 -> memory.put16Mapped(ma, value);
                default -> memory.put8Mapped(ma, value);
            }
            return;
        }
        int pa = translateData(la, true, user);
        watch(la, bits, true);
        exact(pa);
        bus.write(bits, pa, value);
    }

    private void putAcross(int bits, int la, int value, boolean user) {
        int size = bits / 8;
        int second = (la | OFFSET) + 1;
        int low = translateData(la, true, user);
        int high = translateData(second, true, user);
        if (!precise) {
            // the first half must not be written twice around a read-modify-write
            throw Imprecise.INSTANCE;
        }
        watch(la, bits, true);
        for (int i = 0; i < size; i++) {
            int at = la + i;
            boolean beyond = (at ^ la) >>> 12 != 0;
            int pa = beyond ? high + (at - second) : low + i;
            bus.write(8, pa, value >> 8 * i & 0xff);
        }
    }

    /** Devices read the clock: they want an exact retired count. */
    private void exact(int pa) {
        if (!precise && bus.isDevice(pa)) {
            throw Imprecise.INSTANCE;
        }
    }

    // ---- data breakpoints

    private boolean watchedPage(int la) {
        int page = la >>> 12;
        for (int i = 0; i < 4; i++) {
            // a breakpoint is at most four bytes and aligned: it stays in its page
            if ((state.dr[7] >> i * 2 & 3) != 0 && state.dr[i] >>> 12 == page) {
                return true;
            }
        }
        return false;
    }

    private void watch(int la, int bits, boolean write) {
        if (!dataBreakpoints) {
            return;
        }
        int hit = 0;
        boolean enabled = false;
        for (int i = 0; i < 4; i++) {
            int kind = state.dr[7] >> 16 + i * 4 & 3;
            int mask = state.dr[7] >> 18 + i * 4 & 3;
            boolean data = kind == 3 || kind == 1 && write;
            int first = state.dr[i] & ~mask;
            if (data && overlaps(la, bits / 8, first, mask + 1)) {
                hit |= 1 << i;
                enabled |= (state.dr[7] >> i * 2 & 3) != 0;
            }
        }
        if (enabled) {
            if (!precise) {
                throw Imprecise.INSTANCE;
            }
            state.pendingDebug |= hit;
        }
    }

    private static boolean overlaps(int la, int size, int first, int length) {
        return la - first >= 0 && la - first < length || first - la >= 0 && first - la < size;
    }
}
