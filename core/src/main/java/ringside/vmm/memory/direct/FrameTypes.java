package ringside.vmm.memory.direct;

import static ringside.vmm.memory.direct.TypedFrame.ENTRIES;
import static ringside.vmm.memory.direct.TypedFrame.PAGE;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import ringside.error.RingsideException;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.TypedTables;
import ringside.vmm.spi.VmmRegion;

/**
 * The types of a guest's frames, and the entries of its tables as the processor reads them.
 *
 * <p>A frame is a directory, a table, a descriptor table (which somebody traces), or writable: one of these. It becomes
 * a table by its first use as one, every entry validated, and may become another thing when nobody uses it as one.
 */
final class FrameTypes implements TypedTables, SystemBus.TableForm, PhysicalMemory.CodeWatch {
    private static final int OWN = VmmRegion.BASE >>> 22, FLAGS = PAGE - 1, MARKS = Walker.A | Walker.D;

    private final SystemBus bus;
    private final PhysicalMemory memory;
    private final int ownEntry;
    private final Counters counters;
    private final TreeMap<Integer, TypedFrame> typed = new TreeMap<>();
    /** MAs of entries that somebody wrote past the types: a device, or the processor marking them. */
    private final TreeSet<Integer> touched = new TreeSet<>();

    private Set<Integer> traced = Set.of();
    private TypedFrame root;
    /** The page that the VMM writes for the guest, which is never a table. */
    private int alwaysWritable = -1;

    /** Makes the virtual processor forget a frame. */
    private final IntConsumer forget;

    private boolean writing;
    /** The processor may hold translations that are allowed no more. */
    boolean stale;

    /** @param ownEntry the entry of every directory through which the VMM's region is reached */
    FrameTypes(SystemBus bus, int ownEntry, IntConsumer forget, Counters counters) {
        this.bus = bus;
        this.memory = bus.memory();
        this.ownEntry = ownEntry;
        this.forget = forget;
        this.counters = counters;
        memory.watch(this);
        bus.tableForm(this);
    }

    Collection<TypedFrame> frames() {
        return typed.values();
    }

    TypedFrame root() {
        return root;
    }

    // ---- types

    /** One more use of the page as {@code level}, validated if it is the first. */
    private boolean take(int page, Level level) {
        TypedFrame frame = typed.get(page);
        if (frame != null && frame.level != level) {
            if (!letGo(frame)) {
                return false;
            }
            frame = null;
        }
        if (frame == null) {
            frame = validated(page, level);
        }
        if (frame != null) {
            frame.count++;
        }
        return frame != null;
    }

    private TypedFrame validated(int page, Level level) {
        boolean possible = (page & FLAGS) == 0 && bus.isRam(page) && alwaysWritable != page;
        if (!possible || traced.contains(bus.direct(page, true))) {
            return null;
        }
        TypedFrame frame = new TypedFrame(page, bus.direct(page, true), level);
        for (int i = 0; i < ENTRIES; i++) {
            frame.asked[i] = memory.get32(frame.ma + 4 * i);
        }
        typed.put(page, frame);
        frame.pinned = true; // against a directory that names itself
        boolean valid = !frame.isDirectory() || takeTables(frame);
        frame.pinned = false;
        if (!valid) {
            typed.remove(page);
            return null;
        }
        memory.markCode(frame.ma, true);
        forget.accept(frame.ma);
        renewMappings(page);
        for (int i = 0; i < ENTRIES; i++) {
            enter(frame, i);
        }
        counters.add("validated");
        counters.add("entries", ENTRIES);
        stale = true;
        return frame;
    }

    private boolean takeTables(TypedFrame directory) {
        for (int i = 0; i < ENTRIES; i++) {
            if (!mayName(i, directory.asked[i]) || directory.isPresent(i) && !take(directory.target(i), Level.TABLE)) {
                dropTables(directory, i);
                return false;
            }
        }
        return true;
    }

    /** No large pages, and nothing where the VMM's region is. */
    private static boolean mayName(int index, int entry) {
        return (entry & Walker.P) == 0 || index != OWN && (entry & Walker.PS) == 0;
    }

    private void dropTables(TypedFrame directory, int entries) {
        for (int i = 0; i < entries; i++) {
            if (directory.isPresent(i)) {
                typed.get(directory.target(i)).count--;
            }
        }
    }

    /** Ends the frame's type unless it is used; directories that nobody uses do not hold their tables against it. */
    private boolean letGo(TypedFrame frame) {
        if (!frame.isDirectory() && frame.count > 0) {
            List<TypedFrame> unused = typed.values().stream()
                    .filter(other -> other.isDirectory() && other.isFree() && other.names(frame.pa))
                    .toList();
            unused.forEach(this::end);
        }
        if (frame.isFree()) {
            end(frame);
        }
        return frame.isFree();
    }

    /** The frame is an ordinary one again, and holds what the guest wrote. */
    private void end(TypedFrame frame) {
        typed.remove(frame.pa);
        if (frame.isDirectory()) {
            dropTables(frame, ENTRIES);
        }
        for (int i = 0; i < ENTRIES; i++) {
            put(frame.ma + 4 * i, view(frame, i));
        }
        memory.markCode(frame.ma, false);
        renewMappings(frame.pa);
        counters.add("retyped");
    }

    @Override
    public boolean load(int directory) {
        if (!take(directory, Level.DIRECTORY)) {
            return false;
        }
        if (root != null) {
            root.count--;
        }
        root = typed.get(directory);
        stale = true;
        return true;
    }

