package ringside.vmm.mode.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.MultibootImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.ExitPort;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The reference kernel under hardware assist: every port access at the very tick of the bare machine. */
class HardwareModeTest {
    private static final int RAM = 16 << 20;
    private static final long BUDGET = 300_000_000L;

    private static VmSpec spec(String model) throws IOException {
        return new VmSpec(
                CpuModel.named(model).orElseThrow(),
                DeviceSettings.of(RAM).withExit(0xf4, ExitPort.Coding.PLAIN),
                List.of(),
                referenceKernel(),
                "interpreter",
                "",
                Map.of());
    }

    private static GuestImage referenceKernel() throws IOException {
        try (InputStream in = HardwareModeTest.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            return MultibootImage.of(
                    new ImageFile("reference.elf", in.readAllBytes()), "work=sieve,fork ticks=5", List.of(), RAM);
        }
    }

    private static List<String> trace(VirtualMachine vm) {
        List<String> accesses = new ArrayList<>();
        vm.board()
                .platform()
                .ports()
                .trace((write, bits, port, value) -> accesses.add("%s%d %x %x at %d"
                        .formatted(
                                write ? "out" : "in",
                                bits,
                                port,
                                value,
                                vm.board().platform().clock().now())));
        return accesses;
    }

    @Test
    void the_reference_kernel_cannot_tell_hardware_assist_from_the_bare_machine() throws IOException {
        VirtualMachine bare = Modes.create("bare", spec("core2"));
        VirtualMachine assisted = Modes.create("hardware", spec("core2"));
        List<String> expected = trace(bare);
        List<String> observed = trace(assisted);

        Stop bareStop = bare.run(BUDGET);
        Stop assistedStop = assisted.run(BUDGET);

        assertThat(bareStop).isEqualTo(new Stop.Requested("exit-port", 0));
        assertThat(assistedStop).isEqualTo(bareStop);
        assertThat(observed).isEqualTo(expected).hasSizeGreaterThan(300);
        assertThat(assisted.retired()).isEqualTo(bare.retired());
        assertThat(assisted.counters().get("interpreted")).isZero();
        assertThat(assisted.counters().get("emulated")).isLessThan(assisted.retired() / 1000);
    }

    @Test
    void whoever_looks_on_costs_the_guest_nothing() throws IOException {
        VirtualMachine watched = Modes.create("hardware", spec("core2"));
        VirtualMachine alone = Modes.create("hardware", spec("core2"));

        for (int i = 0; i < 100; i++) {
            watched.run(1_000);
            assertThat(watched.retired()).isEqualTo((i + 1) * 1_000);
            watched.state();
        }
        alone.run(100_000);

        assertThat(watched.activity().get("vmExit")).isPositive();
        assertThat(watched.activity()).hasToString(alone.activity().toString());
    }

    @Test
    void a_server_without_vmx_is_refused_with_the_reason() throws IOException {
        VmSpec spec = spec("pentium4-nx");

        assertThatThrownBy(() -> Modes.create("hardware", spec))
                .isInstanceOf(RingsideException.class)
                .hasMessage("the processor pentium4-nx has no VMX, which mode hardware needs;"
                        + " ask for a server of 2005 or later, or vmx true");
    }
}
