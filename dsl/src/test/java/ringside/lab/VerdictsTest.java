package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Controlled and efficient: what is seen on the real machine, whatever the VMM meant. */
class VerdictsTest {
    private static final String MODES =
            "deprivileged, deprivileged(ring: 3), translated, translated(user: 'translated'), hardware";

    private static ExperimentResult run(String kernel, String settings) {
        return Scripted.experiment("""
                server { year 2006 }
                def g = guest('g') { kernel {
                %s
                } }
                experiment('x') { run g, under: [bare, %s] }
                """.formatted(kernel, settings));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cli; nop; sti; nop; hlt", "pushfd; popfd; in al, dx; out dx, al; hlt", "mov eax, cr0; cli; hlt"
            })
    void every_mode_keeps_control_whatever_the_guest_does_to_its_flags_and_ports(String kernel) {
        ExperimentResult result = run(kernel, MODES);
        assertThat(result.runs().stream().skip(1))
                .allSatisfy(
                        run -> assertThat(run.control().orElseThrow().losses()).isEmpty());
        assertThat(result.runs().getFirst().control()).isEmpty();
    }

    @Test
    void with_a_real_IOPL_of_1_the_guest_masks_the_timer_of_the_VMM() {
        ExperimentResult result = run("sti; nop; cli; nop; nop; sti; nop; hlt", "deprivileged(iopl: 1)");
        assertThat(result.runs().get(1).controlled()).isFalse();
        assertThat(result.runs().get(1).control().orElseThrow().losses())
                .hasSize(1)
                .first()
                .asString()
                .contains("timer");
        assertThat(result.text()).contains("controlled", "NO: timer masked");
        assertThat(result.json()).contains("\"controlled\": false", "\"controlled\": null");
    }

    @Test
    void with_a_real_IOPL_of_1_the_guest_uses_the_ports_of_the_server() {
        ExperimentResult result = run("mov dx, 0xe9; mov al, 65; out dx, al; hlt", "deprivileged(iopl: 1)");
        assertThat(result.runs().get(1).control().orElseThrow().ports()).isEqualTo(1);
    }

    @Test
    void what_software_carries_out_is_not_executed_directly() {
        ExperimentResult result = run("times 98 nop\ncli\nhlt", "deprivileged, hardware");
        assertThat(result.runs().get(0).efficiency()).isEqualTo(100.0);
        assertThat(result.runs().get(1).direct()).isEqualTo(98);
        assertThat(result.runs().get(1).efficiency()).isEqualTo(98.0);
        assertThat(result.runs().get(2).direct()).isGreaterThanOrEqualTo(98);
    }

    @Test
    void a_script_can_expect_each_verdict() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') { kernel {
                    times 20 nop
                    cli
                    nop
                    hlt
                } }
                experiment('verdicts') {
                    run g, under: [bare, deprivileged, deprivileged(iopl: 1)]
                    expect deprivileged.controlled
                    expect deprivileged.efficient
                    expect deprivileged.efficient(99)
                    expect deprivileged(iopl: 1).uncontrolled
                    expect deprivileged(iopl: 1).controlled
                    table controlled, efficient
                }
                """);
        assertThat(result.held().stream().map(ExperimentResult.Held::held))
                .containsExactly(true, true, false, true, false);
        assertThat(result.text())
                .contains("deprivileged is controlled", "deprivileged iopl 1 is not controlled")
                .contains("at least 99 % executed directly", "no VMM", "91.3 % executed");
    }
}
