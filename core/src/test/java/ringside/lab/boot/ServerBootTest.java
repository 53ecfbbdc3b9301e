package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.ImageFile;
import ringside.lab.Setting;

/** The reference kernel in several virtual machines of one server, in different modes. */
class ServerBootTest {
    private static final String WORK = "work=demand,fork,pagefault,protection,ticks ticks=4";

    private static BootRequest request(String kernel, String mode) throws IOException {
        try (InputStream in = ServerBootTest.class.getResourceAsStream("/ringside/guests/" + kernel)) {
            return BootRequest.of(BootImages.kernel(new ImageFile(kernel, in.readAllBytes()), WORK))
                    .withSetting(new Setting(mode))
                    .withCpu(CpuModel.ofYear(2008));
        }
    }

    private static ServerBoot.Vm vm(String name, String mode) throws IOException {
        String kernel = mode.equals("paravirtual") ? "reference-pv.elf" : "reference.elf";
        return new ServerBoot.Vm(name, request(kernel, mode), 1, Optional.empty());
    }

    private static ServerBootReport boot(String scheduler, int processors) throws IOException {
        List<ServerBoot.Vm> vms =
                List.of(vm("assisted", "hardware"), vm("translated", "translated"), vm("ported", "paravirtual"));
        return ServerBoot.run(
                new ServerBoot.Request(vms, scheduler, processors, 200_000_000, Optional.empty()),
                name -> Boot.Output.NONE);
    }

    @ParameterizedTest
    @CsvSource({"roundRobin, 1", "weighted, 2"})
    void each_kernel_says_what_it_says_alone_and_comes_to_its_end(String scheduler, int processors) throws IOException {
        String alone = Boot.run(request("reference.elf", "bare"), Boot.Output.NONE)
                .console()
                .lines()
                .filter(line -> !line.contains("ticks"))
                .toList()
                .toString();
        ServerBootReport report = boot(scheduler, processors);
        assertThat(report.done()).as(report.text()).isTrue();
        assertThat(report.vms()).allSatisfy(vm -> {
            List<String> said = vm.report()
                    .console()
                    .lines()
                    .filter(line -> !line.contains("ticks"))
                    .toList();
            assertThat(said.toString()).as(vm.name()).isEqualTo(alone);
            assertThat(vm.run()).isEqualTo(vm.report().instructions());
        });
        long run = report.vms().stream().mapToLong(ServerBootReport.Vm::run).sum();
        assertThat(run + report.unused()).isEqualTo(processors * report.machineTime());
    }

    @Test
    void a_server_without_time_for_all_says_who_had_not_ended() throws IOException {
        List<ServerBoot.Vm> vms = List.of(vm("a", "hardware"), vm("b", "hardware"));
        ServerBootReport report = ServerBoot.run(
                new ServerBoot.Request(vms, "roundRobin", 1, 300_000, Optional.empty()), name -> Boot.Output.NONE);
        assertThat(report.done()).isFalse();
        assertThat(report.vms()).allSatisfy(vm -> {
            assertThat(vm.report().stopped()).isEqualTo("budget");
            assertThat(vm.run() + vm.steal() + vm.idle()).isEqualTo(300_000);
        });
        assertThat(report.text()).contains("budget: 3 ms of machine time");
    }

    @Test
    void an_image_that_is_none_is_refused_before_anything_runs() throws IOException {
        BootRequest empty = BootRequest.of(BootImages.kernel(new ImageFile("x", new byte[16]), ""));
        List<ServerBoot.Vm> vms = List.of(vm("a", "hardware"), new ServerBoot.Vm("b", empty, 1, Optional.empty()));
        assertThatThrownBy(() -> ServerBoot.run(
                        new ServerBoot.Request(vms, "roundRobin", 1, 300_000, Optional.empty()),
                        name -> Boot.Output.NONE))
                .hasMessageContaining("x");
    }
}
