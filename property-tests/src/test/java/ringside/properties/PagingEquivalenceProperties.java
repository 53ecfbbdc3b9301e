package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.guest.GuestImage;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.machine.paging.TlbShape;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingProgram;
import ringside.properties.paging.TableWriter;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.ServerMemory;

/** Page tables mean the same under every legal pair of mode and memory strategy, whatever the machine beneath is like. */
class PagingEquivalenceProperties {
    private static final int BUDGET = 12_000, AT_ONCE = 4;

    /** A kernel in ring 3 beside its users diverges at once where it goes to them: it stays at home then. */
    private static void alike(ServerSpec server, long seed, int pieces, boolean mayBeWide, List<Setting> settings) {
        boolean users = settings.stream().noneMatch(setting -> setting.options().containsKey("ring"));
        GuestImage guest = PagingProgram.of(seed, pieces, mayBeWide, users).image();
        ExperimentResult result = Experiment.run(
                new ExperimentSpec("page tables", server, guest, settings, List.of(), List.of(), BUDGET));
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(run.divergence())
                    .as(run.setting().label() + "\n" + result.text())
                    .isEmpty();
        }
    }

    private static ServerSpec server(CpuModel cpu, SplittableRandom random) {
        return new ServerSpec(cpu.year(), cpu, 6, 1, List.of(TableWriter.KIND), memory(random));
    }

    /** Frames laid out in any way, now and then too few of them; now and then a TLB that forgets. */
    private static ServerMemory memory(SplittableRandom random) {
        Layout layout = Layout.values()[random.nextInt(Layout.values().length)];
        ServerMemory memory = ServerMemory.DEFAULT.with(layout).withSeed(random.nextLong());
        if (!layout.inOnePiece() && random.nextInt(4) == 0) {
            memory = memory.withMib(2);
        }
        if (random.nextInt(4) == 0) {
            memory = memory.with(new TlbShape(16, 4, random.nextInt(3), random.nextBoolean(), random.nextLong()));
        }
        return memory;
    }

    /** Without unrestricted guest, and with. */
    private static CpuModel assisted(long seed) {
        return CpuModel.ofYear((seed & 1) == 0 ? 2008 : 2010);
    }

    @Property(tries = 80, seed = "20050104")
    void two_level_tables_mean_the_same(@ForAll long seed, @ForAll @IntRange(min = 1, max = 150) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        ServerSpec server = server(assisted(seed), random);
        alike(server, seed, pieces, false, MemorySettings.some(random, AT_ONCE));
    }

    @Property(tries = 80, seed = "20050105")
    void both_formats_and_switches_between_them_mean_the_same(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 150) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        ServerSpec server = server(assisted(seed), random);
        alike(server, seed, pieces, true, MemorySettings.some(random, AT_ONCE));
    }

    @Property(tries = 40, seed = "20050106")
    void tables_of_the_two_level_format_beneath_do_as_well(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 150) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        CpuModel narrow = CpuModel.ofYear(2010)
                .with(Feature.NX, false)
                .with(Feature.PAE, false)
                .with(Feature.VMX, false);
        List<Setting> settings = MemorySettings.some(random, AT_ONCE).stream()
                .filter(setting -> !setting.mode().equals("hardware"))
                .toList();
        alike(server(narrow, random), seed, pieces, false, settings);
    }
}
