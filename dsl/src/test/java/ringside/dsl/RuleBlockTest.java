package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.error.RingsideException;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;

/** Translation rules of a script: they translate, the guest cannot tell, and what is wrong is told at its line. */
class RuleBlockTest {
    private static final String CLI =
            "rule('cli') { match CLI, when: { vcpl <= viopl }; emit { mov byte[gs: vcpu.virtualIf], 0 } }\n";

    private static final String EXPERIMENT = """

            experiment('e') {
                run guest('g') {
                    kernel {
                        mov ecx, 20
                        again:
                        cmp ecx, 7
                        cli
                        pushfd
                        pop eax
                        checkpoint 'flags', eax
                        mov edx, cr0
                        sti
                        nop
                        dec ecx
                        jnz again
                        hlt
                    }
                }, under: [bare, translated(user: 'translated'), translated(user: 'translated', rules: false)]
            }
            """;

    private static ExperimentResult result(String rules) {
        ExperimentSpec spec = Scripts.run(rules + EXPERIMENT).experiments().getFirst();
        ExperimentResult result = Experiment.run(spec);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
        return result;
    }

    private static long counter(ExperimentResult result, int run, String name) {
        return result.runs().get(run).counters().getOrDefault(name, 0L);
    }

    @Test
    void the_rule_of_the_first_page_spares_the_callout() {
        ExperimentResult result = result("removeRule 'cli in the cache'\n" + CLI);

        assertThat(counter(result, 1, "callouts of cli")).isZero();
        assertThat(counter(result, 1, "inCache")).isEqualTo(5 * 20 - 20);
    }

    @Test
    void without_a_rule_an_instruction_is_called_out_and_the_option_leaves_the_rules_as_they_were() {
        ExperimentResult result = result("removeRule 'cli in the cache'\n");

        assertThat(counter(result, 1, "callouts of cli")).isEqualTo(20);
        assertThat(counter(result, 2, "callouts of cli")).isZero();
    }

    @Test
    void operands_registers_and_labels_work_in_an_emission() {
        ExperimentResult result = result("""
                rule('read cr0') {
                    match MOV, when: { op1 == 'cr0' }
                    emit {
                        save ecx
                        save eflags
                        mov ecx, [gs: vcpu.scratch0]
                        cmp ecx, 10
                        je .often
                        inc ecx
                        mov [gs: vcpu.scratch0], ecx
                        .often:
                        restore eflags
                        restore ecx
                        mov op0, [gs: vcpu.cr0]
                    }
                }
                rule('sti in the cache') {
                    match STI, when: { vcpl == 0 && !last }
                    emit {
                        save ecx
                        mov ecx, [gs: vcpu.pending]
                        jecxz quiet
                        restore ecx
                        callout
                        quiet:
                        mov cl, [gs: vcpu.virtualIf]
                        mov [gs: vcpu.ifBefore], cl
                        restore ecx
                        mov byte[gs: vcpu.virtualIf], 2
                    }
                }
                """);

        assertThat(counter(result, 1, "inCache")).isEqualTo(80);
        assertThat(counter(result, 1, "callouts")).isEqualTo(1);
    }

    @Test
    void a_rule_may_copy_or_call_out_and_stands_where_it_is_put() {
        ExperimentResult result = result("""
                rule('all decrements', before: 'ident') { match DEC; emit { callout } }
                rule('copied') { match NOP; emit { ident } }
                """);

        assertThat(counter(result, 1, "callouts of dec")).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rule('r') { match CLI; emit {\n and byte[gs: vcpu.virtualIf], 0\n} }|line 1|clobbers EFLAGS, which 'cli'",
                "rule('r') { match CLI; emit {\n cli\n} }|line 2|which is sensitive",
                "rule('r') { match CLI; emit {\n\n mov cr0, eax\n} }|line 3|which is privileged",
                "rule('r') { match CLI; emit {\n push eax\n} }|line 2|reaches below the guest's ESP",
                "rule('r') { match CLI; emit {\n mov [esp - 4], eax\n} }|line 2|reaches below the guest's ESP",
                "rule('r') { match CLI; emit {\n jmp 0x100000\n} }|line 2|leads out of the cache",
                "rule('r') { match CLI; emit {\n jmp elsewhere\n} }|line 2|no label behind it",
                "rule('r') { match CLI; emit {\n mov ds, ax\n} }|line 2|segment register",
                "rule('r') { match CLI; emit {\n mov eax, [gs: ebx]\n} }|line 2|GS is the VMM's",
                "rule('r') { match CLI; emit {\n mov eax, [gs: vcpu.virtualIf]\n} }|line 2|GS is the VMM's",
                "rule('r') { match CLI; emit {\n mov al, [gs: vcpu.virtualIff]\n} }|line 2|did you mean 'virtualIf'",
                "rule('r') { match CLI; emit {\n db 0x90\n} }|line 2|no instruction",
                "rule('r') { match CLI; emit {\n save al\n} }|line 2|takes a 32-bit register or eflags",
                "rule('r') { match CLI; emit {\n mov eax, op0\n} }|line 2|has no operand op0",
                "\nrule('r') { match CLI, when: { vcpl > 3 }; emit { callout } }|line 2|can never match",
                "\nrule('r') { match CLI, when: { vcpll > 3 }; emit { callout } }|line 2|did you mean 'vcpl'",
                "\nrule('r') { match CLL; emit { callout } }|line 2|unknown word 'CLL'",
                "\nrule('r') { match FNINIT; emit { callout } }|line 2|'callout: reserved' before it",
                "rule('a') { match CLI; emit { callout } }\nrule('b') { match CLI; emit { callout } }|line 2|'a' before it",
                "\nrule('r') { match RET; emit { mov byte[gs: vcpu.virtualIf], 0 } }|line 2|goes on behind 'ret",
                "\nrule('r') { match CLI }|line 2|has no emit",
                "\nrule('r', befor: 'ident') { match CLI; emit { callout } }|line 2|did you mean 'before'",
                "\nrule('r', before: 'idnet') { match NOP; emit { callout } }|line 2|did you mean 'ident'",
                "\nremoveRule 'idnet'|line 2|did you mean 'ident'",
                "\nremoveRule 'callout'|line 2|it stays",
                "\nrule 'x'|line 2|write rule('name')"
            })
    void a_wrong_rule_is_refused_at_its_line(String wrong) {
        String[] parts = wrong.split("\\|");
        assertThatThrownBy(() -> Scripts.run(parts[0]))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("(test.groovy, " + parts[1] + ")")
                .hasMessageContaining(parts[2]);
    }
}
