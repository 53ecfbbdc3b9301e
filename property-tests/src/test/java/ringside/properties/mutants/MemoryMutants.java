package ringside.properties.mutants;

import static ringside.properties.mutants.Edit.answer;
import static ringside.properties.mutants.Edit.constant;
import static ringside.properties.mutants.Edit.ignores;
import static ringside.properties.mutants.Edit.nothing;
import static ringside.properties.mutants.Edit.reads;
import static ringside.properties.mutants.Edit.without;
import static ringside.properties.mutants.Edit.writes;
import static ringside.properties.mutants.Mutant.Trial.EQUIVALENCE;
import static ringside.properties.mutants.Mutant.Trial.FRAMES;
import static ringside.properties.mutants.Mutant.Trial.MAY_SET;

import java.util.List;
import java.util.Map;

/** Bugs of memory virtualization that real VMMs had, or could have. */
final class MemoryMutants {
    private static final String SHADOW = "ringside.vmm.memory.shadow.";
    private static final String COMMON = SHADOW + "ShadowMemory", CACHED = SHADOW + "CachedShadows";
    private static final String FLUSH = SHADOW + "VirtualTlb", PER_REFERENCE = SHADOW + "PerReference";
    static final String ROLE = SHADOW + "ShadowPage$Role";
    static final String KEY = SHADOW + "ShadowPage$Key";
    private static final String NESTED = "ringside.vmm.memory.nested.NestedPaging";
    private static final String NESTED_TABLES = "ringside.vmm.memory.nested.NestedTables";
    private static final String FRAMES_OF_GUEST = "ringside.vmm.frames.GuestFrames";
    private static final String MEMORY = "ringside.machine.memory.PhysicalMemory";
    private static final String SERVER = "ringside.vmm.spi.PhysicalServer";
    private static final String KEPT = "cached | unsync", TRACED = "cached", SHADOWS = "flush | cached | unsync";

    static final List<Mutant> ALL = List.of(
            // keeping in step
            mutant("a write trace is forgotten", TRACED, nothing(CACHED, "written")),
            mutant("a device's write drops nothing", TRACED, without(MEMORY, "write", "touch")),
            mutant("unsynced leaves are not compared", "unsync", nothing(CACHED, "resync")),
            mutant("a CR3 load leaves unsynced leaves alone", "unsync", without(CACHED, "empty", "resync")),
            mutant("INVLPG does not look at unsynced leaves", "unsync", without(CACHED, "faulted", "check")),
            new Mutant("INVLPG drops nothing, cached", MAY_SET, "cached", nothing(CACHED, "drop")),
            mutant("INVLPG drops nothing, flush", "flush", nothing(FLUSH, "drop")),
            mutant("a flush empties nothing", "flush", nothing(FLUSH, "empty")),
            mutant("a flush switches no roots", KEPT, without(CACHED, "empty", "switchRoots")),
            mutant("a linked table is not brought in step", "unsync", without(CACHED, "obtain", "resync")),
            new Mutant("a page fault leaves the page known", MAY_SET, "unsync", nothing(CACHED, "faulted")),
            mutant(
                    "a reference outlives its instruction",
                    "perReference",
                    nothing(PER_REFERENCE, "instructionRetired")),
            // rights and marks
            mutant("accessed and dirty bits are not set", SHADOWS, nothing(COMMON + "$1", "write32")),
            mutant("the dirty bit comes late", SHADOWS, reads(COMMON, "look", "dirty", 1)),
            mutant("everything is the user's", SHADOWS, writes(COMMON, "look", "forUsers", 1)),
            mutant("CR0.WP=0 leaves a page the user's", SHADOWS, writes(COMMON, "look", "mayWrite", 1)),
            mutant(
                    "no page is kept from being executed",
                    SHADOWS,
                    reads(SHADOW + "TableFormat", "set", "noExecute", 0)),
            // the key of a cached shadow, component by component
            key("wp", ROLE),
            key("pse", ROLE),
            key("nx", ROLE),
            key("table", KEY),
            key("part", KEY),
            key("access", KEY),
            // nested tables
            mutant("a nested entry has an unknown memory type", "nested", constant(NESTED_TABLES, "map", 48, 16)),
            mutant("a large nested page covers foreign frames", "nested pages large", answer(NESTED, "contiguous", 1)),
            frames("a nested entry outlives its frame", "nested", without(NESTED, "lost", "drop")),
            // frames
            frames("nobody shoots the TLB down", "shadow | nested", nothing(SERVER, "shootDown")),
            frames("a shadow entry outlives its frame, flush", "flush", nothing(FLUSH, "forget")),
            frames("a shadow entry outlives its frame, cached", KEPT, nothing(CACHED, "forget")),
            frames("a reclaimed page comes back empty", "shadow | nested", without(FRAMES_OF_GUEST, "reclaim", "put")));

    /**
     * Components of the key that no program tells apart, and why: other components imply them, or no program changes them.
     */
    static final Map<String, String> UNTOLD = Map.of(
            "role", "its own components are told apart",
            "origin", "a directory leaves rights to its entries, and a piece is as large as a page: access differs",
            "pae", "tables of the formats lie apart, and one used by both differs in nx while EFER.NXE is 1",
            "paging", "without paging there are pieces alone",
            "kernelInRing3", "a kernel in ring 3 stays at home in these programs",
            "a20", "these programs leave A20 open");

    private MemoryMutants() {}

    private static Mutant mutant(String name, String settings, Edit edit) {
        return new Mutant(name, EQUIVALENCE, settings, edit);
    }

    private static Mutant frames(String name, String settings, Edit edit) {
        return new Mutant(name, FRAMES, settings, edit);
    }

    /** Two shadows that differ in nothing else are taken for one. */
    private static Mutant key(String component, String of) {
        return mutant("the key of a shadow lacks " + component, KEPT, ignores(of, component));
    }
}
