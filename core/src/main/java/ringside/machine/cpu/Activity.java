package ringside.machine.cpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a processor was busy with since the start: counts of the things that take long. Nothing that executes can see it.
 *
 * <p>Instructions that end a block are counted by mnemonic when they complete; one that faults or exits does not.
 */
public final class Activity {
    private final Map<String, long[]> completed = new LinkedHashMap<>();

    /** Exceptions, interrupts and software interrupts delivered. */
    public long deliveries;

    /** Accesses to ports. */
    public long ports;

    /** CPUIDs completed, which do not end a block. */
    public long cpuids;

    /** Arrivals at a door. */
    public long doors;

    /** VM entries that succeeded. */
    public long entries;

    /** VM exits. */
    public long exits;

    /** The cell that counts completed instructions of this name. */
    public long[] cell(String mnemonic) {
        return completed.computeIfAbsent(mnemonic, name -> new long[1]);
    }

    /** Instructions that end a block, by mnemonic, in the order of their first appearance. */
    public Map<String, Long> completed() {
        Map<String, Long> counts = new LinkedHashMap<>();
        completed.forEach((name, cell) -> counts.put(name, cell[0]));
        return Collections.unmodifiableMap(counts);
    }
}
