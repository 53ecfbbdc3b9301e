package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void without_a_command_the_overview_is_printed_and_the_status_is_2() {
        Invocation run = Invocation.of();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).startsWith("Usage: ringside COMMAND");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void a_misspelt_command_gets_one_line_with_a_suggestion() {
        Invocation run = Invocation.of("hlep");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("ringside: unknown command 'hlep'; did you mean 'help'?\n");
    }

    @Test
    void an_unknown_option_gets_one_line() {
        Invocation run = Invocation.of("help", "--colour");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("ringside: (help) unknown option '--colour'; 'ringside help help' lists the options\n");
    }

    @Test
    void trace_prints_the_stack_on_demand_only() {
        assertThat(Invocation.of("hlep").err()).doesNotContain("at ringside.");
        assertThat(Invocation.of("hlep", "--trace").err()).contains("at ringside.shell.Commands.named");
    }

    @Test
    void a_command_explains_itself() {
        assertThat(Invocation.of("help", "help").out()).startsWith("Usage: ringside help [COMMAND]\n");
        assertThat(Invocation.of("help", "--help").out())
                .isEqualTo(Invocation.of("help", "help").out());
    }
}
