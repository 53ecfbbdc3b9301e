package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import ringside.arch.CpuModel;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.properties.ported.PortedSettings;
import ringside.properties.ported.TableProgram;
import ringside.properties.ported.TableSteps;
import ringside.vmm.Modes;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.ServerMemory;

/** Page tables of a ported kernel mean what those of its bare form do, whoever keeps them and wherever memory lies. */
class PortedPagingProperties {
    private static final int BUDGET = 200_000;

    private static ExperimentResult alike(TableSteps program, List<Setting> settings, Layout layout, long seed) {
        CpuModel cpu = CpuModel.ofYear((seed & 1) == 0 ? 2004 : 2008);
        ServerSpec server = new ServerSpec(
                cpu.year(),
                cpu,
                16,
                1,
                List.of(),
                ServerMemory.DEFAULT.with(layout).withSeed(seed));
        ExperimentResult result = Experiment.run(
                new ExperimentSpec("page tables", server, program.image(), settings, List.of(), List.of(), BUDGET));
        ExperimentResult.Run bare = result.runs().getFirst();
        assertThat(bare.stopped()).isEqualTo("halt");
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(run.divergence())
                    .as(() -> run.setting().label() + " frames " + layout.word() + "\n" + listing(program)
                            + result.text())
                    .isEmpty();
        }
        return result;
    }

    private static String listing(TableSteps program) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, program.size())
                .forEach(i -> text.append(i).append(' ').append(program.text(i)).append('\n'));
        return text.toString();
    }

    private static Layout layout(SplittableRandom random) {
        return Layout.values()[random.nextInt(Layout.values().length)];
    }

    @Property(tries = 70, seed = "20030061")
    void a_kernel_that_asks_for_every_change_cannot_tell_who_keeps_its_tables(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 150) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        Layout layout = layout(random);
        boolean oneToOne = layout == Layout.ONE_TO_ONE || layout == Layout.SCATTERED;
        TableSteps program = TableProgram.of(seed, pieces, false, oneToOne);
        ExperimentResult result = alike(
                program, PortedSettings.some(random, Modes.named("paravirtual").memories()), layout, seed);
        Setting setting = result.runs().getLast().setting();
        Map<String, Long> direct = result.runs().getLast().counters();
        assertThat(setting.memory()).isEqualTo("direct");
        // a start asks for fast traps, wherever they are
        long fastTraps = setting.options().get("systemCalls").equals("bounced") ? 1 : 0;
        assertThat(direct.get("refused")).as(() -> listing(program)).isEqualTo(fastTraps);
        Statistics.label("frames").collect(layout);
        Statistics.label("true faults")
                .collect(direct.getOrDefault("trueFaults", 0L) >= 3)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        Statistics.label("entries")
                .collect(direct.getOrDefault("pageTableEntries", 0L) >= 20)
                .coverage(c -> c.check(true).percentage(p -> p > 45));
    }

    @Property(tries = 60, seed = "20030062")
    void one_that_writes_its_tables_itself_cannot_where_they_are_its_own_to_write(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 150) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        alike(
                TableProgram.of(seed, pieces, true, false),
                PortedSettings.some(random, List.of("shadow", "perReference")),
                layout(random),
                seed);
    }
}
