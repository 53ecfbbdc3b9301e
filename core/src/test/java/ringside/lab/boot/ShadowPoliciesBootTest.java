package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.ImageFile;
import ringside.lab.Setting;

/** A kernel that forks and maps on demand says the same whatever shadow tables are under it. */
class ShadowPoliciesBootTest {
    private static final String WORK = "work=demand,fork";

    private static String console(String image, Setting setting, String cpu) throws IOException {
        try (InputStream in = ShadowPoliciesBootTest.class.getResourceAsStream("/ringside/guests/" + image)) {
            ImageFile kernel = new ImageFile(image, in.readAllBytes());
            BootRequest request = BootRequest.of(BootImages.kernel(kernel, WORK))
                    .withSetting(setting)
                    .withCpu(CpuModel.named(cpu).orElseThrow());
            return Boot.run(request, Boot.Output.NONE).console();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "deprivileged, cached, pentium4-nx",
        "deprivileged, unsync, pentium4-nx",
        "deprivileged, cached, pentium4",
        "deprivileged, unsync, 486",
        "translated, cached, pentium4-nx",
        "translated, unsync, pentium4-nx",
        "hardware, cached, core2",
        "hardware, unsync, core2"
    })
    void a_kernel_that_forks_ends_alike(String mode, String policy, String cpu) throws IOException {
        String bare = console("reference.elf", new Setting("bare"), cpu);
        assertThat(console("reference.elf", new Setting(mode).with("policy", policy), cpu))
                .isEqualTo(bare)
                .contains("\nfork: ");
    }

    @ParameterizedTest
    @CsvSource({"cached", "unsync"})
    void a_ported_kernel_ends_alike(String policy) throws IOException {
        Setting plain = new Setting("paravirtual");
        assertThat(console("reference-pv.elf", plain.with("policy", policy), "pentium4-nx"))
                .isEqualTo(console("reference-pv.elf", plain, "pentium4-nx"))
                .contains("\nfork: ");
    }
}
