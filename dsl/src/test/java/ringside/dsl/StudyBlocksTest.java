package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.error.RingsideException;
import ringside.lab.MatrixResult;
import ringside.lab.MeasurementResult;
import ringside.lab.MeasurementSpec;
import ringside.lab.Report;
import ringside.lab.SweepResult;

class StudyBlocksTest {
    private static final String GUESTS = """
            def push = guest('push') { kernel { push cs; pop eax; checkpoint 'cs', ax; hlt } }
            def plain = guest('plain') { kernel { mov eax, 7; checkpoint 'eax', eax; hlt } }
            def loops(n, body) {
                guest('loop') {
                    kernel {
                        mov ecx, n
                        again:
                        body()
                        dec ecx
                        jnz again
                        hlt
                    }
                }
            }
            server { year 2005 }
            """;

    private static Report report(String text) {
        return Scripts.run(GUESTS + text).studies().getFirst().investigate();
    }

    // ---- matrix

    @Test
    void a_matrix_shows_what_the_guest_sees_bare_and_where_that_differs() {
        Report report = report("""
                matrix('m') {
                    heading 'instruction'
                    under bare, deprivileged, hardware
                    row 'push', push, because: PUSH
                    row 'mov', plain
                    expect hardware.equivalent
                }
                """);
        assertThat(report.text().lines().map(String::strip))
                .anySatisfy(line -> assertThat(line).matches("instruction +what it sees +bare +deprivileged +hardware"))
                .anySatisfy(line -> assertThat(line).matches("push +'cs' ax +0008 +0009 +equal"))
                .anySatisfy(line -> assertThat(line).matches("mov +'eax' eax +00000007 +equal +equal"))
                .anySatisfy(line -> assertThat(line).matches("rows that differ +reference +1 +0"))
                .contains("expect  [held]  every row is equivalent under hardware");
        assertThat(report.asExpected()).isTrue();
        assertThat(report.json()).contains("\"row\": \"push\"", "\"mnemonic\": \"PUSH\"");
    }

    @Test
    void a_matrix_fails_where_an_equivalence_does_not_hold_or_another_instruction_is_to_blame() {
        assertThat(report("matrix('m') { under bare, deprivileged; row 'push', push; expect deprivileged.equivalent }"))
                .matches(report -> !report.asExpected())
                .matches(report -> report.text().contains("[FAILED]"));
        MatrixResult other =
                (MatrixResult) report("matrix('m') { under bare, deprivileged; row 'push', push, because: POPF }");
        assertThat(other.asExpected()).isFalse();
        assertThat(other.text()).contains("but push under deprivileged: PUSH");
    }

    // ---- measure

    @Test
    void what_all_repetitions_share_cancels_and_each_counts_once() {
        MeasurementResult result = (MeasurementResult) report("""
                measure('m') {
                    under bare, hardware
                    repeat 3, 13
                    bench('in', published: [3209, 15826]) { n -> loops(n) { in al, 0x80 } }
                }
                """);
        MeasurementResult.Line line = result.lines().getFirst();
        assertThat(line.counts().get("bare")).containsEntry("instruction", 3.0).containsEntry("port", 1.0);
        assertThat(line.counts().get("bare")).doesNotContainKey("vmExit");
        assertThat(line.counts().get("hardware")).containsEntry("vmExit", 1.0).containsEntry("vmEntry", 1.0);
        assertThat(line.counts().get("hardware"))
                .containsEntry("instruction", 2.0)
                .doesNotContainKey("port");
        assertThat(result.text()).contains("cycles, published").contains("15826");
    }

    @Test
    void the_order_is_the_cheapest_setting_and_flips_are_found() {
        MeasurementResult result = (MeasurementResult) report("""
                costs { trap 1000; vmExit 500; vmEntry 300; vmcs 0; emulation 150; instruction 0; reference 0 }
                measure('m') {
                    under bare, deprivileged, hardware
                    bench('in', published: [1, 20, 10]) { n -> loops(n) { in al, 0x80 } }
                    vary 30
                }
                """);
        assertThat(result.text()).containsPattern("in +hardware +hardware +the same order");
        assertThat(result.flips())
                .extracting(flip -> flip.event().word() + " " + flip.winner())
                .containsExactly("trap deprivileged", "vmExit deprivileged", "vmEntry deprivileged");
        assertThat(result.asExpected()).isTrue();
    }