    @Override
    public boolean pin(int page, Level level) {
        TypedFrame frame = typed.get(page);
        if (frame != null && frame.pinned || !take(page, level)) {
            return false;
        }
        frame = typed.get(page);
        frame.count--;
        frame.pinned = true;
        return true;
    }

    @Override
    public boolean unpin(int page) {
        TypedFrame frame = typed.get(page);
        boolean pinned = frame != null && frame.pinned;
        if (pinned) {
            frame.pinned = false;
        }
        return pinned;
    }

    @Override
    public boolean inUse(int page) {
        TypedFrame frame = typed.get(page);
        return frame != null && !letGo(frame);
    }

    @Override
    public void keepWritable(int page) {
        alwaysWritable = page;
    }

    @Override
    public int machineAddress(int page) {
        return bus.direct(page, true);
    }

    // ---- entries

    @Override
    public boolean update(int pa, int entry) {
        TypedFrame frame = typed.get(pa & -PAGE);
        if (frame == null) {
            bus.write(32, pa, entry);
            return true;
        }
        int index = (pa & FLAGS) / 4;
        boolean present = (entry & Walker.P) != 0;
        if (frame.isDirectory()) {
            if (index == OWN || !mayName(index, entry) || present && !take(entry & -PAGE, Level.TABLE)) {
                return false;
            }
            if (frame.isPresent(index)) {
                typed.get(frame.target(index)).count--;
            }
        } else if (present && (entry & Walker.W) != 0 && inUse(entry & -PAGE)) {
            return false;
        }
        frame.asked[index] = entry;
        put(frame.ma + 4 * index, 0);
        enter(frame, index);
        counters.add("updates");
        return true;
    }

    /** Writes the entry for the processor, keeping the marks that it has made. */
    void enter(TypedFrame frame, int index) {
        int at = frame.ma + 4 * index;
        int marks = frame.isPresent(index) ? memory.get32(at) & MARKS : 0;
        frame.asked[index] |= marks;
        put(at, real(frame, index));
    }

    private int real(TypedFrame frame, int index) {
        int asked = frame.asked[index];
        if (frame.isDirectory()) {
            int table = frame.isPresent(index) ? typed.get(frame.target(index)).ma | asked & FLAGS : asked;
            return index == OWN ? ownEntry : table;
        }
        return frame.isPresent(index) ? leaf(asked) : asked;
    }

    /** Devices and absent memory are not mapped; tables, whatever kind, and what others show too are not to be written. */
    private int leaf(int asked) {
        int page = asked & -PAGE;
        int ma = bus.direct(page, bus.isRam(page));
        if (ma == SystemBus.NONE) {
            return asked & ~Walker.P;
        }
        boolean writable = !typed.containsKey(page) && !traced.contains(ma) && bus.mayMapWritable(page);
        return ma | asked & FLAGS & (writable ? -1 : ~Walker.W);
    }

    /** Every entry for the page is to be made anew. */
    private void renewMappings(int page) {
        for (TypedFrame frame : typed.values()) {
            for (int i = 0; !frame.isDirectory() && i < ENTRIES; i++) {
                if (frame.isPresent(i) && frame.target(i) == page) {
                    enter(frame, i);
                }
            }
        }
    }

    private void put(int ma, int value) {
        writing = true;
        memory.put32(ma, value);
        writing = false;
    }

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

    /** The page is about to lose its frame: entries for it wait until it is asked for again. */
    void frameLost(int page, int ma) {
        if (typed.containsKey(page)) {
            throw new RingsideException(
                    String.format("the page at %08x cannot lose its frame: it is a page table in use", page),
                    "direct memory",
                    "take frames from guests with shadow memory, or give the machine more memory");
        }
        for (TypedFrame frame : typed.values()) {
            for (int i = 0; !frame.isDirectory() && i < ENTRIES; i++) {
                int at = frame.ma + 4 * i;
                if (frame.isPresent(i) && frame.target(i) == page) {
                    frame.asked[i] |= memory.get32(at) & MARKS;
                    put(at, frame.asked[i] & ~Walker.P);
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
        return frame == null ? raw : allowed(frame, view(frame, (pa & FLAGS) / 4));
    }

    private int view(TypedFrame frame, int index) {
        int marks = frame.isPresent(index) ? memory.get32(frame.ma + 4 * index) & MARKS : 0;
        return frame.asked[index] | marks;
    }

    private int allowed(TypedFrame frame, int entry) {
        boolean toTable = !frame.isDirectory() && typed.containsKey(entry & -PAGE);
        return toTable ? entry & ~Walker.W : entry;
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

    /** The frame and index of an entry at {@code pa}, made anew; returns it. */
    int renewed(int pa) {
        TypedFrame frame = holding(pa);
        enter(frame, (pa & FLAGS) / 4);
        return memory.get32(frame.ma + (pa & FLAGS));
    }

    // ---- writes that no hypercall made

    @Override
    public void written(int ma, int length) {
        boolean ours = !writing && typed.values().stream().anyMatch(frame -> frame.ma == (ma & -PAGE));
        for (int at = ma & ~3; ours && at < ma + length; at += 4) {
            touched.add(at);
        }
    }

    /** Undoes what was written into tables past the types: marks stay, nothing else does. */
    void undoWrites() {
        if (touched.isEmpty()) {
            return;
        }
        for (TypedFrame frame : typed.values()) {
            for (int at : touched.subSet(frame.ma, frame.ma + PAGE)) {
                int index = (at - frame.ma) / 4;
                int before = real(frame, index);
                int now = memory.get32(at);
                if ((now & ~MARKS) != (before & ~MARKS)) {
                    put(at, before);
                    stale = true;
                    counters.add("undone");
                }
            }
        }
        touched.clear();
    }
}
