package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/** What the guest has where the VMM's region hides is served to it, from every ring and by every way. */
class HiddenRegionTest {
    private static final String HIGH = """
            def high = guest('high') {
                paging true
                map 0x300000, user: true
                kernel {
                    mov eax, cr3
                    mov dword[eax + 0xffc], 0x310007
                    mov dword[0x310000 + 0x100*4], 0x300007
                    mov dword[0x310000 + 0x3ff*4], 0x301007
                    mov cr3, eax
                    mov ecx, 40
                    again:
                    mov eax, [0xffd00004]
                    add eax, ecx
                    mov [0xffd00004], eax
                    add dword[0x300008], 1
                    mov ebx, [0xffd00008]
                    dec ecx
                    jnz again
                    mov esi, 0xffd00000
                    mov edi, 0xffd00100
                    mov ecx, 8
                    rep movsd
                    mov dword[0xfffffffc], 0x12345678
                    push dword[0xffd00004]
                    pop ebp
                    mov edx, esp
                    mov esp, 0xffd00200
                    push ebp
                    pop ebx
                    mov esp, edx
                    mov word[0xffd00400], 0xf440             // inc eax; hlt
                    checkpoint 'high', eax, ebx, ebp, dword[0x300004], dword[0x300104], dword[0x301ffc]
                    enterUser
                }
                user {
                    mov eax, [0xffd00004]
                    mov dword[0xffd00010], 5
                    mov ecx, [0x300010]
                    checkpoint 'user', eax, ecx
                    int 0x80
                }
                interrupt(0x80, dpl: 3) { jmp 0xffd00400 }
                tss esp0: 0x8f000
            }
            experiment('e') {
                run high, under: [bare, translated, translated(user: 'translated'), translated(adaptive: false)]
            }
            """;

    @Test
    void accesses_stack_and_code_in_the_hidden_region_are_the_guests_own() {
        ExperimentResult result = Experiment.run(Scripts.run(HIGH).experiments().getFirst());

        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty())
                .allMatch(run -> run.stopped().equals("halt"));
        assertThat(result.runs().get(0).checkpoints().getFirst().values()).containsEntry("dword[0x301ffc]", "12345678");
        assertThat(result.runs().get(1).counters().get("retranslated")).isPositive();
        assertThat(result.runs().get(3).counters().get("retranslated")).isZero();
    }
}
