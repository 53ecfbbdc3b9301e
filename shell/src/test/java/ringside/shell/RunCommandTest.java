package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import groovy.json.JsonSlurper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
    private static final String GUEST = """
            def popf = guest('popf') {
                kernel {
                    sti
                    pushfd
                    and dword[esp], ~IF
                    popfd
                    pushfd
                    pop eax
                    checkpoint 'flags', eax
                    hlt
                }
            }
            """;
    private static final String EXPERIMENT = """
            experiment('%s') {
                run popf, under: [bare, deprivileged]
                expect deprivileged.%s
            }
            """;

    @TempDir
    Path folder;

    private Invocation run(String script, String... options) throws Exception {
        Path file = Files.writeString(folder.resolve("x.groovy"), script);
        String[] words = new String[options.length + 2];
        words[0] = "run";
        words[1] = file.toString();
        System.arraycopy(options, 0, words, 2, options.length);
        return Invocation.of(words);
    }

    @Test
    void an_expectation_that_fails_is_shown_and_gives_status_1() throws Exception {
        Invocation run = run(GUEST + EXPERIMENT.formatted("wrong", "equivalent"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("wrong")
                .contains("deprivileged is equivalent to bare")
                .doesNotContain("[held]");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void json_has_the_promised_keys() throws Exception {
        Invocation run = run(GUEST + EXPERIMENT.formatted("title", "diverges(at: 'flags', because: POPF)"), "--json");
        assertThat(run.status()).isZero();
        Map<?, ?> result = (Map<?, ?>) new JsonSlurper().parseText(run.out());
        assertThat(result.get("experiment")).isEqualTo("title");
        Map<?, ?> deprivileged = (Map<?, ?>) ((List<?>) result.get("settings")).get(1);
        for (String key : List.of(
                "mode", "memory", "engine", "equivalent", "divergence", "stopped", "instructions", "counters")) {
            assertThat(deprivileged.containsKey(key)).as(key).isTrue();
        }
        Map<?, ?> divergence = (Map<?, ?>) deprivileged.get("divergence");
        assertThat(divergence.get("checkpoint")).isEqualTo("flags");
        assertThat(divergence.get("instruction")).isEqualTo(4);
        assertThat(divergence.get("reference")).isEqualTo("00000002");
        assertThat(divergence.get("observed")).isEqualTo("00000202");
        Map<?, ?> held = (Map<?, ?>) ((List<?>) result.get("expectations")).getFirst();
        assertThat(held.get("held")).isEqualTo(true);
    }

    @Test
    void several_experiments_are_several_tables_or_an_array() throws Exception {
        String script =
                GUEST + EXPERIMENT.formatted("one", "stops('halt')") + EXPERIMENT.formatted("two", "stops('halt')");
        assertThat(run(script).out()).startsWith("one ").contains("\n\ntwo ");
        List<?> results =
                (List<?>) new JsonSlurper().parseText(run(script, "--json").out());
        assertThat(results).hasSize(2);
    }

    @Test
    void json_stays_json_when_the_script_prints() throws Exception {
        Invocation run = run("println 'hello'\n" + GUEST + EXPERIMENT.formatted("x", "stops('halt')"), "--json");
        assertThat(run.err()).isEqualTo("hello\n");
        assertThat(new JsonSlurper().parseText(run.out())).isInstanceOf(Map.class);
    }

    @Test
    void a_seed_on_the_command_line_counts_instead_of_the_scripts() throws Exception {
        String script = "server { year 2004; seed 3 }\n" + GUEST + EXPERIMENT.formatted("x", "stops('halt')");
        assertThat(run(script).out()).contains("seed 3");
        assertThat(run(script, "--seed", "77").out()).contains("seed 77");
        assertThat(run(script, "--seed", "many").err())
                .isEqualTo("ringside: (run) --seed 'many' is no number; write --seed 7\n");
    }

    @Test
    void a_script_without_experiments_says_so() throws Exception {
        Invocation run = run(GUEST);
        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("describes no experiment; nothing was run");
    }

    @Test
    void a_mistake_in_a_script_is_one_line_with_its_place() throws Exception {
        Invocation run = run("server { memroy 16 }\n");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .contains("x.groovy, line 1")
                .contains("did you mean 'memory'?")
                .hasLineCount(1);
    }

    @Test
    void a_file_that_is_not_there_and_one_too_many_are_refused() {
        assertThat(Invocation.of("run", "nowhere.groovy").err())
                .startsWith("ringside: cannot read script nowhere.groovy");
        assertThat(Invocation.of("run", "a", "b").err())
                .isEqualTo("ringside: (run) 'b' is one file too many; write ringside run scripts/popf.groovy\n");
        assertThat(Invocation.of("run").status()).isEqualTo(2);
    }

    @Test
    void a_sweep_is_drawn_into_the_file_that_is_asked_for() throws Exception {
        Path picture = folder.resolve("x.svg");
        String sweep = """
                sweep('ports') {
                    under bare, deprivileged
                    over 'ports', 1, 2
                    bench { ports, n ->
                        guest('g') {
                            kernel {
                                mov ecx, n
                                again:
                                for (k in 0..<ports) in al, 0x80
                                dec ecx
                                jnz again
                                hlt
                            }
                        }
                    }
                }
                """;
        Invocation plain = run(sweep);
        Invocation plotted = run(sweep, "--plot", picture.toString());
        assertThat(plotted.status()).isZero();
        assertThat(plotted.out()).isEqualTo(plain.out());
        assertThat(Files.readString(picture)).startsWith("<svg").contains("deprivileged");
    }

    @Test
    void a_plot_of_nothing_is_refused() throws Exception {
        String experiment = GUEST + EXPERIMENT.formatted("title", "diverges");
        Invocation nothing = run(experiment, "--plot", folder.resolve("x.svg").toString());
        assertThat(nothing.status()).isEqualTo(2);
        assertThat(nothing.err()).contains("nothing to plot");
    }

    private static final String TALK = """
            network('lan') { frame { from, bytes -> if (bytes[14] == 0x32) drop() } }
            def shout = guest('shout') {
                include driver('rtl8139'), as: 'nic'
                kernel {
                    call nic_probe
                    for (letter in '123') {
                        mov byte[0x30000e], letter
                        mov edi, 0x300000
                        mov ecx, 12
                        mov al, 0xff
                        rep stosb
                        mov esi, 0x300000
                        mov ecx, 60
                        call nic_send
                    }
                    halt
                }
            }
            server { year 2008; memory 4.MiB; nic 'lan' }
            host('shout') {
                vm 'a', guest: shout, under: hardware
                vm 'b', guest: shout, under: translated
            }
            """;

    @Test
    void what_passed_on_a_network_opens_in_tshark() throws Exception {
        Path file = folder.resolve("lan.pcap");
        Invocation talk = run(TALK, "--pcap", file.toString());
        assertThat(talk.status()).as(talk.err()).isZero();
        assertThat(talk.out()).contains("network lan: 6 frames of 360 bytes, 2 of them lost");
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(24 + 6 * (16 + 60));
        run(TALK, "--pcap", file.toString());
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        Process tshark;
        try {
            tshark = new ProcessBuilder("tshark", "-r", file.toString(), "-T", "fields", "-e", "frame.len")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException absent) {
            Assumptions.abort("tshark is not installed");
            return;
        }
        assertThat(new String(tshark.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("60\n".repeat(6));
    }

    @Test
    void a_capture_of_nothing_is_refused() throws Exception {
        Invocation nothing = run(
                GUEST + EXPERIMENT.formatted("title", "diverges"),
                "--pcap",
                folder.resolve("x.pcap").toString());
        assertThat(nothing.status()).isEqualTo(2);
        assertThat(nothing.err()).contains("no host of the script has a network");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    hardware(memory: 'nested')   | server { year 2004 }    | the processor pentium4-nx has no VMX
                    hardware(memory: 'nested')   | server { year 2006 }    | 2008
                    paravirtual(memory: 'direct') | server { year 2004 }   | is not ported
                    deprivileged                 | server { memory 1.MiB } | is outside RAM
                    """)
    void what_is_refused_when_it_is_run_is_told_at_the_line_of_the_experiment(
            String setting, String server, String message) throws Exception {
        Invocation run =
                run(GUEST + server + "\n\nexperiment('x') {\n    run popf, under: [bare, " + setting + "]\n}\n");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().strip())
                .contains("(x.groovy, line 15)")
                .contains(message)
                .hasLineCount(1);
    }

    @Test
    void devices_at_the_same_addresses_are_refused_at_their_lines() throws Exception {
        Invocation run = run("""
                def g = guest('g') { kernel { hlt } }
                device('a') { mmio 0xd0000000, 8.KiB; read { port, width -> 0 } }
                device('b') { mmio 0xd0001000, 4.KiB; read { port, width -> 0 } }
                experiment('x') { run g, under: [bare] }
                """);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().strip())
                .contains("(x.groovy, line 2)", "(x.groovy, line 3)", "overlaps")
                .hasLineCount(1);
    }
}
