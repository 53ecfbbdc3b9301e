package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.lab.road.HeatMap;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingProgram;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.VirtualMachine;

/** Every exit and every hidden fault is laid to an instruction, once; the sums are those that the machine counted. */
class HeatProperties {
    private static final int BUDGET = 4000;

    @Property(tries = 80, seed = "20260303")
    void the_heat_sums_to_the_counters(@ForAll long seed, @ForAll @IntRange(min = 1, max = 80) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        Setting setting = MemorySettings.some(random, 1).get(1);
        boolean users = !setting.options().containsKey("ring");
        GuestImage guest = PagingProgram.of(seed, pieces, true, users).image();
        ServerSpec server = new ServerSpec(2010, CpuModel.ofYear(2010), 6, 1);
        VirtualMachine machine = ExperimentSpec.of(guest, server).machine(setting);
        machine.run(BUDGET);
        Heat heat = machine.heat().orElseThrow();

        assertThat(heat.exits())
                .as(setting.label())
                .isEqualTo(present(machine.exits().asMap()));
        assertThat(sum(heat.hidden().values())).isEqualTo(machine.counters().get("hiddenFaults"));
        long all = machine.exits().total() + machine.counters().get("hiddenFaults");
        List<HeatMap.Spot> spots = new HeatMap(heat, guest).spots();
        assertThat(spots.stream().mapToLong(HeatMap.Spot::total).sum()).isEqualTo(all);
        assertThat(sum(heat.codePages().values())).isEqualTo(all);
        assertThat(sum(heat.touchedPages().values())).isLessThanOrEqualTo(all);
        assertThat(sum(heat.faultedPages().values())).isEqualTo(machine.exits().get("#PF"));
    }

    private static Map<String, Long> present(Map<String, Long> counts) {
        Map<String, Long> present = new TreeMap<>(counts);
        present.values().removeIf(count -> count == 0);
        return present;
    }

    private static long sum(Iterable<Long> counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
