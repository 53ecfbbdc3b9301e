package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.arch.Feature;
import ringside.lab.Expectation;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
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

    @Test
    void roads_and_heat_are_explained_behind_the_table_under_the_settings_asked_for() {
        ExperimentResult result = Experiment.run(Scripts.run("""
                server { year 2008 }
                def g = guest('g') {
                    paging true
                    kernel { mov dword[cell], 7; checkpoint 'written'; hlt }
                    data { cell: dd 0 }
                }
                experiment('e') {
                    run g, under: [bare, hardware(memory: 'nested')]
                    explain 'cell+1', at: 'written'
                    explain 0x180001, after: 0, under: deprivileged, access: 'fetch'
                    heat under: hardware(memory: 'nested')
                    heat
                }
                """).experiments().getFirst());
        assertThat(result.explained().stream().map(one -> one.setting().label()))
                .containsExactly(
                        "bare", "hardware nested", "deprivileged", "hardware nested", "bare", "hardware nested");
        assertThat(result.explained().get(1).road().orElseThrow().steps()).hasSize(14);
        assertThat(result.explained().get(1).text()).contains("read ds:00180001", "a TLB miss costs 14 references");
        assertThat(result.explained().get(2).text()).contains("fetch cs:00180001", "after 0 guest instructions");
        assertThat(result.explained().get(3).heat().orElseThrow().spots()).isNotEmpty();
        assertThat(result.explained().get(4).text()).contains("has no VMM");
        assertThat(result.explained().get(5).svg()).startsWith("<svg").contains("hidden page");
        assertThat(result.text()).endsWith(result.explained().getLast().text());
        assertThat(result.json()).contains("\"explained\"", "\"entry\": \"EPT PTE 180\"");
    }

    @Test
    void large_pages_over_scattered_frames_are_noted_and_those_in_one_piece_are_not() {
        String scattered = "server { year 2010 }\nrun g, under: [bare, hardware(memory: 'nested', pages: 'large')]";
        String inOnePiece = scattered.replace("year 2010", "year 2010; frames 'contiguous'");
        String note = "note  hardware nested pages large: large pages need machine memory in one piece";

        assertThat(Experiment.run(experiment(scattered)).text()).contains(note);
        assertThat(Experiment.run(experiment(inOnePiece)).text()).doesNotContain("note  ");
    }
}
