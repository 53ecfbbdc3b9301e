package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.isa.Attribute;
import ringside.isa.InsnGenerator;
import ringside.isa.Row;
import ringside.isa.Sensitivity;
import ringside.isa.table.InstructionTable;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.lab.cost.CostModel;
import ringside.vmm.spi.rule.RuleChange;

/** Rules of a script that do what the mode's own do keep equivalence, and so do fewer rules and copies by callout. */
class RuleEquivalenceProperties {
    private static final int BUDGET = 3_000;
    private static final ServerSpec SERVER = new ServerSpec(2004, CpuModel.ofYear(2004), 2, 1);
    private static final List<Setting> SETTINGS = List.of(
            new Setting("bare"),
            new Setting("translated").with("user", "translated"),
            new Setting("translated").with("user", "translated").with("emulation", "trap"));

    private static final String SAME = """
            removeRule 'cli in the cache'
            removeRule 'mov r, cr in the cache'
            rule('cli') { match CLI, when: { vcpl <= viopl }; emit { mov byte[gs: vcpu.virtualIf], 0 } }
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
            [cr0: 'cr0', cr2: 'cr2', cr3: 'cr3'].each { register, field ->
                rule('read ' + register) {
                    match MOV, when: { vcpl == 0 && op1 == register }
                    emit { mov op0, [gs: vcpu."$field"] }
                }
            }
            rule('additions, flags kept in between') {
                match ADD, when: { op0 in ['eax', 'ebx'] && op1 in ['ecx', 'edx'] }
                emit {
                    save eflags
                    save esi
                    mov esi, [gs: vcpu.scratch1]
                    inc esi
                    mov [gs: vcpu.scratch1], esi
                    restore esi
                    restore eflags
                    ident
                }
            }
            """;

    private static final String FEWER = """
            removeRule 'popfd in the cache'
            removeRule 'branch'
            removeRule 'return'
            removeRule 'callout: reserved'
            rule('moves', before: 'ident') { match MOV; emit { callout } }
            """;

    private static final List<RuleChange> SAME_RULES = rules(SAME), FEWER_RULES = rules(FEWER);

    private static final Set<String> WORDS = Set.of("cli", "sti", "mov", "add", "pushf{w|d|}", "popf{w|d|}", "smsw");
    private static final List<Row> ROWS = InstructionTable.ROWS.stream()
            .filter(row -> !row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS))
            .filter(row -> WORDS.contains(row.mnemonic()) || row.kind() == Sensitivity.INNOCUOUS)
            .toList();
    private static final List<Row> TOUCHED =
            ROWS.stream().filter(row -> WORDS.contains(row.mnemonic())).toList();

    private static List<RuleChange> rules(String script) {
        return ScriptRunner.run(script, "rules.groovy", System.err).rules();
    }

    @Provide
    Arbitrary<List<InsnGenerator.Draft>> programs() {
        Arbitrary<Row> rows = Arbitraries.oneOf(Arbitraries.of(TOUCHED), Arbitraries.of(ROWS));
        return Combinators.combine(rows, Arbitraries.longs())
                .as((row, seed) -> new InsnGenerator(new SplittableRandom(seed)).draft(row, 32))
                .list()
                .ofMinSize(1)
                .ofMaxSize(24);
    }

    @Property(tries = 60, seed = "20061021")
    void rules_that_do_the_same_keep_equivalence(
            @ForAll("programs") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        requireEquivalent(drafts, seed, SAME_RULES);
    }

    @Property(tries = 60, seed = "20061021")
    void fewer_rules_and_callouts_keep_equivalence(
            @ForAll("programs") List<InsnGenerator.Draft> drafts, @ForAll long seed) {
        requireEquivalent(drafts, seed, FEWER_RULES);
    }

    private static void requireEquivalent(List<InsnGenerator.Draft> drafts, long seed, List<RuleChange> rules) {
        ExperimentResult result = Experiment.run(new ExperimentSpec(
                "random program",
                SERVER,
                SlottedGuest.of(drafts, seed),
                SETTINGS,
                List.of(),
                List.of(),
                CostModel.of(SERVER.cpu()),
                rules,
                BUDGET,
                List.of()));
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }
}
