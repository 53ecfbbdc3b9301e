package ringside.vmm.mode.translated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.MultibootImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.ExitPort;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The reference kernel under binary translation: every port access at the very tick of the bare machine. */
class TranslatedModeTest {
    private static final int RAM = 16 << 20;
    private static final long BUDGET = 300_000_000L;

    private static VmSpec spec(Map<String, String> options) throws IOException {
        return new VmSpec(
                CpuModel.named("core2").orElseThrow(),
                DeviceSettings.of(RAM).withExit(0xf4, ExitPort.Coding.PLAIN),
                List.of(),
                referenceKernel(),
                "interpreter",
                "",
                options);
    }

    private static GuestImage referenceKernel() throws IOException {
        try (InputStream in = TranslatedModeTest.class.getResourceAsStream("/ringside/guests/reference.elf")) {
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

    private static String firstDifference(List<String> expected, List<String> observed) {
        for (int i = 0; i < Math.max(expected.size(), observed.size()); i++) {
            String there = i < expected.size() ? expected.get(i) : "nothing";
            String here = i < observed.size() ? observed.get(i) : "nothing";
            if (!there.equals(here)) {
                return "access " + i + ": " + there + ", but " + here;
            }
        }
        return "";
    }

    @ParameterizedTest
    @CsvSource({
        "translated, on, cache, 1024K",
        "direct, on, cache, 1024K",
        "direct, on, callout, 8K",
        "translated, off, trap, 64K",
        "translated, on, cache, 8K"
    })
    void the_reference_kernel_cannot_tell_translation_from_the_bare_machine(
            String user, String chaining, String emulation, String cache) throws IOException {
        Map<String, String> options =
                Map.of("user", user, "chaining", chaining, "emulation", emulation, "cache", cache);
        VirtualMachine bare = Modes.create("bare", spec(Map.of()));
        TranslatedMachine translated = (TranslatedMachine) Modes.create("translated", spec(options));
        List<String> expected = trace(bare);
        List<String> observed = trace(translated);

        Stop bareStop = bare.run(BUDGET);
        Stop translatedStop = translated.run(BUDGET);

        assertThat(bareStop).isEqualTo(new Stop.Requested("exit-port", 0));
        assertThat(firstDifference(expected, observed)).isEmpty();
        assertThat(expected).hasSizeGreaterThan(300);
        assertThat(translatedStop).isEqualTo(bareStop);
        assertThat(translated.retired()).isEqualTo(bare.retired());
    }
}
