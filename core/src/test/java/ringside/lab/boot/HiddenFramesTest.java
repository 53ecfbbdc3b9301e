package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.ImageFile;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** No guest can tell which frames it has, nor that they are taken away, brought back or shared under it. */
class HiddenFramesTest {
    private static final int RAM = 8 << 20;
    private static final long BUDGET = 40_000_000;

    private static VmSpec spec(String append) throws IOException {
        return spec("reference.elf", "", append);
    }

    private static VmSpec spec(String file, String memory, String append) throws IOException {
        try (InputStream in = HiddenFramesTest.class.getResourceAsStream("/ringside/guests/" + file)) {
            ImageFile kernel = new ImageFile(file, in.readAllBytes());
            return new VmSpec(
                    CpuModel.ofYear(2006),
                    DeviceSettings.of(RAM),
                    List.of(),
                    BootImages.kernel(kernel, append).guest(RAM),
                    "interpreter",
                    memory,
                    Map.of());
        }
    }

    private static String console(VirtualMachine machine) {
        return machine.board().platform().console("com1").text();
    }

    private static String bare(String append) throws IOException {
        VirtualMachine machine = Modes.create("bare", spec(append));
        machine.run(BUDGET);
        return console(machine);
    }

    @ParameterizedTest
    @CsvSource({"deprivileged,lazy", "deprivileged,contiguous", "translated,lazy", "hardware,lazy", "hardware,scattered"
    })
    void every_layout_looks_the_same(String mode, String layout) throws IOException {
        ServerMemory memory = ServerMemory.DEFAULT.with(Layout.named(layout));
        VirtualMachine machine = Modes.create(mode, spec("work=demand").on(memory));
        machine.run(BUDGET);
        assertThat(console(machine)).isEqualTo(bare("work=demand")).contains("\ndemand: ");
    }

    @ParameterizedTest
    @CsvSource({"deprivileged", "translated", "hardware"})
    void frames_come_and_go_under_a_running_guest(String mode) throws IOException {
        assertUndisturbed(mode, spec("work=demand,fork"), "work=demand,fork");
    }

    @ParameterizedTest
    @CsvSource({"shadow", "perReference"})
    void they_do_under_a_ported_one_while_the_vmm_keeps_the_tables(String memory) throws IOException {
        assertUndisturbed("paravirtual", spec("reference-pv.elf", memory, "work=demand"), "work=demand");
    }

    @Test
    void those_that_a_kernel_reads_in_its_own_tables_stay() throws IOException {
        VmSpec spec =
                spec("reference-pv.elf", "direct", "work=demand,fork").on(ServerMemory.DEFAULT.with(Layout.ONE_TO_ONE));
        MachineMemory host = PhysicalServer.machineFor(spec);
        VirtualMachine machine =
                Modes.create("paravirtual", spec.on(spec.machine().on(host)));
        Stop stop = machine.run(20_011);
        while (stop instanceof Stop.Budget && machine.retired() < BUDGET) {
            for (int page = 0; page < RAM; page += 17 * 4096) {
                host.guest(0).reclaim(page);
            }
            host.shareEqualPages();
            stop = machine.run(200_011);
        }
        assertThat(console(machine)).isEqualTo(bare("work=demand,fork"));
    }

    private static void assertUndisturbed(String mode, VmSpec spec, String work) throws IOException {
        MachineMemory host = PhysicalServer.machineFor(spec);
        VirtualMachine machine = Modes.create(mode, spec.on(ServerMemory.DEFAULT.on(host)));
        SplittableRandom random = new SplittableRandom(5);
        long goal = BUDGET;
        Stop stop = new Stop.Budget();
        for (int round = 0; stop instanceof Stop.Budget && machine.retired() < goal; round++) {
            stop = machine.run(20_011);
            if (round % 8 == 0) {
                host.shareEqualPages();
            }
            for (int i = 0; i < 40; i++) {
                host.guest(0).reclaim(random.nextInt(RAM) & -4096);
            }
        }
        assertThat(console(machine)).isEqualTo(bare(work));
        assertThat(host.guest(0).census().broughtBack()).isPositive();
    }

    @Test
    void two_guests_of_one_kernel_share_frames_and_stay_apart() throws IOException {
        VmSpec spec = spec("work=demand");
        MachineMemory host = PhysicalServer.machineFor(spec, spec);
        VirtualMachine one = Modes.create("deprivileged", spec.on(ServerMemory.DEFAULT.on(host)));
        VirtualMachine two = Modes.create("hardware", spec.on(ServerMemory.DEFAULT.on(host)));
        String alone = bare("work=demand");
        boolean merged = false;
        for (int round = 0; round < 400; round++) {
            one.run(30_000);
            two.run(50_000);
            if (round % 5 == 0) {
                merged |= host.shareEqualPages().merged() > 0;
            }
        }
        assertThat(merged).isTrue();
        assertThat(console(one)).isEqualTo(alone);
        assertThat(console(two)).isEqualTo(alone);
    }
}
