package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell as a pipe drives it. */
class ShellCommandTest {
    @TempDir
    Path folder;

    private String flat;

    @BeforeEach
    void a_flat_binary_of_two_nops_and_hlt() throws Exception {
        Path file = folder.resolve("nops.bin");
        Files.write(file, new byte[] {(byte) 0x90, (byte) 0x90, (byte) 0xf4});
        flat = file + "@100000";
    }

    @Test
    void a_piped_conversation_loads_steps_and_prints_registers() {
        Invocation run = Invocation.withInput("load " + flat + "\nstep\nregs\n", "shell");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .startsWith("loaded nops.bin\n00100000  90 ")
                .contains("00100001  90 ")
                .contains("eip 00100001")
                .contains("protected mode, 32-bit code, ring 0, paging off; 1 instructions retired");
    }

    @Test
    void a_guest_of_a_script_is_stepped_with_its_lines() throws Exception {
        Path script = Files.writeString(folder.resolve("two.groovy"), """
                guest('one') { kernel { nop; hlt } }
                guest('two') {
                    kernel {
                        mov eax, 7
                        again:
                        dec eax
                        jnz again
                        hlt
                    }
                }
                """);
        Invocation run = Invocation.withInput("load " + script + " two\nstep\nrun\n", "shell");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("loaded two\n")
                .contains("mov eax, 0x7")
                .contains("two.groovy:4\nagain:\n")
                .contains("stopped: halt");
    }

    @Test
    void lines_of_the_language_are_evaluated_and_a_guest_defined_in_passing_is_loaded() {
        Invocation run =
                Invocation.withInput("n = 5\nguest('x') {\n kernel {\n mov ecx, n\n hlt } }\nstep\nregs\n", "shell");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("5\nloaded x\n").contains("ecx 00000005");
    }

    @Test
    void an_experiment_is_run_where_it_is_written() {
        Invocation run = Invocation.withInput(
                "g = guest('x') { kernel { hlt } }\nexperiment('e') { run g, under: [bare, deprivileged] }\n", "shell");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("e      ").contains("guest instructions");
    }

    @Test
    void a_mistake_in_the_language_is_one_line() {
        Invocation run = Invocation.withInput("gest('x')\n", "shell");
        assertThat(run.err()).isEqualTo("ringside: (shell, line 1) unknown word 'gest'; did you mean 'guest'?\n");
    }

    @Test
    void a_mistake_is_one_line_the_conversation_goes_on_and_the_status_tells() {
        Invocation run = Invocation.withInput("regs\nload " + flat + "\nstep x\nquit\nregs\n", "shell");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("ringside: no guest is loaded; load one: load scripts/popf.groovy\n"
                        + "ringside: 'x' is no number; write 16 or 0x10\n");
        assertThat(run.out()).doesNotContain("eflags");
    }

    @Test
    void a_file_that_is_no_guest_is_refused_with_what_to_write() throws Exception {
        Path text = Files.writeString(folder.resolve("letter.txt"), "x".repeat(600));
        Invocation run = Invocation.of("shell", text.toString());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("neither a kernel nor a boot sector").contains("@100000");
    }

    @Test
    void a_verb_refuses_words_it_does_not_take() {
        Invocation run = Invocation.withInput("regs now\n", "shell");
        assertThat(run.err()).isEqualTo("ringside: 'now' is one word too many; usage: regs\n");
    }

    @Test
    void help_lists_every_verb() {
        String help = Invocation.withInput("help\n", "shell").out();
        Verbs.ALL.forEach(verb -> assertThat(help).contains("  " + verb.name()).contains(verb.summary()));
    }

    @Test
    void verbs_mnemonics_registers_and_labels_are_completed() {
        Conversation talk =
                new Conversation(new Session(ringside.arch.CpuModel.ofYear(2004), 1 << 20), new ScriptLanguage());
        assertThat(talk.words())
                .contains("disasm", "popfd", "ecx", "gs", "experiment", "checkpoint")
                .doesNotHaveDuplicates();
    }
}
