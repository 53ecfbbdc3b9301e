package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/** What translated code costs in instructions of the processor, counted: straight loops, and a mix as kernels have it. */
class TranslationRatiosTest {
    private static ExperimentResult.Run run(String kernel) {
        ExperimentResult result = Experiment.run(Scripts.run("experiment('e') {\nrun guest('g') {\nkernel {\n" + kernel
                        + "\nhlt\n}\n}, under: [bare, translated]\n}")
                .experiments()
                .getFirst());
        ExperimentResult.Run run = result.runs().get(1);
        assertThat(run.divergence()).as(result.text()).isEmpty();
        return run;
    }

    private static double count(ExperimentResult.Run run, String name) {
        return run.counters().get(name);
    }

    @Test
    void a_straight_loop_takes_at_most_1_1_instructions_of_the_processor_for_one_of_the_guest() {
        ExperimentResult.Run run = run("""
                mov ecx, 5000
                mov esi, 0x200000
                sums:
                mov eax, [esi]
                add edx, eax
                xor edx, ecx
                mov [esi + 4], edx
                lea esi, [esi + 4]
                rol edx, 3
                imul eax, edx
                dec ecx
                jnz sums
                """);

        assertThat(count(run, "simulated") / run.instructions()).isLessThan(1.1);
    }

    /** 27 instructions with one call and return: a list walk, flags, a lock, a copy, a system register. */
    @Test
    void a_kernel_mix_takes_at_most_2_and_chains_its_exits() {
        ExperimentResult.Run run = run("""
                mov ebp, 2000
                mov dword[0x200000], 0x200010
                mov dword[0x200010], 0
                again:
                mov ebx, 0x200000
                cli
                mov eax, [ebx + 8]
                inc eax
                mov [ebx + 8], eax
                test eax, 1
                jz even
                add dword[ebx + 12], 3
                even:
                sti
                push ebp
                push dword 7
                call work
                add esp, 4
                pop ebp
                mov ecx, [ebx]
                test ecx, ecx
                jz none
                mov edx, [ecx]
                none:
                mov edi, 0x200100
                mov ecx, 4
                xor eax, eax
                cld
                rep stosd
                mov edx, cr0
                dec ebp
                jnz again
                hlt
                work:
                mov eax, [esp + 4]
                lea eax, [eax + eax*4]
                ret
                """);

        assertThat(count(run, "simulated") / run.instructions()).isLessThan(2.0);
        double chained = count(run, "chainedExits");
        assertThat(chained / (chained + count(run, "unchainedExits"))).isGreaterThan(0.95);
        assertThat(count(run, "callouts")).isLessThan(10);
    }
}
