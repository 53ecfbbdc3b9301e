package ringside.properties.mutants;

import static ringside.properties.mutants.Edit.answer;
import static ringside.properties.mutants.Edit.constant;
import static ringside.properties.mutants.Edit.nothing;
import static ringside.properties.mutants.Edit.reads;
import static ringside.properties.mutants.Edit.without;

import java.util.List;

/** Bugs of direct paging: a rule about the types of frames that is not kept. */
final class DirectMutants {
    private static final String DIRECT = "ringside.vmm.memory.direct.";
    private static final String TYPES = DIRECT + "FrameTypes", ENTRIES = DIRECT + "TableEntries";
    private static final String MEMORY = DIRECT + "DirectMemory";

    static final List<Mutant> ALL = List.of(
            // what an entry may say
            mutant("a table may be mapped for writing", answer(TYPES, "isReadOnly", 0)),
            mutant("a large page is taken for a table", constant(TYPES, "takeEntry", 0x80, 0)),
            mutant("a global page is let pass", constant(TYPES, "takeEntry", 0x180, 0)),
            mutant("an entry may lead to nothing", answer(TYPES, "isSomething", 1)),
            mutant("the VMM's slot may be used", constant(TYPES, "takeEntry/replacement", 1023, -1)),
            // what may become a table
            mutant("what is mapped for writing may become a table", answer(TYPES, "isWritten", 0)),
            mutant("a descriptor table may become a page table", answer(ENTRIES, "describes", 0)),
            mutant("what is in use may become anything", answer(TYPES, "inUse", 0)),
            mutant("the first tables may map themselves for writing", nothing(TYPES, "seal")),
            mutant("a new table stays in the TLB", without(MEMORY, "entering", "empty")),
            // counts and pins
            mutant("a table that was replaced stays counted", without(TYPES, "update", "dropEntry")),
            mutant("a refused table leaves counts behind", without(TYPES, "takeEntries", "dropEntries")),
            mutant("a page may be unpinned twice", reads(TYPES, "unpin", "pinned", 1)),
            mutant("a page may be pinned twice", reads(TYPES, "pin", "pinned", 0)),
            // what a table holds, and where
            mutant("what a device wrote into a table stays", without(MEMORY, "entering", "undoWrites")),
            mutant("a page that is a table no more keeps MAs", nothing(ENTRIES, "restore")),
            mutant("the frame of a table may be taken", answer(TYPES, "shows", 0)));

    private DirectMutants() {}

    private static Mutant mutant(String name, Edit edit) {
        return new Mutant(name, Mutant.Trial.TYPES, "direct", edit);
    }
}
