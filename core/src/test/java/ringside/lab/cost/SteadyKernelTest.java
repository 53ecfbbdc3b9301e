package ringside.lab.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.guest.ImageFile;
import ringside.guest.MultibootImage;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The reference kernel while its process computes in ring 3: paging on, the timer interrupting, nothing newly mapped. */
class SteadyKernelTest {
    private static final int RAM = 16 << 20;
    private static final long STARTED = 6_000_000, WATCHED = 6_000_000;
    private static final CpuModel MODEL = CpuModel.ofYear(2010);

    private static double cycles(String mode, String memory, Map<String, String> options) throws IOException {
        try (InputStream in = SteadyKernelTest.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            ImageFile file = new ImageFile("reference.elf", in.readAllBytes());
            VirtualMachine machine = Modes.create(
                    mode,
                    new VmSpec(
                            MODEL,
                            DeviceSettings.of(RAM),
                            List.of(),
                            MultibootImage.of(file, "work=sieve repeat=4000000000 ticks=1", List.of(), RAM),
                            "interpreter",
                            memory,
                            options));
            machine.run(STARTED);
            Map<String, Long> before = machine.activity().asMap();
            machine.run(WATCHED);
            Map<String, Double> work = new LinkedHashMap<>();
            machine.activity().asMap().forEach((event, count) -> work.put(event, (double) count - before.get(event)));
            assertThat(machine.retired()).isEqualTo(STARTED + WATCHED);
            assertThat(work.get("delivery") + work.getOrDefault("vmExit", 0.0) + work.getOrDefault("trap", 0.0))
                    .as("interrupts in " + mode)
                    .isPositive();
            return CostModel.of(MODEL).price(work).total();
        }
    }

    /** It loads CR3 at each tick, as kernels do that switch processes: shadow tables that are kept take no harm by it. */
    @Test
    void its_work_is_at_most_5_percent_more_than_bare_with_shadow_and_with_nested_tables() throws IOException {
        double bare = cycles("bare", "", Map.of());
        Map<String, String> kept = Map.of("policy", "cached");

        assertThat(List.of(
                        cycles("translated", "shadow", kept) / bare,
                        cycles("hardware", "shadow", kept) / bare,
                        cycles("hardware", "nested", Map.of()) / bare))
                .as("translated shadow, hardware shadow, hardware nested: work over bare")
                .allSatisfy(ratio -> assertThat(ratio).isBetween(1.0, 1.05));
    }
}
