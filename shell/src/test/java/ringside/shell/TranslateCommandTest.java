package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ringside translate}: the listing, and what it says to bad input. */
class TranslateCommandTest {
    private static final String SCRIPT = """
            rule('cli of the script') { match CLI; emit { mov byte[gs: vcpu.virtualIf], 0 } }
            guest('first') { kernel { cli; jmp on; nop; on:; call f; hlt; f:; ret } }
            guest('second') { kernel { sti; hlt } }
            """;

    @TempDir
    private Path folder;

    private String script(String text) throws IOException {
        return Files.writeString(folder.resolve("t.groovy"), text).toString();
    }

    @Test
    void guest_code_stands_beside_its_translation_with_addresses_bytes_rule_and_points() throws IOException {
        Invocation run = Invocation.of("translate", script(SCRIPT));

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("\n* completes the guest instruction of its row");
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("00100000  FA +cli +\\| [0-9a-f]{5}  65C6050D00000000 +mov byte .*\\*  "
                        + "\\[cli of the script]"))
                .anyMatch(line -> line.matches("00100001  EB01 +jmp short 0x100004 +\\| .*\\[jump]  to 00100004"))
                .anyMatch(line -> line.matches("0010000.  F4 +hlt +\\| .* CDF0 +int 0xf0 +\\[callout] .*"))
                .anyMatch(line -> line.matches("unit of 00100004, virtual ring 0: .*"))
                .anyMatch(line -> line.startsWith("second: "));
    }

    @Test
    void the_listing_is_the_same_each_time() throws IOException {
        String file = script(SCRIPT);
        assertThat(Invocation.of("translate", file).out())
                .isEqualTo(Invocation.of("translate", file).out());
    }

    @Test
    void options_of_the_mode_and_one_guest_can_be_asked_for() throws IOException {
        Invocation run = Invocation.of(
                "translate", script(SCRIPT), "--guest", "second", "--set", "emulation=callout", "--budget", "1");

        assertThat(run.out()).startsWith("second: 1 guest instructions run").doesNotContain("in the cache]");
    }

    @ParameterizedTest
    @CsvSource({
        "--guest=third, no guest is called 'third'",
        "--set=emulatoin=cache, did you mean 'emulation'",
        "--set=emulation=none, emulation is cache or callout or trap",
        "--budget=none, write a positive number"
    })
    void bad_input_is_told_and_ends_with_status_2(String option, String message) throws IOException {
        Invocation run = Invocation.of("translate", script(SCRIPT), option);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void a_file_that_is_missing_or_no_guest_ends_with_status_2() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "no code");
        assertThat(Invocation.of("translate").status()).isEqualTo(2);
        assertThat(Invocation.of("translate", "nothing.groovy").status()).isEqualTo(2);
        assertThat(Invocation.of("translate", text.toString()).status()).isEqualTo(2);
    }

    @Test
    void raw_bytes_are_a_guest_too() throws IOException {
        Path code = Files.write(folder.resolve("code.bin"), new byte[] {(byte) 0x40, (byte) 0xf4});
        Invocation run = Invocation.of("translate", code + "@100000");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("code.bin");
    }
}
