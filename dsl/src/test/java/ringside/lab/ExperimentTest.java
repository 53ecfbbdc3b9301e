package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import ringside.dsl.ScriptRunner;

/** What an experiment reports, and that it reports the same each time. */
class ExperimentTest {
    private static final String POPF_SCREEN = """
            POPF loses IF in ring 1                            server 2004: no VMX, no UMIP · 16 MiB · seed 1

                                           bare                deprivileged
              guest kernel runs in         ring 0, no VMM      ring 1, shadow memory
              checkpoint 'flags'  eax      00000002            00000202  IF still set
              equivalent to bare           reference           NO
              stopped                      halt                halt
              guest instructions           7                   7
              exits                        0                   2  (STI 1, HLT 1)

            First difference: guest instruction 4, scripts/popf.groovy:6      00100009  9D  popfd
              virtual IF   bare 0   deprivileged 1
              why   CPL 1 > IOPL 0: POPF drops the change of IF and does not trap, so the VMM never hears of it
              seen  at checkpoint 'flags', two instructions later          Robin & Irvine 2000; SDM vol. 2, POPF

            expect  [held]  deprivileged diverges at 'flags' because of POPF
            """;

    private static ExperimentSpec popf() {
        Path script = Path.of(System.getProperty("ringside.root", "..")).resolve("scripts/popf.groovy");
        PrintStream out = new PrintStream(new ByteArrayOutputStream());
        try {
            String text = java.nio.file.Files.readString(script);
            return ScriptRunner.run(text, "scripts/popf.groovy", out)
                    .experiments()
                    .getFirst();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void the_first_screen_is_this_byte_for_byte() {
        ExperimentResult result = Experiment.run(popf());
        assertThat(result.text()).isEqualTo(POPF_SCREEN);
        assertThat(result.text().lines()).allMatch(line -> line.length() <= 100);
        assertThat(result.asExpected()).isTrue();
    }

    @Test
    void two_runs_give_the_same_bytes() {
        ExperimentResult first = Experiment.run(popf());
        ExperimentResult second = Experiment.run(popf());
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(second.json()).isEqualTo(first.json());
    }

    @Test
    void json_has_the_keys_that_were_promised() {
        String json = Experiment.run(popf()).json();
        assertThat(json.replaceAll("\\s+", ""))
                .contains("\"experiment\":\"POPFlosesIFinring1\"")
                .contains("\"mode\":\"bare\"", "\"equivalent\":null", "\"equivalent\":false")
                .contains("\"divergence\":{\"checkpoint\":\"flags\",\"instruction\":4")
                .contains("\"reference\":\"00000002\",\"observed\":\"00000202\"")
                .contains("\"stopped\":\"halt\"", "\"instructions\":7", "\"counters\":{")
                .contains("\"held\":true");
    }

    @Test
    void an_expectation_that_fails_is_said_to() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') { kernel { hlt } }
                experiment('no difference') {
                    run g, under: [bare, deprivileged]
                    expect deprivileged.diverges(because: POPF)
                    expect deprivileged.equivalent
                    expect deprivileged.stops('halt')
                }
                """);
        assertThat(result.held()).extracting(ExperimentResult.Held::held).containsExactly(false, true, true);
        assertThat(result.asExpected()).isFalse();
        assertThat(result.text()).contains("expect  [FAILED]  deprivileged diverges because of POPF\n");
    }

    @Test
    void a_triple_fault_ends_the_guest_with_its_reason_in_each_mode() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') { kernel { ud2 } }
                experiment('no IDT') { run g, under: [bare, deprivileged] }
                """);
        assertThat(result.runs()).extracting(ExperimentResult.Run::stopped).containsOnly("triple-fault");
        assertThat(result.runs().get(1).equivalent()).contains(true);
    }

