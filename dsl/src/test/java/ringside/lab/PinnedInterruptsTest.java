package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt pinned to a count comes at the same boundary in every mode, with the same frame. */
class PinnedInterruptsTest {
    private static final String MODES =
            "bare, deprivileged, deprivileged(ring: 3), translated, translated(user: 'translated'), hardware";

    /** The kernel's code begins after 5 + 20 instructions: the controllers are set up before. */
    private static ExperimentResult run(String pins, String kernel) {
        return Scripted.experiment("""
                server {
                    year 2006
                    interrupts irq: 5, at: [%s]
                }
                def set(port, value) {
                    mov al, value
                    out port, al
                }
                def g = guest('g') {
                    interrupt(0x35) {
                        checkpoint 'frame', dword[esp], dword[esp + 4], dword[esp + 8]
                        inc dword[0x180000]
                        mov al, 0x20
                        out 0x20, al
                        iretd
                    }
                    kernel {
                        set 0x20, 0x11
                        set 0x21, 0x30
                        set 0x21, 4
                        set 0x21, 1
                        set 0x21, 0xdf
                        mov ebx, start
                        mov ecx, 6
                        cld
                        nop
                        start:
                        %s
                        checkpoint 'end', dword[0x180000]
                        cli
                        hlt
                    }
                }
                experiment('pins') { run g, under: [%s] }
                """.formatted(pins, kernel, MODES));
    }

    private static List<String> frame(ExperimentResult.Run run, int visit) {
        return run.checkpoints().stream()
                .filter(arrival -> arrival.checkpoint().equals("frame") && arrival.visit() == visit)
                .map(arrival -> List.copyOf(arrival.values().values()))
                .findFirst()
                .orElse(List.of());
    }

    /** The first 14 instructions prepare; {@code start} is reached at count 14. */
    private static int offset(ExperimentResult.Run run, int visit, ExperimentResult result) {
        int start = result.spec().guest().symbols().get("start");
        return Integer.parseUnsignedInt(frame(run, visit).getFirst(), 16) - start;
    }

    private static boolean promised(ExperimentResult.Run run) {
        return !run.setting().mode().equals("deprivileged");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 20, 25, 39})
    void between_plain_instructions_it_comes_at_its_count(int pin) {
        ExperimentResult result = run(Integer.toString(pin), "sti\ntimes 40 nop");
        for (ExperimentResult.Run run : result.runs()) {
            // STI is one byte and one instruction, so is each NOP
            assertThat(offset(run, 1, result)).as(run.setting().label()).isEqualTo(pin - 14);
            assertThat(frame(run, 1))
                    .as(run.setting().label())
                    .isEqualTo(frame(result.runs().getFirst(), 1));
        }
    }

    @Test
    void while_IF_is_0_it_waits_for_the_instruction_after_STI() {
        ExperimentResult result = run("16", "times 10 nop\nsti\nnop\nnop\nnop");
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(offset(run, 1, result)).as(run.setting().label()).isEqualTo(12);
        }
    }

    @Test
    void the_shadow_of_a_load_of_SS_holds_it_off() {
        String code = "sti\nnop\nmov eax, ss\ntimes 4 mov ss, ax\nmov esp, 0x90000\ntimes 6 nop";
        for (int pin = 18; pin < 26; pin++) {
            ExperimentResult result = run(Integer.toString(pin), code);
            List<String> bare = frame(result.runs().getFirst(), 1);
            assertThat(bare).isNotEmpty();
            assertThat(result.runs().stream().filter(PinnedInterruptsTest::promised))
                    .as("pin %d", pin)
                    .allSatisfy(run ->
                            assertThat(frame(run, 1)).as(run.setting().label()).isEqualTo(bare));
        }
    }

    @Test
    void inside_a_repeated_string_instruction_it_leaves_the_same_count_behind() {
        ExperimentResult result = run("17, 18, 19", "sti\nmov edi, 0x180100\nmov ecx, 5000\nrep stosb\nnop\nnop\nnop");
        for (ExperimentResult.Run run : result.runs()) {
            if (promised(run)) {
                assertThat(run.equivalent().orElse(true)).as(result.text()).isTrue();
            }
        }
    }

    @Test
    void a_pin_wakes_a_halted_processor() {
        ExperimentResult result = run("16, 500, 90000", "sti\nnop\nnop\nhlt\nsti\nhlt\nnop");
        assertThat(result.runs()).allSatisfy(run -> assertThat(run.stopped()).isEqualTo("halt"));
        assertThat(result.runs().stream().filter(PinnedInterruptsTest::promised))
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
        assertThat(result.runs().getFirst().checkpoints().stream()
                        .filter(one -> one.checkpoint().equals("frame")))
                .hasSize(3);
    }

    @Test
    void what_says_nothing_is_refused() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Scripted.experiment("server { interrupts irq: 5 }"))
                .hasMessageContaining("write interrupts irq: 5, at: [100, 250]");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Scripted.experiment("server { interrupts irq: 16, at: [1] }"))
                .hasMessageContaining("there is no interrupt line 16");
    }
}
