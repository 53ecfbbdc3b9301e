package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Example;
import ringside.arch.CpuModel;

/**
 * What betrays to a kernel that it is deprivileged, found by trying every instruction, is what the literature lists: no
 * less, and no more.
 */
class SilentInstructionsProperties {
    private static final long SEED = 20050103;
    private static final int EACH = 16, MOST_PASSES = 12;
    private static final CpuModel OF_2004 = CpuModel.ofYear(2004);

    /** They read what is the VMM's; CR4.UMIP makes them trap. */
    private static final SortedSet<String> STORES = set("sgdt sidt sldt str smsw");

    /** They show or judge by the real ring, or act on real flags. */
    private static final SortedSet<String> RINGS =
            set("pushf popf lar lsl verr verw mov push pop lds les lfs lgs lss call jmp retf iret");

    private static final SortedSet<String> SILENT = union(STORES, RINGS);

    private static SortedSet<String> set(String words) {
        return new TreeSet<>(java.util.Arrays.asList(words.split(" ")));
    }

    private static SortedSet<String> union(SortedSet<String> a, SortedSet<String> b) {
        SortedSet<String> both = new TreeSet<>(a);
        both.addAll(b);
        return both;
    }

    /** Passes, each of which draws every mnemonic, until all of {@code expected} were found or nobody would wait longer. */
    private static SortedSet<String> found(SortedSet<String> expected, Map<String, String> options) {
        RingFuzzer fuzzer = new RingFuzzer(OF_2004, options);
        for (int pass = 0; pass < MOST_PASSES && !fuzzer.culprits().equals(expected); pass++) {
            fuzzer.run(SEED + pass, EACH);
            assertThat(fuzzer.culprits()).isSubsetOf(expected);
        }
        assertThat(fuzzer.alive()).as("share of instructions that complete").isGreaterThan(0.6);
        return fuzzer.culprits();
    }

    @Example
    void in_ring_1_the_silent_ones_are_those_of_the_list() {
        assertThat(found(SILENT, Map.of())).isEqualTo(SILENT);
    }

    @Example
    void reflected_faults_add_int_alone() {
        SortedSet<String> expected = union(SILENT, set("int"));
        assertThat(found(expected, Map.of("onFault", "reflect"))).isEqualTo(expected);
    }

    @Example
    void in_ring_3_the_silent_ones_are_the_same() {
        assertThat(found(SILENT, Map.of("ring", "3"))).isEqualTo(SILENT);
    }

    @Example
    void umip_leaves_only_what_depends_on_the_ring() {
        RingFuzzer fuzzer = new RingFuzzer(CpuModel.ofYear(2019), Map.of("umip", "on")).run(SEED, EACH / 2);
        assertThat(fuzzer.culprits()).isNotEmpty().isSubsetOf(RINGS);
    }
}