    @Test
    void a_guest_that_never_ends_is_ended_by_its_budget() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') { kernel {
                    again: inc eax
                    jmp again
                } }
                experiment('spin') {
                    budget 5000
                    run g, under: [bare, deprivileged]
                }
                """);
        assertThat(result.runs()).extracting(ExperimentResult.Run::stopped).containsOnly("budget");
        assertThat(result.runs()).extracting(ExperimentResult.Run::instructions).containsOnly(5000L);
        assertThat(result.runs().get(1).equivalent()).contains(true);
    }

    @Test
    void the_culprit_of_a_long_run_is_found_far_from_its_start_and_from_what_shows_it() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') { kernel {
                    mov ecx, 20000
                    first: loop first
                    str ax
                    mov ecx, 20000
                    second: loop second
                    checkpoint 'tr', ax
                    hlt
                } }
                experiment('late') { run g, under: [bare, deprivileged] }
                """);
        Divergence divergence = result.runs().get(1).divergence().orElseThrow();
        assertThat(divergence.mnemonic()).isEqualTo("STR");
        assertThat(divergence.instruction()).isEqualTo(20002);
        assertThat(divergence.later()).isEqualTo(20001);
        assertThat(divergence.seen()).isEqualTo("at checkpoint 'tr'");
    }

    @Test
    void checkpoints_change_nothing_that_a_guest_could_see() {
        String with = kernel("checkpoint 'a', eax\n");
        String without = kernel("");
        assertThat(Scripted.experiment(with).runs().get(1).exits())
                .isEqualTo(Scripted.experiment(without).runs().get(1).exits());
    }

    private static String kernel(String checkpoint) {
        return "def g = guest('g') { kernel {\nmov ecx, 50\nagain: sti\n" + checkpoint
                + "cli\nloop again\nhlt\n} }\nexperiment('x') { run g, under: [bare, deprivileged] }";
    }

    @Test
    void timer_interrupts_come_at_the_same_instruction_in_each_mode() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') {
                    interrupt(0x20) {
                        inc ebx
                        checkpoint 'tick', ecx, dword[esp], dword[esp + 8]
                        mov al, 0x20
                        out 0x20, al
                        iretd
                    }
                    kernel {
                        mov al, 0x11
                        out 0x20, al
                        mov al, 0x20
                        out 0x21, al
                        mov al, 4
                        out 0x21, al
                        mov al, 1
                        out 0x21, al
                        mov al, 0xfe
                        out 0x21, al
                        mov al, 0x34
                        out 0x43, al
                        mov al, 20
                        out 0x40, al
                        mov al, 0
                        out 0x40, al
                        sti
                        again: inc ecx
                        cmp ebx, 9
                        jb again
                        sleep: hlt
                        cmp ebx, 20
                        jb sleep
                        cli
                        rdtsc
                        checkpoint 'end', eax, ecx
                        hlt
                    }
                }
                experiment('ticks') {
                    budget 1_000_000
                    run g, under: [bare, deprivileged, deprivileged(ring: 3)]
                    table hiddenFaults, emulated, direct
                }
                """);
        assertThat(result.runs().get(0).checkpoints()).as(result.text()).hasSizeGreaterThan(20);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
        assertThat(result.runs().get(1).exits().get("timer")).isPositive();
    }

    @Test
    void all_culprits_are_found_and_carrying_them_out_proves_that_nothing_else_is_to_blame() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') { kernel {
                    mov ecx, 3
                    again: str ax
                    mov ebx, cs
                    sldt dx
                    loop again
                    checkpoint 'end', ax, ebx, dx
                    hlt
                } }
                experiment('three') {
                    run g, under: [bare, deprivileged]
                    table culprits
                }
                """);
        Divergence divergence = result.runs().get(1).divergence().orElseThrow();
        assertThat(divergence.cured()).contains(true);
        assertThat(divergence.culprits()).containsExactly("STR 00100005", "MOV 00100009", "SLDT 0010000b");
        assertThat(result.text())
                .contains("  all   STR 00100005, MOV 00100009, SLDT 0010000b: with all of them carried out by the VMM");
    }
}
