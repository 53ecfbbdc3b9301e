package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.dsl.ScriptRunner;
import ringside.lab.cost.CostModel;

/** What scripts/steady-guest.groovy claims. */
class SteadyGuestTest {
    private static final double MOST = 1.05;
    private static final Path ROOT =
            Path.of(System.getProperty("ringside.root", "..")).toAbsolutePath().normalize();

    @Test
    void a_steady_guest_does_at_most_5_percent_more_work_than_bare_with_shadow_and_with_nested_tables() {
        Path script = ROOT.resolve("scripts/steady-guest.groovy");
        MeasurementResult result = (MeasurementResult)
                ScriptRunner.run(script, System.err).studies().getFirst().investigate();
        MeasurementResult.Line line = result.lines().getFirst();
        CostModel prices = result.spec().costs();
        List<String> settings =
                result.spec().settings().stream().map(Setting::label).toList();

        assertThat(settings).containsExactly("bare", "deprivileged", "hardware", "hardware nested");
        assertThat(result.asExpected()).as(result.text()).isTrue();
        double bare = line.bill("bare", prices).total();
        assertThat(settings.subList(1, settings.size()))
                .allSatisfy(setting -> assertThat(line.bill(setting, prices).total() / bare)
                        .as(setting)
                        .isBetween(1.0, MOST));
    }
}
