package ringside.vmm.memory.direct;

import static ringside.vmm.memory.direct.TypedFrame.ENTRIES;
import static ringside.vmm.memory.direct.TypedFrame.PAGE;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Walker;
import ringside.observe.Counters;
import ringside.vmm.spi.TypedTables;

/**
 * The types of a guest's frames and their counts.
 *
 * <p>A frame is a directory, a table, a descriptor table (which somebody traces), or writable: one of these. It becomes
 * a table by its first use as one, every entry validated, and may become another thing when nobody uses it as one. What
 * nobody uses keeps its type until that is in the way, for the next use needs no validation then.
 */
final class FrameTypes implements TypedTables, PhysicalMemory.CodeWatch {
    private static final int FLAGS = PAGE - 1, GLOBAL = 0x100, PAT = 0x80;

    private final SystemBus bus;
    private final PhysicalMemory memory;
    private final Counters counters;
    private final NavigableMap<Integer, TypedFrame> typed = new TreeMap<>();
    /** How many entries of typed tables map a page, and how many for writing. */
    private final Map<Integer, Integer> mappers = new TreeMap<>();

    private final Map<Integer, Integer> writers = new TreeMap<>();

    final TableEntries entries;
    private TypedFrame root;
    /** The page that the VMM writes for the guest, which is never a table. */
    private int alwaysWritable = -1;

    private final Writers others;

    /** Who writes the guest's memory beside the processor that walks its tables. */
    interface Writers {
        /** The virtual processor keeps no way to the frame. */
        void forget(int ma);

        /** Whether the guest's real devices may write the page. */
        void devices(int page, boolean allowed);

        /** Whether there are any, so that a page that is a table no more must be theirs at once. */
        boolean haveDevices();
    }

    /** @param ownEntry the entry of every directory through which the VMM's region is reached */
    FrameTypes(SystemBus bus, int ownEntry, Writers others, Counters counters) {
        this.bus = bus;
        this.memory = bus.memory();
        this.others = others;
        this.counters = counters;
        this.entries = new TableEntries(bus, ownEntry, typed, counters);
        memory.watch(this);
    }

    Collection<TypedFrame> frames() {
        return typed.values();
    }

    /** How many entries map the page. */
    int mappers(int page) {
        return mappers.getOrDefault(page, 0);
    }

    /** How many entries map the page for writing. */
    int writers(int page) {
        return writers.getOrDefault(page, 0);
    }

    TypedFrame root() {
        return root;
    }

    // ---- types

    /** One more use of the page as {@code level}, validated if it is the first. */
    private Answer take(int page, Level level) {
        TypedFrame frame = typed.get(page);
        if (frame != null && frame.level != level && inUse(page)) {
            return Answer.IN_USE;
        }
        if (!typed.containsKey(page)) {
            Answer answer = validate(page, level);
            if (answer != Answer.DONE) {
                return answer;
            }
        }
        typed.get(page).count++;
        return Answer.DONE;
    }

    private Answer validate(int page, Level level) {
        if ((page & FLAGS) != 0 || !bus.isRam(page)) {
            return Answer.WRONG;
        }
        if (alwaysWritable == page || entries.describes(page) || isWritten(page)) {
            return Answer.IN_USE;
        }
        TypedFrame frame = new TypedFrame(page, bus.direct(page, true), level);
        entries.read(frame);
        typed.put(page, frame);
        frame.pinned = true; // against an entry that names itself
        Answer answer = takeEntries(frame);
        frame.pinned = false;
        if (answer != Answer.DONE) {
            typed.remove(page);
            return answer;
        }
        memory.markCode(frame.ma, true);
        others.forget(frame.ma);
        others.devices(page, false);
        entries.enter(frame);
        entries.stale = true;
        counters.add("validated");
        counters.add("entries", ENTRIES);
        return Answer.DONE;
    }

    /** Whether tables in use map the page for writing; before there is paging nothing is mapped. */
    private boolean isWritten(int page) {
        if (root != null && writers(page) > 0) {
            endUnused();
        }
        return root != null && writers(page) > 0;
    }

    private Answer takeEntries(TypedFrame frame) {
        for (int i = 0; i < ENTRIES; i++) {
            Answer answer = takeEntry(frame, i, frame.asked[i]);
            if (answer != Answer.DONE) {
                dropEntries(frame, i);
                return answer;
            }
        }
        return Answer.DONE;
    }

    /** One more use of what the entry names, where the guest may have such an entry there. */
    private Answer takeEntry(TypedFrame frame, int index, int entry) {
        if ((entry & Walker.P) == 0) {
            return Answer.DONE;
        }
        boolean reserved = (entry & (frame.isDirectory() ? Walker.PS : PAT | GLOBAL)) != 0;
        if (reserved || frame.isDirectory() && index == TableEntries.OWN) {
            return Answer.FORBIDDEN;
        }
        int page = entry & -PAGE;
        if (frame.isDirectory()) {
            return take(page, Level.TABLE);
        }
        // what maps itself for writing when paging begins is mended then, and what leads to nothing faults
        if (root != null && !isSomething(page)) {
            return Answer.WRONG;
        }
        boolean writes = (entry & Walker.W) != 0;
        if (writes && root != null && isReadOnly(page)) {
            return Answer.IN_USE;
        }
        mappers.merge(page, 1, Integer::sum);
        if (writes) {
            writers.merge(page, 1, Integer::sum);
        }
        return Answer.DONE;
    }

    private boolean isSomething(int page) {
        return bus.isRam(page) || bus.isDevice(page) || bus.direct(page, false) != SystemBus.NONE;
    }

    private boolean isReadOnly(int page) {
        return inUse(page) || entries.describes(page);
    }

