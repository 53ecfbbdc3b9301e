package ringside.guest;

import java.util.ArrayList;
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
 * @param markers where interrupt lines are raised, in the order written
 * @param ported the same program for a VMM that it asks for what is privileged, if there is one
 */
public record GuestImage(
        String name,
        List<LoadSegment> segments,
        EntryState entry,
        SortedMap<String, Integer> symbols,
        SortedMap<Integer, SourceLine> lines,
        List<Checkpoint> checkpoints,
        List<Marker> markers,
        Optional<GuestImage> ported) {

    public GuestImage {
        segments = List.copyOf(segments);
        symbols = Collections.unmodifiableSortedMap(new TreeMap<>(symbols));
        lines = Collections.unmodifiableSortedMap(unsigned(lines));
        checkpoints = List.copyOf(checkpoints);
        markers = List.copyOf(markers);
        requireDisjoint(name, segments);
    }

    /** An image without markers that has no other form. */
    public GuestImage(
            String name,
            List<LoadSegment> segments,
            EntryState entry,
            SortedMap<String, Integer> symbols,
            SortedMap<Integer, SourceLine> lines,
            List<Checkpoint> checkpoints) {
        this(name, segments, entry, symbols, lines, checkpoints, List.of(), Optional.empty());
    }

    /** An image without symbols, lines and checkpoints. */
    public GuestImage(String name, List<LoadSegment> segments, EntryState entry) {
        this(name, segments, entry, new TreeMap<>(), new TreeMap<>(), List.of());
    }

    /** This image with more loaded beside it; entered as before. */
    public GuestImage with(List<LoadSegment> more) {
        List<LoadSegment> all = new ArrayList<>(segments);
        all.addAll(more);
        return new GuestImage(name, all, entry, symbols, lines, checkpoints, markers, ported);
    }

    /** This image with the ported form of the same program. */
    public GuestImage ported(GuestImage form) {
        return new GuestImage(name, segments, entry, symbols, lines, checkpoints, markers, Optional.of(form));
    }

    /** The script line that emitted the instruction at {@code la}. */
    public Optional<SourceLine> lineAt(int la) {
        return Optional.ofNullable(lines.get(la));
    }

    /** The first physical address above everything that is loaded into RAM. */
    public int end() {
        return segments.stream()
                .filter(s -> !s.rom())
                .mapToInt(LoadSegment::end)
                .max()
                .orElse(0);
    }

    /**
     * Copies the segments into guest memory. Refuses, before the first byte is written, an image that does not fit or
     * whose first instruction is neither in RAM nor in one of its ROMs.
     */
    public void load(GuestMemory memory) {
        for (LoadSegment segment : segments) {
            if (!segment.rom() && !memory.holds(segment.pa(), segment.bytes().length)) {
                throw outsideRam(
                        memory, "%s (%08x-%08x) is".formatted(segment.name(), segment.pa(), segment.end() - 1));
            }
        }
        int entryPa = entry.entryPa();
        if (!memory.holds(entryPa, 1) && segments.stream().noneMatch(s -> s.rom() && s.contains(entryPa))) {
            throw outsideRam(memory, "the entry point %08x lies".formatted(entryPa));
        }
        for (LoadSegment segment : segments) {
            if (segment.rom()) {
                memory.rom(segment.pa(), segment.bytes());
            } else {
                memory.write(segment.pa(), segment.bytes());
            }
        }
    }

    private RingsideException outsideRam(GuestMemory memory, String what) {
        return new RingsideException(
                "guest '%s': %s outside RAM, which ends at %08x".formatted(name, what, memory.ramSize()),
                "",
                "give the machine more memory or load the guest lower");
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
