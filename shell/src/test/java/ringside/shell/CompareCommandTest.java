package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import groovy.json.JsonSlurper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
    private static final String TWO_GUESTS = """
            def plain = guest('plain') { kernel { mov eax, 5; cli; hlt } }
            guest('flags') { kernel { sti; pushfd; and dword[esp], ~IF; popfd; hlt } }
            """;

    @TempDir
    Path folder;

    private Path file(String name, byte[] bytes) throws Exception {
        return Files.write(folder.resolve(name), bytes);
    }

    private Invocation compare(String script, String... more) throws Exception {
        String[] words = new String[more.length + 2];
        words[0] = "compare";
        words[1] = file("x.groovy", script.getBytes()).toString();
        System.arraycopy(more, 0, words, 2, more.length);
        return Invocation.of(words);
    }

    @Test
    void each_guest_of_a_script_is_compared_under_every_setting() throws Exception {
        Invocation run = compare(TWO_GUESTS, "--budget", "1000");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("plain  ", "flags  ", "deprivileged shadow ring 1", "deprivileged shadow ring 3")
                .contains("translated shadow user translated", "hardware shadow", "reference", "100.0 %")
                .contains("paravirtual shadow refused", "is not ported")
                .contains("CPL 1 > IOPL 0: POPF drops the change of IF")
                .contains("This script shows it again:");
        assertThat(run.out().lines().filter(line -> !line.contains("x.groovy:")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(104));
        assertThat(compare(TWO_GUESTS, "--budget", "1000").out()).isEqualTo(run.out());
    }

    @Test
    void the_script_that_shows_a_divergence_again_shows_it_again() throws Exception {
        Path again = folder.resolve("again.groovy");
        Invocation run = compare(TWO_GUESTS, "--mode", "deprivileged", "--reproduce", again.toString());
        assertThat(run.status()).as(run.err()).isZero();
        Invocation second = Invocation.of("run", again.toString());
        assertThat(second.status()).as(second.err()).isZero();
        assertThat(second.out())
                .contains("[held]  deprivileged shadow ring 1 diverges because of POPF")
                .contains("[held]  deprivileged shadow ring 3 diverges because of POPF");
    }

    @Test
    void an_image_file_is_compared_too() throws Exception {
        Path code = file("code.bin", new byte[] {(byte) 0xb8, 1, 0, 0, 0, (byte) 0xfa, (byte) 0xf4});
        Invocation run =
                Invocation.of("compare", code + "@100000", "--mode", "hardware", "--memory", "shadow", "--json");
        assertThat(run.status()).as(run.err()).isZero();
        Map<?, ?> result = (Map<?, ?>) ((List<?>) new JsonSlurper().parseText(run.out())).getFirst();
        assertThat(result.get("sound")).isEqualTo(true);
        List<?> settings = (List<?>) result.get("settings");
        assertThat(settings).hasSize(2);
        Map<?, ?> hardware = (Map<?, ?>) settings.get(1);
        assertThat(hardware.get("mode")).isEqualTo("hardware");
        assertThat(hardware.get("equivalent")).isEqualTo(true);
        assertThat(hardware.get("controlled")).isEqualTo(true);
        assertThat(hardware.get("promised")).isEqualTo(true);
        assertThat(hardware.get("stopped")).isEqualTo("halt");
    }

    @Test
    void a_run_that_its_budget_ended_is_equivalent_only_so_far() throws Exception {
        Path spin = file("spin.bin", new byte[] {0x40, (byte) 0xeb, (byte) 0xfd});
        Invocation run = Invocation.of(
                "compare", spin + "@100000", "--mode", "hardware", "--memory", "nested", "--budget", "5000");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("hardware nested +so far +yes")
                .contains("so far  equivalent up to the budget of 5000 guest instructions");
    }

    @Test
    void a_server_without_assist_is_a_reason_to_refuse_not_an_error() throws Exception {
        Invocation run = compare(TWO_GUESTS, "--cpu", "2004", "--mode", "hardware", "--guest", "plain");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("hardware shadow refused", "has no VMX");
    }

    @Test
    void a_guest_written_on_privileged_operations_is_compared_with_its_ported_form() {
        Path root = Path.of(System.getProperty("ringside.root", ".."));
        String script = root.resolve("scripts/one-guest-two-kernels.groovy").toString();
        Invocation run = Invocation.of("compare", script, "--mode", "paravirtual", "--memory", "shadow");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("paravirtual shadow +yes +yes");
    }

    @Test
    void what_there_is_not_is_refused() throws Exception {
        assertThat(compare(TWO_GUESTS, "--mode", "hardwar").err()).contains("did you mean 'hardware'?");
        assertThat(compare(TWO_GUESTS, "--memory", "shadwo").err()).contains("did you mean 'shadow'?");
        assertThat(compare(TWO_GUESTS, "--guest", "third").status()).isEqualTo(2);
        assertThat(compare("println 1").err()).contains("defines no guest");
        assertThat(Invocation.of("compare").status()).isEqualTo(2);
        assertThat(Invocation.of("compare", folder.resolve("none.elf").toString())
                        .status())
                .isEqualTo(2);
    }
}