    @Test
    void a_measurement_knows_its_parts() {
        MeasurementSpec spec =
                (MeasurementSpec) Scripts.run(GUESTS + """
                measure('m') {
                    under bare, hardware
                    repeat 2, 5
                    source 'somebody'
                    bench('nop') { n -> loops(n) { inc eax } }
                }
                """).studies().getFirst();
        assertThat(spec.benches().getFirst().iterations()).isEqualTo(3);
        assertThat(spec.source()).isEqualTo("somebody");
        assertThat(spec.benches().getFirst().published()).isEmpty();
    }

    // ---- sweep

    private static final String SWEEP = """
            costs { instruction 1; interruptsOff 150; trap 100; reference 0; vmExit 20; vmEntry 10; vmcs 0; emulation 0 }
            sweep('s') {
                under bare, deprivileged, hardware
                over 'ports', 0, 2, 4
                repeat 1, 5
                bench { ports, n -> loops(n) { cli; for (k in 0..<ports) in al, 0x80 } }
                table exits
            }
            """;

    @Test
    void a_sweep_names_the_place_where_two_settings_cost_the_same() {
        SweepResult result = (SweepResult) report(SWEEP);
        assertThat(result.text().lines().map(String::strip))
                .anySatisfy(line -> assertThat(line).matches("ports +0 +2 +4"))
                .anySatisfy(line -> assertThat(line).matches("exits +1 +3 +5"))
                .anySatisfy(line -> assertThat(line).matches("exits +\\. +2 +4"));
        // deprivileged 102 + 100 x, hardware 153 + 30 x
        assertThat(result.crossings()).singleElement().satisfies(crossing -> {
            assertThat(crossing.below()).isEqualTo("deprivileged");
            assertThat(crossing.above()).isEqualTo("hardware");
            assertThat(crossing.at()).isCloseTo(51.0 / 70, within(1e-6));
        });
        assertThat(result.asExpected()).isTrue();
        assertThat(result.json()).contains("\"quantity\": \"ports\"", "\"crossings\": [");
        assertThat(result.chart().orElseThrow().marks()).hasSize(1);
    }

    @Test
    void a_sweep_without_a_crossing_says_so() {
        SweepResult result = (SweepResult) report(SWEEP.replace("vmExit 20", "vmExit 100"));
        assertThat(result.crossings()).isEmpty();
        assertThat(result.text()).contains("no two of them cross");
    }

    // ---- misuses

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    matrix('m') { row 'a', plain }                            | names no mode
                    matrix('m') { under bare }                                | runs nothing
                    matrix('m') { under bare; run plain }                     | unknown setting 'run'
                    matrix('m') { under bare; rwo 'a', plain }                | did you mean 'row'
                    matrix('m') { under bare; row 'a', plain, beacuse: POPF } | write row
                    matrix('m') { under bare; expect bare.stops('halt') }     | cannot expect
                    measure('m') { under bare }                               | runs nothing
                    measure('m') { under bare; bench('b') { n -> 7 } }        | no guest
                    measure('m') { under bare; repeat 5, 5 }                  | no difference
                    measure('m') { under bare; vary 100 }                     | percent
                    sweep('s') { under bare; bench { x, n -> plain } }        | runs nothing
                    sweep('s') { under bare; over 'x', 1, 2 }                 | runs nothing
                    sweep('s') { under bare; over 'x', 2, 2 }                 | do not rise
                    sweep('s') { under bare; over 'x', 1; bench { x, n -> 7 } } | no guest
                    sweep('s') { under bare; table exist }                    | did you mean 'exits'
                    guestOf 'nowhere.groovy'                                  | cannot read script
                    """)
    void a_misuse_is_told_with_its_line(String text, String message) {
        assertThatThrownBy(() -> report(text))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("line");
    }

    @Test
    void a_script_may_be_called_like_a_keyword_of_java() {
        assertThat(ScriptRunner.run("guest('g') { kernel { hlt } }", "int.groovy", System.out)
                        .guests())
                .hasSize(1);
    }
}
