package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.isa.Attribute;
import ringside.isa.InsnGenerator;
import ringside.isa.Row;
import ringside.isa.table.InstructionTable;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;

/** No program can tell hardware assist from the bare machine, in protected mode or in real mode. */
class HardwareEquivalenceProperties {
    private static final int BUDGET = 3_000;
    private static final ServerSpec SERVER =
            new ServerSpec(2010, CpuModel.named("westmere").orElseThrow(), 2, 1);
    private static final List<Setting> SETTINGS = List.of(
            new Setting("bare"),
            new Setting("hardware"),
            new Setting("hardware", "nested", "interpreter", new TreeMap<>()),
            new Setting("hardware", "nested", "interpreter", new TreeMap<>())
                    .with("format", "npt")
                    .with("pages", "large"));

    private static final List<Row> ALL = InstructionTable.ROWS.stream()
            .filter(row -> !row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS))
            .toList();

    @Provide
    Arbitrary<List<InsnGenerator.Draft>> code32() {
        return drafts(32);
    }

    @Provide
    Arbitrary<List<InsnGenerator.Draft>> code16() {
        return drafts(16);
    }

    private static Arbitrary<List<InsnGenerator.Draft>> drafts(int codeBits) {
        return Combinators.combine(Arbitraries.of(ALL), Arbitraries.longs())
                .as((row, seed) -> new InsnGenerator(new SplittableRandom(seed)).draft(row, codeBits))
                .list()
                .ofMinSize(1)
                .ofMaxSize(24);
    }

    @Property(tries = 100, seed = "20051114")
    void a_program_of_any_instructions_is_equivalent(
            @ForAll("code32") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        isEquivalent(SlottedGuest.of(drafts, seed));
    }

    @Property(tries = 150, seed = "20051115")
    void a_real_mode_program_of_any_instructions_is_equivalent(
            @ForAll("code16") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        isEquivalent(RealGuest.of(drafts, seed));
    }

    private static void isEquivalent(GuestImage guest) {
        ExperimentResult result = Experiment.run(
                new ExperimentSpec("random program", SERVER, guest, SETTINGS, List.of(), List.of(), BUDGET));
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
        Statistics.label("end").collect(result.runs().getFirst().stopped());
    }
}
