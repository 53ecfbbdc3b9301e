package ringside.observe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Named counts in the order of their declaration or first use; as a sink it counts events by kind. */
public final class Counters implements Sink {
    private final Map<String, long[]> counts = new LinkedHashMap<>();

    /** Counts that are to be listed even while they are zero, in this order. */
    public static Counters of(String... names) {
        Counters counters = new Counters();
        for (String name : names) {
            counters.cell(name);
        }
        return counters;
    }

    public void add(String name) {
        cell(name)[0]++;
    }

    public void add(String name, long n) {
        cell(name)[0] += n;
    }

    /** The count, 0 for a name never heard of. */
    public long get(String name) {
        long[] cell = counts.get(name);
        return cell == null ? 0 : cell[0];
    }

    public long total() {
        return counts.values().stream().mapToLong(cell -> cell[0]).sum();
    }

    @Override
    public void accept(Event event) {
        add(event.kind());
    }

    /** Adds every count of {@code other}; names new here are appended in its order. */
    public void merge(Counters other) {
        other.counts.forEach((name, cell) -> add(name, cell[0]));
    }

    /** Sets every count to zero; the names and their order stay. */
    public void clear() {
        counts.values().forEach(cell -> cell[0] = 0);
    }

    /** All counts in order, zeros included. */
    public Map<String, Long> asMap() {
        Map<String, Long> map = new LinkedHashMap<>();
        counts.forEach((name, cell) -> map.put(name, cell[0]));
        return Collections.unmodifiableMap(map);
    }

    /** The counts that are not zero: {@code STI 1, HLT 1}. */
    @Override
    public String toString() {
        return counts.entrySet().stream()
                .filter(e -> e.getValue()[0] != 0)
                .map(e -> e.getKey() + " " + e.getValue()[0])
                .collect(Collectors.joining(", "));
    }

    private long[] cell(String name) {
        long[] cell = counts.get(name);
        return cell != null ? cell : counts.computeIfAbsent(name, n -> new long[1]);
    }
}
