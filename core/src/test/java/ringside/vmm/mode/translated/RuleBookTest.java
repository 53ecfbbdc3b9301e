package ringside.vmm.mode.translated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.compression.TinyGuest;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;
import ringside.vmm.spi.rule.RuleChange;
import ringside.vmm.spi.rule.Site;
import ringside.vmm.spi.rule.Step;
import ringside.vmm.spi.rule.TranslationRule;

/** Rules of clients: what they do, and which are refused at their line. */
class RuleBookTest {
    private static final Predicate<Site> ALWAYS = site -> true;

    /** MOV byte GS:[virtualIf], 0. */
    private static final String CLEAR = "65C6050D00000000";

    private static TranslationRule rule(String name, String mnemonic, Predicate<Site> when, Step... steps) {
        return new TranslationRule(name, "t.groovy:7", "", List.of(mnemonic), when, site -> List.of(steps));
    }

    private static Step code(String hex) {
        return new Step.Code("", HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static RuleBook book(TranslationRule... rules) {
        List<RuleChange> changes = new ArrayList<>();
        for (TranslationRule rule : rules) {
            changes.add(new RuleChange.Put(rule));
        }
        return RuleBook.of(changes);
    }

    private static VirtualMachine machine(String mode, String hex, List<RuleChange> rules) {
        Map<String, String> options = mode.equals("bare") ? Map.of() : Map.of("user", "translated");
        return Modes.create(
                mode,
                new VmSpec(
                                CpuModel.ofYear(2004),
                                DeviceSettings.of(2 << 20),
                                List.of(),
                                TinyGuest.of(hex),
                                "interpreter",
                                "",
                                options)
                        .withRules(rules));
    }

    private static void refused(String what, TranslationRule... rules) {
        assertThatThrownBy(() -> book(rules))
                .isInstanceOfSatisfying(
                        RingsideException.class, e -> assertThat(e.where()).isEqualTo("t.groovy:7"))
                .hasMessageContaining(what);
    }

    // ---- what a rule does

    @Test
    void a_rule_for_cli_spares_the_callout_and_the_guest_cannot_tell() {
        // MOV ECX, 50; CMP ECX, ECX; CLI; PUSHF; POP EAX; STI; NOP; LOOP; HLT
        String guest = "B932000000 39C9 FA 9C 58 FB 90 E2F7 F4";
        List<RuleChange> rules =
                List.of(new RuleChange.Put(rule("cli", "cli", site -> site.vcpl() <= site.viopl(), code(CLEAR))));
        VirtualMachine bare = machine("bare", guest, List.of());
        VirtualMachine translated = machine("translated", guest, rules);

        assertThat(translated.run(10_000)).isEqualTo(bare.run(10_000)).isInstanceOf(Stop.Halted.class);

        assertThat(translated.state().r).isEqualTo(bare.state().r);
        assertThat(translated.state().eflags()).isEqualTo(bare.state().eflags());
        assertThat(translated.retired()).isEqualTo(bare.retired());
        assertThat(translated.counters().asMap()).doesNotContainKey("callouts of cli");
    }

    @Test
    void a_rule_counts_only_where_its_condition_holds_for_the_virtual_iopl_of_the_moment() {
        // PUSH 3000h; POPF (IOPL 3); CLI; PUSH 0; POPF (IOPL 0); CLI; HLT
        String guest = "6800300000 9D FA 6A00 9D FA F4";
        TranslationRule counts =
                rule("cli", "cli", site -> site.viopl() == 3, code(CLEAR), code("65C705800000002A000000"));
        TranslatedMachine vm = (TranslatedMachine) machine(
                "translated",
                guest,
                List.of(new RuleChange.Remove("cli in the cache", ""), new RuleChange.Put(counts)));

        vm.run(100);

        assertThat(vm.counters().get("callouts of cli")).isEqualTo(1);
        assertThat(vm.counters().get("inCache")).isEqualTo(1);
    }

    @Test
    void registers_and_flags_that_a_rule_keeps_are_the_guests_again() {
        // MOV EAX, 12345678h; STC; CLI; HLT
        String guest = "B878563412 F9 FA F4";
        TranslationRule keeps = rule(
                "cli",
                "cli",
                ALWAYS,
                new Step.Save("", Step.FLAGS),
                new Step.Save("", Reg.EAX),
                code("31C0"),
                code("65A381000000".replace("81", "80")),
                code(CLEAR),
                new Step.Restore("", Reg.EAX),
                new Step.Restore("", Step.FLAGS));
        VirtualMachine vm = machine("translated", guest, List.of(new RuleChange.Put(keeps)));

        vm.run(3);

        assertThat(vm.state().r[Reg.EAX]).isEqualTo(0x12345678);
        assertThat(vm.state().eflags() & 0x8d5).isEqualTo(1);
    }

    @Test
    void jumps_lead_to_labels_and_both_ways_count_as_one_instruction() {
        // MOV ECX, 0; CLI; INC ECX; CLI; HLT
        String guest = "B900000000 FA 41 FA F4";
        TranslationRule jumps = rule(
                "cli",
                "cli",
                ALWAYS,
                new Step.Jump("", "jecxz", "zero"),
                new Step.Callout(""),
                new Step.Label("", "zero"),
                code(CLEAR),
                new Step.Jump("", "jmp", "end"),
                new Step.Label("", "end"));
        VirtualMachine vm = machine("translated", guest, List.of(new RuleChange.Put(jumps)));

        vm.run(100);

        assertThat(vm.retired()).isEqualTo(5);
        assertThat(vm.counters().get("callouts of cli")).isEqualTo(1);
    }

    @Test
    void rules_have_an_order_that_changes_keep() {
        RuleBook book = RuleBook.of(List.of(
                new RuleChange.Put(rule("one", "cli", site -> site.vcpl() == 0, code(CLEAR))),
                new RuleChange.Put(rule("two", "cli", ALWAYS, code(CLEAR))),
                new RuleChange.Put(new TranslationRule(
                        "late", "", "ident", List.of("nop"), ALWAYS, site -> List.of(new Step.Ident("")))),
                new RuleChange.Put(rule("sti in the cache", "sti", ALWAYS, new Step.Callout(""))),
                new RuleChange.Remove("trap", "")));

        assertThat(book.names())
                .startsWith("callout: reserved", "one", "two", "callout: traps often", "port", "cli in the cache")
                .containsSequence("late", "ident", "callout")
                .contains("sti in the cache")
                .doesNotContain("trap");
    }

    // ---- what is refused

    @Test
    void a_rule_that_can_never_match_is_refused() {
        refused("can never match: there is no instruction 'clii'", rule("x", "clii", ALWAYS, code(CLEAR)));
        refused("can never match: its condition holds at no", rule("x", "cli", site -> site.vcpl() > 3, code(CLEAR)));
        refused("can never match: 'callout: reserved' before it", rule("x", "fninit", ALWAYS, new Step.Callout("")));
        refused(
                "rule 'y' can never match: 'x' before it",
                rule("x", "cli", ALWAYS, code(CLEAR)),
                rule("y", "cli", site -> site.vcpl() == 0, code(CLEAR)));
    }

    @ParameterizedTest
    @CsvSource({
        "6580250D00000000, 'clobbers EFLAGS, which'",
        "31C0, 'clobbers EAX, EFLAGS, which'",
        "B801000000, 'clobbers EAX, which'",
        "65832580000000FD, 'clobbers EFLAGS, which'",
        "F9, clobbers EFLAGS",
        "FD, clobbers EFLAGS",
        "FA, 'which is sensitive'",
        "0F20C0, 'which is privileged'",
        "0F00C8, 'which is sensitive'",
        "9C, 'which is sensitive'",
        "8ED8, segment register",
        "EB00, leads out of the cache",
        "E900001000, leads out of the cache",
        "C3, leads out of the cache",
        "50, 'below the guest''s ESP'",
        "894424FC, 'below the guest''s ESP'",
        "658B03, GS is the VMM's",
        "658B0500000000, GS is the VMM's",
        "65C7050D00000000000000, GS is the VMM's",
        "65C7051400000000000000, 'writes vcpu.pending'",
        "2E8B0500000000, reads the cache",
        "D9EE, tells where it runs",
        "FFFF, not one instruction",
        "9090, not one instruction"
    })
    void a_rule_that_emits_what_it_must_not_is_refused(String hex, String what) {
        refused(what, rule("x", "cli", ALWAYS, code(hex)));
    }

    @Test
    void a_rule_that_leaves_the_guest_half_changed_where_the_vmm_may_take_over_is_refused() {
        Step save = new Step.Save("", Reg.ECX);
        Step restore = new Step.Restore("", Reg.ECX);
        Step change = code("B901000000");
        refused("calls out while ECX is not the guest's", rule("x", "cli", ALWAYS, save, change, new Step.Callout("")));
        refused(
                "may fault at 'mov ecx, dword [ebx]' while ECX is not the guest's",
                rule("x", "cli", ALWAYS, save, change, code("8B0B"), restore));
        refused(
                "may fault at 'mov ecx, dword [ebx]' while the guest's instruction was begun",
                rule("x", "cli", ALWAYS, save, code("890B"), code("8B0B"), restore));
        refused("restores ECX, which it did not save", rule("x", "cli", ALWAYS, restore));
        refused("saves ECX after it changed it", rule("x", "cli", ALWAYS, change, save, restore));
        refused(
                "restores ECX, which it did not save",
                rule("x", "cli", ALWAYS, new Step.Jump("", "jz", "l"), save, new Step.Label("", "l"), change, restore));
    }

    @Test
    void a_rule_that_jumps_where_no_label_is_is_refused() {
        refused("is no label behind it", rule("x", "cli", ALWAYS, new Step.Jump("", "jmp", "l")));
        refused(
                "jumps back to 'l'",
                rule("x", "cli", ALWAYS, new Step.Label("", "l"), code(CLEAR), new Step.Jump("", "jz", "l")));
        refused("goes on where nothing gets to", rule("x", "cli", ALWAYS, new Step.Callout(""), code(CLEAR)));
        refused("LOOP, which is no jump", rule("x", "cli", ALWAYS, new Step.Jump("", "loop", "l")));
    }

    @Test
    void the_guests_instruction_is_copied_only_where_it_may_be() {
        refused("copies 'cli' into the cache, which is sensitive", rule("x", "cli", ALWAYS, new Step.Ident("")));
        refused("goes on behind 'ret", rule("x", "ret", ALWAYS, code(CLEAR)));
        assertThat(book(rule(
                                "x",
                                "mov",
                                site -> site.insn().op0 instanceof ringside.isa.Operand.Gpr
                                        && site.insn().op1 instanceof ringside.isa.Operand.Imm,
                                new Step.Ident("")))
                        .names())
                .contains("x");
    }

    @Test
    void changes_to_rules_that_do_not_exist_or_must_stay_are_refused() {
        assertThatThrownBy(() -> RuleBook.of(List.of(new RuleChange.Remove("cli in the cach", "t.groovy:3"))))
                .hasMessageContaining("there is no translation rule 'cli in the cach'")
                .hasMessageContaining("cli in the cache");
        assertThatThrownBy(() -> RuleBook.of(List.of(new RuleChange.Remove("callout", "t.groovy:3"))))
                .hasMessageContaining("it stays");
    }
}
