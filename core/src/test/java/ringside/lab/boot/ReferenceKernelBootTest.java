package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.guest.ImageFile;
import ringside.lab.Setting;

/** The reference kernel in each mode: what its console says, to the byte. */
class ReferenceKernelBootTest {
    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ReferenceKernelBootTest.class.getResourceAsStream("/ringside/guests/" + name)) {
            return in.readAllBytes();
        }
    }

    private static String expected(String name) throws IOException {
        return new String(resource(name), StandardCharsets.UTF_8);
    }

    private static BootReport boot(Setting setting, String append) throws IOException {
        ImageFile kernel = new ImageFile("reference.elf", resource("reference.elf"));
        return Boot.run(BootRequest.of(BootImages.kernel(kernel, append)).withSetting(setting), Boot.Output.NONE);
    }

    @Test
    void bare_it_retires_the_same_count_each_time() throws IOException {
        BootReport report = boot(new Setting("bare"), "work=demand,fork");
        assertThat(boot(new Setting("bare"), "work=demand,fork").instructions()).isEqualTo(report.instructions());
    }

    @Test
    void deprivileged_it_reaches_ring_3_and_then_gets_no_more_timer_ticks() throws IOException {
        BootReport report = boot(new Setting("deprivileged"), "");
        assertThat(report.console()).isEqualTo(expected("reference-deprivileged.txt"));
        assertThat(report.exitCode()).isEqualTo(OptionalInt.of(3));
        assertThat(report.done()).isTrue();
        assertThat(report.text()).contains("IRET to ring", "drops the IF of its frame and does not trap");
        assertThat(report.exits().get("HLT"))
                .as("HLT exits: one a tick seen in the kernel")
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sieve", "sha256", "memcpy", "demand", "fork", "pagefault", "protection"})
    void a_program_alone_ends_alike_in_both_modes(String work) throws IOException {
        BootReport bare = boot(new Setting("bare"), "work=" + work);
        BootReport deprivileged = boot(new Setting("deprivileged"), "work=" + work);
        assertThat(deprivileged.console()).isEqualTo(bare.console()).contains("\n" + work + ": ");
    }

    @Test
    void options_repeat_programs_and_choose_the_number_of_ticks() throws IOException {
        BootReport report = boot(new Setting("bare"), "work=fork,ticks repeat=2 ticks=3");
        assertThat(report.console())
                .contains("fork: 12 children, sum of their codes 54, the parent still has 1\n")
                .endsWith("ticks: 3 timer ticks seen in ring 3\nkernel: done, code 0\n");
    }

    @Test
    void a_program_that_does_not_exist_is_the_kernels_panic() throws IOException {
        BootReport report = boot(new Setting("bare"), "work=seive");
        assertThat(report.console())
                .endsWith("kernel: panic: work= names a program that does not exist\n" + "kernel: done, code 1\n");
        assertThat(report.exitCode()).isEqualTo(OptionalInt.of(1));
    }

    /** mov si, text; mov ah, 0e; lodsb; int 10 until 0; read sector 1 of drive 80 to 0000:8000; out f4 its first byte. */
    private static final String SECTOR =
            "fc31c08ed8 8ec0be307cac84c07406b40ecd10ebf5 b80102b90200ba8000bb0080cd13 a00080e6f4 f4";

    private static byte[] disk() {
        byte[] disk = new byte[1024];
        byte[] code = HexFormat.of().parseHex(SECTOR.replace(" ", ""));
        System.arraycopy(code, 0, disk, 0, code.length);
        System.arraycopy("booted\n\0".getBytes(), 0, disk, 0x30, 8);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        disk[512] = 42;
        return disk;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare", "deprivileged", "translated"})
    void a_boot_sector_is_loaded_and_served_by_the_firmware(String mode) {
        BootRequest request =
                BootRequest.of(BootImages.disk(new ImageFile("d.img", disk()))).withSetting(new Setting(mode));
        BootReport report = Boot.run(request, Boot.Output.NONE);
        assertThat(report.console()).endsWith("booted\n");
        assertThat(report.exitCode()).isEqualTo(OptionalInt.of(42));
    }
}
