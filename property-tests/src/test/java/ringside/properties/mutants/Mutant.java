package ringside.properties.mutants;

import java.util.ArrayList;
import java.util.List;

/**
 * A bug of a VMM.
 *
 * @param name short, as a test reports it
 * @param trial which random programs should find it
 * @param settings under which of the pairs of mode and memory strategy it shows: words of {@link
 *     ringside.lab.Setting#label}, all of which a pair's label has; several such, separated by {@code |}
 * @param edit how it comes about
 */
record Mutant(String name, Trial trial, String settings, Edit edit) {
    /** What is tried. */
    enum Trial {
        /** Programs that flush what they change, beside the bare machine. */
        EQUIVALENCE,
        /** Programs that do not, judged by the translations that their tables held. */
        MAY_SET,
        /** The former, with frames that come and go. */
        FRAMES,
        /** Lives of ported guests whose own page tables are in force, beside a model of the types of frames. */
        TYPES
    }

    @Override
    public String toString() {
        return name;
    }

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>(MemoryMutants.ALL);
        all.addAll(DirectMutants.ALL);
        return all;
    }
}
