package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import ringside.arch.CpuModel;
import ringside.lab.Attachment;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.NetworkSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.vmm.spi.RealDevices;

/**
 * No program can tell from its devices, their interrupts among them, that it works them past a VMM: registers, memory, the
 * trace of ports and the end are those of the bare machine, to the instruction.
 */
class PassthroughEquivalenceProperties {
    private static final String THROUGH = "passthrough";
    private static final ServerSpec SERVER = new ServerSpec(2008, CpuModel.ofYear(2008), 2, 1)
            .withAttachments(List.of(
                    new Attachment.Drive("d", 0, 1 << 20, Optional.empty()),
                    new Attachment.Adapter("n", 0, NetworkSpec.of("n"))))
            .with(new RealDevices(true, List.of("com1")));
    private static final List<Setting> SETTINGS = List.of(
            new Setting("bare").withDevices(THROUGH),
            new Setting("deprivileged").withDevices(THROUGH),
            new Setting("translated").withDevices(THROUGH),
            new Setting("hardware").withDevices(THROUGH),
            new Setting("hardware", "nested", "interpreter", new TreeMap<>()).withDevices(THROUGH));

    @Property(tries = 60, seed = "20070923")
    void a_program_that_works_real_devices_is_equivalent(
            @ForAll long seed, @ForAll @IntRange(min = 5, max = 120) int pieces) {
        ExperimentResult result = Experiment.run(new ExperimentSpec(
                "devices", SERVER, DeviceProgram.of(seed, pieces), SETTINGS, List.of(), List.of(), 300_000));

        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty() && run.controlled());
        Statistics.label("end").collect(result.runs().getFirst().stopped());
        Statistics.label("interrupted").collect(result.runs().getLast().exits().getOrDefault("interrupt", 0L) > 0);
    }
}
