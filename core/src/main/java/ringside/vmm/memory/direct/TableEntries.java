package ringside.vmm.memory.direct;

import static ringside.vmm.memory.direct.TypedFrame.ENTRIES;
import static ringside.vmm.memory.direct.TypedFrame.PAGE;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.VmmRegion;

/** The entries of typed frames as the processor reads them, with MAs, and as the guest means them, with PAs. */
final class TableEntries implements SystemBus.TableForm {
    static final int OWN = VmmRegion.BASE >>> 22;

    private static final int FLAGS = PAGE - 1, MARKS = Walker.A | Walker.D;

    private final SystemBus bus;
    private final PhysicalMemory memory;
    private final int ownEntry;
    private final Counters counters;
    private final NavigableMap<Integer, TypedFrame> typed;
    /** MAs of entries that somebody wrote past the types: a device, or the processor marking them. */
    private final TreeSet<Integer> touched = new TreeSet<>();

    private Set<Integer> traced = Set.of();
    /** Who writes is this class. */
    private boolean writing;

    /** The processor may hold translations that are allowed no more. */
    boolean stale;

    /**
     * @param ownEntry the entry of every directory through which the VMM's region is reached
     * @param typed the frames by the PA of their pages, which their owner keeps
     */
    TableEntries(SystemBus bus, int ownEntry, NavigableMap<Integer, TypedFrame> typed, Counters counters) {
        this.bus = bus;
        this.memory = bus.memory();
        this.ownEntry = ownEntry;
        this.typed = typed;
        this.counters = counters;
        bus.tableForm(this);
    }

    /** What the page of a frame that is about to be typed holds. */
    void read(TypedFrame frame) {
        for (int i = 0; i < ENTRIES; i++) {
            frame.asked[i] = memory.get32(frame.ma + 4 * i);
        }
    }

    /** Writes every entry for the processor. */
    void enter(TypedFrame frame) {
        for (int i = 0; i < ENTRIES; i++) {
            enter(frame, i);
        }
    }

    /** Writes the entry for the processor, keeping the marks that it has made. */
    void enter(TypedFrame frame, int index) {
        frame.asked[index] = view(frame, index);
        put(frame, index, real(frame, index));
    }

    /** The guest's new entry, which has no marks but its own. */
    void replace(TypedFrame frame, int index, int entry) {
        frame.asked[index] = entry;
        put(frame, index, real(frame, index));
    }

    /** The page holds what the guest means, and is nobody's table. */
    void restore(TypedFrame frame) {
        for (int i = 0; i < ENTRIES; i++) {
            put(frame, i, view(frame, i));
        }
    }

    private void put(TypedFrame frame, int index, int value) {
        frame.real[index] = value;
        writing = true;
        memory.put32(frame.ma + 4 * index, value);
        writing = false;
    }

    private int real(TypedFrame frame, int index) {
        int asked = frame.asked[index];
        if (frame.isDirectory()) {
            int table = frame.isPresent(index) ? typed.get(frame.target(index)).ma | asked & FLAGS : asked;
            return index == OWN ? ownEntry : table;
        }
        return frame.isPresent(index) ? leaf(asked) : asked;
    }

    /**
     * Devices, absent memory and pages without a frame are not mapped; descriptor tables, and frames that others show too,
     * are not to be written.
     */
    private int leaf(int asked) {
        int page = asked & -PAGE;
        int ma = bus.isPresent(page) ? bus.direct(page, false) : SystemBus.NONE;
        if (ma == SystemBus.NONE) {
            return asked & ~Walker.P;
        }
        boolean writable = bus.mayMapWritable(page) && !traced.contains(ma);
        return ma | asked & FLAGS & (writable ? -1 : ~Walker.W);
    }

    /** The entry at {@code pa} is asked for: it is made anew, its page brought in. */
    int renewed(int pa, boolean write) {
        TypedFrame frame = holding(pa);
        int index = (pa & FLAGS) / 4;
        if (frame.isPresent(index) && bus.isRam(frame.target(index))) {
            bus.direct(frame.target(index), write);
        }
        enter(frame, index);
        return frame.real[index];
    }

    // ---- descriptor tables

    /** Descriptor tables lie in these machine pages. */
    void trace(Set<Integer> pages) {
        traced = Set.copyOf(pages);
        for (TypedFrame frame : typed.values()) {
            for (int i = 0; !frame.isDirectory() && i < ENTRIES; i++) {
                if (frame.isPresent(i)) {
                    enter(frame, i);
                }
            }
        }
        stale = true;
    }

    boolean isTraced(int ma) {
        return traced.contains(ma);
    }

    /** Whether a descriptor table lies in the page. */
    boolean describes(int page) {
        return bus.isRam(page) && bus.isPresent(page) && traced.contains(bus.direct(page, false));
    }

    // ---- frames that go

    /** The page is about to lose its frame: entries for it wait until it is asked for again. */
    void frameLost(int page) {
        for (TypedFrame frame : typed.values()) {
            for (int i = 0; !frame.isDirectory() && i < ENTRIES; i++) {
                if (frame.isPresent(i) && frame.target(i) == page) {
                    frame.asked[i] = view(frame, i);
                    put(frame, i, frame.asked[i] & ~Walker.P);
                }
            }
        }
        stale = true;
    }

    // ---- the guest's own view: PAs

    private TypedFrame holding(int pa) {
        return typed.get(pa & -PAGE);
    }

    @Override
    public int entry(int pa, int raw) {
        TypedFrame frame = holding(pa);
        return frame == null ? raw : view(frame, (pa & FLAGS) / 4);
    }

    private int view(TypedFrame frame, int index) {
        int marks = frame.isPresent(index) ? memory.get32(frame.ma + 4 * index) & MARKS : 0;
        return frame.asked[index] | marks;
    }

    @Override
    public boolean mark(int pa, int value) {
        TypedFrame frame = holding(pa);
        if (frame != null) {
            int index = (pa & FLAGS) / 4;
            frame.asked[index] |= value & MARKS;
            enter(frame, index);
        }
        return frame != null;
    }

    // ---- writes that no hypercall made

    /** Bytes at {@code ma} are about to be written by whom it may be. */
    void written(int ma, int length) {
        boolean ours = !writing && typed.values().stream().anyMatch(frame -> frame.ma == (ma & -PAGE));
        for (int at = ma & ~3; ours && at < ma + length; at += 4) {
            touched.add(at);
        }
    }

    /** An entry that somebody changed in more than its marks, and what is there now. */
    record Written(TypedFrame frame, int index, int value) {}

    /** What was written past the types since this was last asked. */
    List<Written> takeWritten() {
        List<Written> changed = new ArrayList<>();
        for (TypedFrame frame : touched.isEmpty() ? List.<TypedFrame>of() : typed.values()) {
            for (int at : touched.subSet(frame.ma, frame.ma + PAGE)) {
                int index = (at - frame.ma) / 4;
                int now = memory.get32(at);
                if (((now ^ frame.real[index]) & ~MARKS) != 0) {
                    changed.add(new Written(frame, index, now));
                }
            }
        }
        touched.clear();
        return changed;
    }

    /** The entry is again as the types have it: marks stay, nothing else does. */
    void undo(Written written) {
        int before = written.frame.real[written.index] & ~MARKS;
        put(written.frame, written.index, before | written.value & MARKS);
        stale = true;
        counters.add("undone");
    }
}
