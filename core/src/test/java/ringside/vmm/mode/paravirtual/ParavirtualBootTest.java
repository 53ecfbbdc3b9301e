package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.lab.Setting;
import ringside.lab.boot.Boot;
import ringside.lab.boot.BootImages;
import ringside.lab.boot.BootReport;
import ringside.lab.boot.BootRequest;
import ringside.vmm.Modes;

/** The reference kernel with hypercalls as its privileged operations. */
class ParavirtualBootTest {
    private static final String WORK = "work=demand,fork,pagefault,protection,ticks ticks=4";

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ParavirtualBootTest.class.getResourceAsStream("/ringside/guests/" + name)) {
            return in.readAllBytes();
        }
    }

    private static BootReport boot(String kernel, Setting setting) throws IOException {
        ImageFile file = new ImageFile(kernel, resource(kernel));
        return Boot.run(BootRequest.of(BootImages.kernel(file, WORK)).withSetting(setting), Boot.Output.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "bounced"})
    void its_console_is_the_native_kernels_to_the_byte(String systemCalls) throws IOException {
        BootReport bare = boot("reference.elf", new Setting("bare"));
        BootReport ported = boot("reference-pv.elf", new Setting("paravirtual").with("systemCalls", systemCalls));

        assertThat(ported.console())
                .isEqualTo(bare.console())
                .contains("ticks: 4 timer ticks seen in ring 3\n")
                .endsWith("kernel: done, code 0\n");
        assertThat(ported.exitCode()).isEqualTo(bare.exitCode());
        assertThat(ported.placement()).isEqualTo("ring 1, shadow memory");
        assertThat(ported.counters().get("interpreted")).isZero();
        assertThat(ported.counters().get("emulated")).as("the exit port").isEqualTo(1);
    }

    @Test
    void with_its_own_page_tables_in_force_it_does_the_same_with_hardly_a_hidden_fault() throws IOException {
        BootReport bare = boot("reference.elf", new Setting("bare"));
        BootReport shadow = boot("reference-pv.elf", new Setting("paravirtual"));
        BootReport direct =
                boot("reference-pv.elf", new Setting("paravirtual", "direct", "interpreter", new TreeMap<>()));

        assertThat(direct.console()).isEqualTo(bare.console());
        assertThat(direct.exitCode()).isEqualTo(bare.exitCode());
        assertThat(direct.placement()).isEqualTo("ring 1, direct memory");
        assertThat(direct.counters().get("hiddenFaults") * 4)
                .isLessThan(shadow.counters().get("hiddenFaults"));
    }

    @Test
    void a_fast_system_call_never_enters_the_vmm() throws IOException {
        BootReport fast = boot("reference-pv.elf", new Setting("paravirtual"));
        BootReport bounced = boot("reference-pv.elf", new Setting("paravirtual").with("systemCalls", "bounced"));

        assertThat(fast.exits().get("INT 80")).isZero();
        assertThat(bounced.exits().get("INT 80")).isGreaterThan(30);
    }

    @Test
    void it_exits_less_than_the_native_kernel_deprivileged() throws IOException {
        BootReport native_ = boot("reference.elf", new Setting("deprivileged"));
        BootReport ported = boot("reference-pv.elf", new Setting("paravirtual"));

        assertThat(ported.exits().total()).isLessThan(native_.exits().total());
        assertThat(ported.exits().get("HYPERCALL sched_op"))
                .as("HLT, one a tick in the kernel")
                .isEqualTo(3);
        assertThat(ported.counters().get("pageTableEntries"))
                .as("entries written by batches")
                .isGreaterThan(5 * ported.exits().get("HYPERCALL mmu_update"));
    }

    @Test
    void a_guest_that_is_not_ported_is_refused_with_the_reason() throws IOException {
        ImageFile file = new ImageFile("reference.elf", resource("reference.elf"));
        GuestImage image = ringside.guest.KernelImage.of(file, "", PortedProgram.RAM);

        assertThatThrownBy(() -> Modes.create("paravirtual", PortedProgram.spec(image, Map.of())))
                .isInstanceOf(RingsideException.class)
                .hasMessage("guest 'reference.elf' is not ported to the paravirtual interface; a script's kernel is"
                        + " where it says halt, enableInterrupts... for what is privileged; an image has the words"
                        + " 56505352, version and minus their sum in its first 8 KiB");
    }

    @Test
    void the_guests_header_is_what_the_table_gives() throws IOException {
        Path root = Path.of(System.getProperty("ringside.root", ".."));
        Path header = root.resolve("core/src/main/guests/reference/hypercalls.h");
        assertThat(Files.readString(header)).isEqualTo(StubHeader.text());
    }
}
