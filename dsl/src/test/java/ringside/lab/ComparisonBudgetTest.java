package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import ringside.dsl.ScriptRunner;

class ComparisonBudgetTest {
    private static final String SCRIPT = """
            experiment('loop') {
                run guest('loop') { kernel { mov ecx, 3000; again:; dec ecx; jnz again; hlt } }, under: [bare]
            }
            """;

    private static ComparisonResult compare(long slowest) {
        ExperimentSpec spec = ScriptRunner.run(SCRIPT, "test.groovy", System.err)
                .experiments()
                .getFirst();
        Comparison.Choice choice = new Comparison.Choice(Set.of("deprivileged"), Set.of("shadow", "perReference"));
        return Comparison.run(spec, choice, slowest, setting -> {});
    }

    @Test
    void the_strategy_with_which_every_reference_faults_has_a_budget_of_its_own_and_is_compared_up_to_there() {
        ComparisonResult result = compare(1_000);
        assertThat(result.runs().stream().skip(1)).allSatisfy(run -> {
            boolean slow = run.setting().memory().equals("perReference");
            assertThat(run.instructions()).isEqualTo(slow ? 1_000 : 6_002);
            assertThat(run.stopped()).isEqualTo(slow ? "budget" : "halt");
            assertThat(run.equivalent()).contains(true);
        });
        assertThat(result.text().replaceAll("\\s+", " "))
                .contains("so far equivalent up to the budget")
                .contains("perReference, slow as it is: 1000");
    }

    @Test
    void with_a_budget_that_suffices_its_verdict_is_whole() {
        assertThat(compare(Long.MAX_VALUE).text()).doesNotContain("so far");
    }
}
