package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import ringside.arch.CpuModel;
import ringside.isa.Attribute;
import ringside.isa.InsnGenerator;
import ringside.isa.Row;
import ringside.isa.table.InstructionTable;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;

/** No program can tell binary translation from the bare machine, whatever sensitive instructions it contains. */
class TranslatedEquivalenceProperties {
    private static final int BUDGET = 3_000;
    private static final ServerSpec SERVER = new ServerSpec(2004, CpuModel.ofYear(2004), 2, 1);
    private static final List<Setting> SETTINGS = List.of(
            new Setting("bare"),
            new Setting("translated").with("user", "translated"),
            new Setting("translated")
                    .with("user", "translated")
                    .with("emulation", "callout")
                    .with("cache", "8K"));

    private static final List<Row> ALL = InstructionTable.ROWS.stream()
            .filter(row -> !row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS))
            .toList();

    @Provide
    Arbitrary<List<InsnGenerator.Draft>> anything() {
        return Combinators.combine(Arbitraries.of(ALL), Arbitraries.longs())
                .as((row, seed) -> new InsnGenerator(new SplittableRandom(seed)).draft(row, 32))
                .list()
                .ofMinSize(1)
                .ofMaxSize(24);
    }

    @Property(tries = 200, seed = "20061021")
    void a_program_of_any_instructions_is_equivalent(
            @ForAll("anything") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        ExperimentResult result = Experiment.run(new ExperimentSpec(
                "random program", SERVER, SlottedGuest.of(drafts, seed), SETTINGS, List.of(), List.of(), BUDGET));
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }
}
