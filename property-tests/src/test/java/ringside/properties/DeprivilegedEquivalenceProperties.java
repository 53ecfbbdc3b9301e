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
import ringside.isa.Sensitivity;
import ringside.isa.table.InstructionTable;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;

/** Programs without an instruction that is sensitive and yet does not trap cannot tell ring 1 from ring 0. */
class DeprivilegedEquivalenceProperties {
    private static final int BUDGET = 3_000;
    private static final ServerSpec SERVER = new ServerSpec(2004, CpuModel.ofYear(2004), 2, 1);
    private static final List<Setting> SETTINGS = List.of(
            new Setting("bare"),
            new Setting("deprivileged"),
            new Setting("deprivileged").with("onFault", "reflect"),
            new Setting("deprivileged").with("ring", "3"));

    private static final List<Row> TRAPPING_OR_INNOCUOUS = InstructionTable.ROWS.stream()
            .filter(row -> row.kind() != Sensitivity.UNPRIVILEGED && !row.is(Attribute.FLOATING))
            .filter(row -> !row.is(Attribute.ALIAS))
            .toList();

    private static final List<Row> ALL = InstructionTable.ROWS.stream()
            .filter(row -> !row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS))
            .toList();

    @Provide
    Arbitrary<List<InsnGenerator.Draft>> harmless() {
        return drafts(TRAPPING_OR_INNOCUOUS);
    }

    @Provide
    Arbitrary<List<InsnGenerator.Draft>> anything() {
        return drafts(ALL);
    }

    private static Arbitrary<List<InsnGenerator.Draft>> drafts(List<Row> rows) {
        return Combinators.combine(Arbitraries.of(rows), Arbitraries.longs())
                .as((row, seed) -> new InsnGenerator(new SplittableRandom(seed)).draft(row, 32))
                .list()
                .ofMinSize(1)
                .ofMaxSize(24);
    }

    private static ExperimentResult run(List<InsnGenerator.Draft> drafts, long seed) {
        return Experiment.run(new ExperimentSpec(
                "random program", SERVER, SlottedGuest.of(drafts, seed), SETTINGS, List.of(), List.of(), BUDGET));
    }

    @Property(tries = 150, seed = "20050103")
    void a_program_without_an_unprivileged_sensitive_instruction_is_equivalent(
            @ForAll("harmless") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        ExperimentResult result = run(drafts, seed);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    @Property(tries = 100, seed = "20050103")
    void whatever_a_program_contains_only_a_listed_instruction_is_ever_blamed(
            @ForAll("anything") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        ExperimentResult result = run(drafts, seed);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run ->
                        run.divergence().isEmpty() || run.divergence().get().listed());
    }
}
