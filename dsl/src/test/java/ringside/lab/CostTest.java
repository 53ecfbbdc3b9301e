package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import ringside.dsl.ScriptRunner;
import ringside.vmm.spi.CostEvent;

/** What is counted and priced for guests whose every event can be counted by hand. */
class CostTest {
    private static final String GUEST = """
            def guest = guest('guest') {
                kernel {
                    sti
                    cli
                    in al, 0x80
                    pushfd
                    popfd
                    hlt
                }
            }
            server { year 2005 }
            """;

    private static ExperimentResult run(String experiment) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        ScriptRunner.Result script = ScriptRunner.run(GUEST + experiment, "cost.groovy", nowhere);
        return Experiment.run(script.experiments().getFirst());
    }

    private static double count(ExperimentResult result, int run, CostEvent event) {
        return result.runs().get(run).bill().count(event);
    }

    @Test
    void the_bare_machine_is_billed_for_what_it_executed() {
        ExperimentResult result = run("experiment('cost') { run guest, under: bare; table bill }");
        assertThat(result.runs().getFirst().bill())
                .hasToString("6 instruction x 1 + 1 port x 3800 + 1 interruptsOff x 26 + 1 interruptsOn x 36"
                        + " + 1 flagsLoad x 52");
        assertThat(result.text()).contains("modelled").contains("3920 = 6 instruction");
    }

    @Test
    void every_sensitive_instruction_of_a_deprivileged_guest_is_a_trap_or_costs_nothing_but_itself() {
        ExperimentResult result = run("experiment('cost') { run guest, under: deprivileged }");
        long hidden = result.runs().getFirst().counters().get("hiddenFaults");
        assertThat(count(result, 0, CostEvent.TRAP)).isEqualTo(4 + hidden);
        assertThat(count(result, 0, CostEvent.PORT)).isZero();
        assertThat(count(result, 0, CostEvent.POPF)).isEqualTo(1);
    }

    @Test
    void translated_code_is_billed_by_simulated_instructions_and_callouts() {
        ExperimentResult result = run("experiment('cost') { run guest, under: translated }");
        ExperimentResult.Run run = result.runs().getFirst();
        assertThat(count(result, 0, CostEvent.INSTRUCTION)).isGreaterThan(run.instructions());
        assertThat(count(result, 0, CostEvent.CALLOUT)).isEqualTo(2).isEqualTo((double)
                run.counters().get("callouts"));
        assertThat(count(result, 0, CostEvent.PORT)).isZero();
    }

    @Test
    void a_batch_of_a_ported_guest_is_one_trap_and_its_requests_are_counted_apart() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        String text = """
                def guest = guest('batch') {
                    paging true
                    kernel {
                        multicall {
                            for (i in 0..<8) setPte 0x3f0000 + 0x1000*i, 0x300000 + 0x1000*i | 3
                        }
                        flushTlb
                        halt
                    }
                }
                experiment('batch') { run guest, under: paravirtual }
                """;
        ScriptRunner.Result script = ScriptRunner.run(text, "batch.groovy", nowhere);
        ExperimentResult result = Experiment.run(script.experiments().getFirst());
        long calls = result.runs().getFirst().counters().get("hypercalls");
        assertThat(count(result, 0, CostEvent.BATCHED)).isEqualTo(8);
        assertThat(count(result, 0, CostEvent.HYPERCALL)).isEqualTo(calls).isPositive();
        assertThat(result.runs().getFirst().bill().items()).allMatch(item -> item.count() > 0);
    }

    @Test
    void each_exit_of_non_root_operation_is_followed_by_an_entry() {
        ExperimentResult result = run("experiment('cost') { run guest, under: hardware }");
        double exits = count(result, 0, CostEvent.VM_EXIT);
        assertThat(exits).isPositive();
        assertThat(count(result, 0, CostEvent.VM_ENTRY)).isEqualTo(exits);
        assertThat(count(result, 0, CostEvent.VMCS_ACCESS)).isGreaterThan(exits);
        assertThat(count(result, 0, CostEvent.CLI)).isEqualTo(1);
    }

    @Test
    void prices_of_a_script_count_from_where_they_stand_and_an_experiment_s_own_come_last() {
        String experiment = "experiment('cost') { run guest, under: bare; costs { port 7 } }";
        ExperimentResult result = run("costs { port 5; interruptsOn 1 }\n" + experiment);
        assertThat(result.runs().getFirst().bill().toString())
                .contains("port x 7")
                .contains("interruptsOn x 1");
    }

    @Test
    void json_keeps_counted_and_modelled_figures_apart() {
        String json = run("experiment('cost') { run guest, under: bare }").json();
        assertThat(json).contains("\"modelledCycles\": 3920", "\"counted\": 1", "\"modelledCyclesEach\": 3800");
    }
}
