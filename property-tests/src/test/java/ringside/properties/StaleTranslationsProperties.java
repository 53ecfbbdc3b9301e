package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.machine.paging.TlbShape;
import ringside.properties.paging.MaySetJudge;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingProgram;
import ringside.properties.paging.TableWriter;
import ringside.vmm.spi.ServerMemory;

/** Guests that do not flush what they change: the manual leaves open what they see, but not everything. */
class StaleTranslationsProperties {
    private static final int BUDGET = 6_000;

    private static void judged(PagingProgram program, Setting setting, ServerMemory memory) {
        ServerSpec server = new ServerSpec(2010, CpuModel.ofYear(2010), 6, 1, List.of(TableWriter.KIND), memory);
        ExperimentSpec spec = new ExperimentSpec(
                "stale translations", server, program.image(), List.of(), List.of(), List.of(), BUDGET);
        Optional<String> verdict = new MaySetJudge(spec.machine(setting)).judge(BUDGET);
        assertThat(verdict).as(setting.label()).isEmpty();
    }

    private static ServerMemory withTlb(SplittableRandom random) {
        return ServerMemory.DEFAULT.with(
                new TlbShape(8 << random.nextInt(4), 4, random.nextInt(3), random.nextBoolean(), random.nextLong()));
    }

    @Property(tries = 25, seed = "20050108")
    @Label("stale translations: bare, with and without the model of a TLB")
    void the_bare_machine_uses_only_what_its_tables_held(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 120) int pieces, @ForAll boolean mayBeWide) {
        PagingProgram program = PagingProgram.withoutFlushes(seed, pieces, mayBeWide, true);
        judged(program, new Setting("bare"), ServerMemory.DEFAULT);
        judged(program, new Setting("bare"), withTlb(new SplittableRandom(seed)));
    }

    @Property(tries = 40, seed = "20050109")
    @Label("stale translations: every pair of mode and memory strategy")
    void every_pair_uses_only_what_the_guests_tables_held(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 120) int pieces, @ForAll boolean mayBeWide) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Setting> settings = new ArrayList<>(MemorySettings.all());
        Setting setting = settings.get(random.nextInt(settings.size()));
        boolean users = !setting.options().containsKey("ring");
        PagingProgram program = PagingProgram.withoutFlushes(seed, pieces, mayBeWide, users);
        judged(program, setting, random.nextInt(4) == 0 ? withTlb(random) : ServerMemory.DEFAULT);
    }
}
