package ringside.guest;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.error.RingsideException;

/**
 * A guest program, ready to be copied into guest memory and entered. Immutable; every way to make a guest ends in one.
 *
 * @param name what tables and errors call it
 * @param segments bytes and where they go; they do not overlap
 * @param entry the processor's state when the guest gets control
 * @param symbols labels and their linear addresses
 * @param lines where each instruction was written, by linear address; empty for foreign binaries
 * @param checkpoints notes on addresses, in the order written; they emit no bytes
 */
public record GuestImage(
        String name,
        List<LoadSegment> segments,
        EntryState entry,
        SortedMap<String, Integer> symbols,
        SortedMap<Integer, SourceLine> lines,
        List<Checkpoint> checkpoints) {

    public GuestImage {
        segments = List.copyOf(segments);
        symbols = Collections.unmodifiableSortedMap(new TreeMap<>(symbols));
        lines = Collections.unmodifiableSortedMap(unsigned(lines));
        checkpoints = List.copyOf(checkpoints);
        requireDisjoint(name, segments);
    }

    /** An image without symbols, lines and checkpoints. */
    public GuestImage(String name, List<LoadSegment> segments, EntryState entry) {
        this(name, segments, entry, new TreeMap<>(), new TreeMap<>(), List.of());
    }

    /** The script line that emitted the instruction at {@code la}. */
    public Optional<SourceLine> lineAt(int la) {
        return Optional.ofNullable(lines.get(la));
    }

    /** The first physical address above everything that is loaded. */
    public int end() {
        return segments.stream().mapToInt(LoadSegment::end).max().orElse(0);
    }

    private static SortedMap<Integer, SourceLine> unsigned(Map<Integer, SourceLine> lines) {
        SortedMap<Integer, SourceLine> sorted = new TreeMap<>(Integer::compareUnsigned);
        sorted.putAll(lines);
        return sorted;
    }

    private static void requireDisjoint(String name, List<LoadSegment> segments) {
        List<LoadSegment> sorted = segments.stream()
                .sorted(Comparator.comparing(LoadSegment::pa, Integer::compareUnsigned))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            LoadSegment below = sorted.get(i - 1);
            LoadSegment above = sorted.get(i);
            if (Integer.compareUnsigned(above.pa(), below.end()) < 0) {
                throw new RingsideException(
                        String.format(
                                "guest '%s': %s (%08x-%08x) overlaps %s (%08x-%08x)",
                                name,
                                below.name(),
                                below.pa(),
                                below.end() - 1,
                                above.name(),
                                above.pa(),
                                above.end() - 1),
                        "",
                        "move one of them");
            }
        }
    }
}