    private void dropEntries(TypedFrame frame, int count) {
        for (int i = 0; i < count; i++) {
            dropEntry(frame, i);
        }
    }

    private void dropEntry(TypedFrame frame, int index) {
        if (!frame.isPresent(index)) {
            return;
        }
        if (frame.isDirectory()) {
            typed.get(frame.target(index)).count--;
            return;
        }
        oneLess(mappers, frame.target(index));
        if (frame.isWritable(index)) {
            oneLess(writers, frame.target(index));
        }
    }

    private static void oneLess(Map<Integer, Integer> counts, int page) {
        counts.computeIfPresent(page, (same, count) -> count == 1 ? null : count - 1);
    }

    /** Directories that nobody uses hold their tables no more, and tables that nobody uses what they map. */
    private void endUnused() {
        undoWrites();
        endUnused(TypedFrame::isDirectory);
        endUnused(frame -> true);
    }

    private void endUnused(Predicate<TypedFrame> kind) {
        List<TypedFrame> unused = typed.values().stream()
                .filter(frame -> frame.isFree() && kind.test(frame))
                .toList();
        unused.forEach(this::end);
    }

    /** The frame is an ordinary one again, and holds what the guest wrote. */
    private void end(TypedFrame frame) {
        typed.remove(frame.pa);
        dropEntries(frame, ENTRIES);
        entries.restore(frame);
        memory.markCode(frame.ma, false);
        others.devices(frame.pa, true);
        counters.add("retyped");
    }

    // ---- requests

    @Override
    public Answer load(int directory) {
        undoWrites();
        boolean first = root == null;
        Answer answer = take(directory, Level.DIRECTORY);
        if (answer == Answer.DONE) {
            if (!first) {
                root.count--;
            }
            root = typed.get(directory);
            entries.stale = true;
            settle();
        }
        if (first) {
            endUnused();
            typed.values().forEach(this::seal);
        }
        return answer;
    }

    /** Takes away what no entry may allow any more now that types are in force. */
    private void seal(TypedFrame table) {
        for (int i = 0; i < ENTRIES; i++) {
            if (table.isWritable(i) && (typed.containsKey(table.target(i)) || entries.describes(table.target(i)))) {
                oneLess(writers, table.target(i));
                entries.replace(table, i, table.asked[i] & ~Walker.W);
            }
        }
    }

    @Override
    public Answer pin(int page, Level level) {
        undoWrites();
        if (root == null) {
            return Answer.IN_USE;
        }
        TypedFrame before = typed.get(page);
        if (before != null && before.pinned) {
            return before.level == level ? Answer.WRONG : Answer.IN_USE;
        }
        Answer answer = take(page, level);
        if (answer == Answer.DONE) {
            TypedFrame frame = typed.get(page);
            frame.count--;
            frame.pinned = true;
        }
        return answer;
    }

    @Override
    public Answer unpin(int page) {
        undoWrites();
        TypedFrame frame = typed.get(page);
        if (frame == null || !frame.pinned) {
            return Answer.WRONG;
        }
        frame.pinned = false;
        settle();
        return Answer.DONE;
    }

    /** Something was let go: devices may want to write it without asking. */
    private void settle() {
        if (others.haveDevices()) {
            endUnused();
        }
    }

    @Override
    public boolean inUse(int page) {
        if (typed.containsKey(page)) {
            endUnused();
        }
        return typed.containsKey(page);
    }

    @Override
    public Answer describe(int page) {
        return inUse(page) || isWritten(page) ? Answer.IN_USE : Answer.DONE;
    }

    @Override
    public Answer keepWritable(int page) {
        if (inUse(page)) {
            return Answer.IN_USE;
        }
        alwaysWritable = page;
        return Answer.DONE;
    }

    @Override
    public int machineAddress(int page) {
        return bus.direct(page, true);
    }

    @Override
    public Answer update(int pa, int entry) {
        undoWrites();
        TypedFrame frame = typed.get(pa & -PAGE);
        int index = (pa & FLAGS) / 4;
        Answer answer = frame == null ? Answer.WRONG : replacement(frame, index, entry);
        if (answer == Answer.DONE) {
            dropEntry(frame, index);
            entries.replace(frame, index, entry);
            counters.add("updates");
            settle();
        } else if (!inUse(pa & -PAGE)) {
            bus.write(32, pa, entry);
            return Answer.DONE;
        }
        return answer;
    }

    private Answer replacement(TypedFrame frame, int index, int entry) {
        if (frame.isDirectory() && index == TableEntries.OWN) {
            return Answer.FORBIDDEN;
        }
        boolean pinned = frame.pinned;
        frame.pinned = true; // it does not end meanwhile
        Answer answer = takeEntry(frame, index, entry);
        frame.pinned = pinned;
        return answer;
    }

    /**
     * Whether the guest can read in its tables which frame the page has, or the processor reads it as a table; before
     * there is paging, whether it may yet.
     */
    boolean shows(int page) {
        if (typed.containsKey(page) || mappers.containsKey(page)) {
            endUnused();
        }
        return root == null || typed.containsKey(page) || mappers.containsKey(page);
    }

    // ---- writes that no hypercall made

    @Override
    public void written(int ma, int length) {
        entries.written(ma, length);
    }

    /** What others wrote into tables in use is undone; a page that is used as none keeps it. */
    void undoWrites() {
        for (TableEntries.Written written : entries.takeWritten()) {
            if (typed.get(written.frame().pa) == written.frame() && inUse(written.frame().pa)) {
                entries.undo(written);
            } else {
                memory.put32(written.frame().ma + 4 * written.index(), written.value());
            }
        }
    }
}
