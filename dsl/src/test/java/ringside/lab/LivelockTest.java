package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest whose fault handler only faults: no instruction retires, and no budget ends it. */
class LivelockTest {
    /** Its stack runs away where there is no memory, and nothing is overwritten. */
    private static ExperimentResult run(String handler, String settings) {
        return Scripted.experiment("def g = guest('faults for ever') {\ninterrupt(6) { " + handler + " }\n"
                + "kernel {\nmov esp, 0x70000000\nud2\n}\n}\n"
                + "experiment('no end') {\nserver { year 2008 }\nrun g, under: [bare, " + settings + "]\n}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hardware(memory: 'shadow')", "hardware(memory: 'nested')"})
    void it_is_given_up_wherever_in_its_faults_it_is(String setting) {
        ExperimentResult result = run("ud2", setting);

        assertThat(result.runs()).extracting(ExperimentResult.Run::stopped).containsOnly("livelock");
        assertThat(result.runs()).extracting(ExperimentResult.Run::instructions).containsOnly(1L);
        assertThat(result.runs().get(1).equivalent()).as(result.text()).contains(true);
    }
}
