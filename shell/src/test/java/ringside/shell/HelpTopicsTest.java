package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ringside.vmm.mode.paravirtual.HypercallReference;

/** References that {@code help} prints are made from the program's tables. */
class HelpTopicsTest {
    @Test
    void help_hypercalls_prints_the_reference_of_the_interface() {
        assertThat(Invocation.of("help", "hypercalls").out()).isEqualTo(HypercallReference.text());
    }

    @Test
    void help_operations_prints_how_kernels_ask_for_what_is_privileged() {
        assertThat(Invocation.of("help", "operations").out()).contains("  flushPage 0x400000\n", "INVLPG");
    }

    @Test
    void help_names_the_topics() {
        assertThat(Invocation.of("help").out()).contains("Topics", "hypercalls", "operations");
    }
}
