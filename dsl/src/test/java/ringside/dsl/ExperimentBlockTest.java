package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.arch.Feature;
import ringside.lab.Expectation;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;

/** Servers and experiments as data. */
class ExperimentBlockTest {
    private static final String GUEST = "def g = guest('g') { kernel { hlt } }\n";

    private static ExperimentSpec experiment(String body) {
        return Scripts.run(GUEST + "experiment('e') {\n" + body + "\n}")
                .experiments()
                .getFirst();
    }

    @Test
    void an_experiment_runs_one_guest_under_the_modes_it_names() {
        ExperimentSpec spec =
                experiment("run g, under: [bare, deprivileged, deprivileged(ring: 3, onFault: 'reflect')]");
        assertThat(spec.title()).isEqualTo("e");
        assertThat(spec.guest().name()).isEqualTo("g");
        assertThat(spec.server()).isEqualTo(ServerSpec.DEFAULT);
        assertThat(spec.budget()).isEqualTo(ExperimentSpec.DEFAULT_BUDGET);
        assertThat(spec.settings())
                .extracting(Setting::label)
                .containsExactly("bare", "deprivileged", "deprivileged onFault reflect ring 3");
    }

    @Test
    void expectations_and_rows_keep_their_order_and_their_text() {
        ExperimentSpec spec = experiment("""
                run g
                expect deprivileged.diverges(at: 'flags', because: POPF)
                expect deprivileged.equivalent
                expect deprivileged.diverges
                expect bare.stops('halt')
                table exits, hiddenFaults
                budget 1_000
                """);
        assertThat(spec.expectations())
                .extracting(Expectation::text)
                .containsExactly(
                        "deprivileged diverges at 'flags' because of POPF",
                        "deprivileged is equivalent to bare",
                        "deprivileged diverges",
                        "bare stops with halt");
        assertThat(spec.rows()).isEqualTo(List.of("exits", "hiddenFaults"));
        assertThat(spec.budget()).isEqualTo(1000);
    }

    @Test
    void a_server_is_named_by_year_or_cpu_and_its_features_are_switched() {
        ServerSpec server = (ServerSpec) Scripts.run("server { year 2004; memory 32.MiB; umip true; seed 7 }")
                .value();
        assertThat(server.title()).isEqualTo("server 2004: no VMX, UMIP · 32 MiB · seed 7");
        ServerSpec named = (ServerSpec)
                Scripts.run("server {\n cpu 'skylake'\n vmx false\n}").value();
        assertThat(named.year()).isEqualTo(2015);
        assertThat(named.cpu().has(Feature.VMX)).isFalse();
    }

    @Test
    void experiments_use_the_server_above_them_or_one_of_their_own() {
        List<ExperimentSpec> specs = Scripts.run(
                        GUEST
                                + "server { year 2015 }\nexperiment('a') { run g }\nexperiment('b') { run g; server { year 1993 } }")
                .experiments();
        assertThat(specs).extracting(s -> s.server().year()).containsExactly(2015, 1993);
    }

    @Test
    void guests_are_ordinary_values_of_the_script() {
        assertThat(Scripts.run("def make(n) { guest(\"g$n\") { kernel { mov eax, n } } }\n"
                                + "(1..2).each { n -> experiment(\"e$n\") { run make(n) } }")
                        .experiments())
                .extracting(s -> s.guest().name())
                .containsExactly("g1", "g2");
    }
}
