package ringside.dsl;

import groovy.lang.Closure;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import ringside.dsl.assembly.Section;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.isa.Assembler;
import ringside.isa.Disassembler;
import ringside.isa.Operand;
import ringside.vmm.spi.rule.Site;
import ringside.vmm.spi.rule.Step;
import ringside.vmm.spi.rule.TranslationRule;

/** {@code rule('name') { match CLI, when: { vcpl == 0 }; emit { mov byte[gs: vcpu.virtualIf], 0 } }}. */
public final class RuleBlock extends Block {
    static final Set<String> WORDS = Set.of("match", "emit");

    private final String name;
    private final String before;
    private final ScriptContext context;
    private final String where;
    private final Set<String> mnemonics = new TreeSet<>();
    private Closure<?> when;
    private Closure<?> emission;

    RuleBlock(String name, Map<String, ?> named, ScriptContext context) {
        for (String key : named.keySet()) {
            if (!key.equals("before")) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in rule",
                        "",
                        NearMiss.hint(key, List.of("before"), "known: before"));
            }
        }
        this.name = name;
        this.before = String.valueOf(named.containsKey("before") ? named.get("before") : "");
        this.context = context;
        this.where = ScriptLine.here(context);
    }

    @Override
    String blockName() {
        return "rule";
    }

    @Override
    Set<String> settings() {
        return WORDS;
    }

    @Override
    String usage(String setting) {
        return setting.equals("match") ? "match CLI, or match MOV, when: { op1 == 'cr0' }" : "emit { callout }";
    }

    /** An instruction in capitals. */
    @Override
    Object word(String word) {
        boolean capital = word.equals(word.toUpperCase(Locale.ROOT));
        return capital && Assembler.knows(word.toLowerCase(Locale.ROOT)) ? new ExperimentBlock.Mnemonic(word) : null;
    }

    // ---- settings

    /** The instructions that the rule is for. */
    public void match(Object... instructions) {
        match(Map.of(), instructions);
    }

    public void match(Map<String, ?> named, Object... instructions) {
        for (String key : named.keySet()) {
            if (!key.equals("when")) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in match",
                        "",
                        NearMiss.hint(key, List.of("when"), "known: when"));
            }
        }
        for (Object instruction : instructions) {
            if (!(instruction instanceof ExperimentBlock.Mnemonic mnemonic)) {
                throw new RingsideException(
                        "match is given " + kinds(new Object[] {instruction}),
                        "",
                        "it takes instructions in capitals: match CLI, STI");
            }
            mnemonics.add(mnemonic.name().toLowerCase(Locale.ROOT));
        }
        if (named.get("when") != null && !(named.get("when") instanceof Closure<?>)) {
            throw new RingsideException(
                    "'when' is " + kinds(new Object[] {named.get("when")}), "", "write when: { vcpl == 0 }");
        }
        when = (Closure<?>) named.get("when");
    }

    /** What stands for the instruction in the cache. */
    public void emit(Closure<?> body) {
        emission = body;
    }

    // ---- the rule

    TranslationRule rule() {
        if (mnemonics.isEmpty() || emission == null) {
            String missing = mnemonics.isEmpty() ? "match" : "emit";
            throw new RingsideException("rule '" + name + "' has no " + missing, "", "write " + usage(missing));
        }
        return new TranslationRule(name, where, before, List.copyOf(mnemonics), this::holds, this::steps);
    }

    private boolean holds(Site site) {
        if (when == null) {
            return true;
        }
        return inScript(() -> {
            Closure<?> condition = (Closure<?>) when.clone();
            condition.setDelegate(new ConditionBlock(site));
            condition.setResolveStrategy(Closure.DELEGATE_ONLY);
            return Boolean.TRUE.equals(condition.call());
        });
    }

    private List<Step> steps(Site site) {
        return inScript(() -> {
            Section section = new Section("emit", 0, 32, new HashMap<>());
            Closure<?> body = (Closure<?>) emission.clone();
            context.emitRule(new EmissionWords(site), section, () -> new SectionBlock("emit").configure(body));
            return new RuleSteps(name).of(section);
        });
    }

    /** Rules are asked while a guest runs, when the script is long done. */
    private <T> T inScript(Supplier<T> body) {
        Object[] result = new Object[1];
        try {
            ScriptContext.with(context, () -> result[0] = body.get());
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw ScriptErrors.of(e, context.file);
        }
        @SuppressWarnings("unchecked")
        T typed = (T) result[0];
        return typed;
    }

    /** What the condition of a rule can ask: nothing that changes while a translation is in use. */
    private static final class ConditionBlock extends Block {
        private static final Set<String> WORDS =
                Set.of("vcpl", "viopl", "stack32", "last", "eip", "mnemonic", "memory", "op0", "op1", "op2");

        private final Site site;

        ConditionBlock(Site site) {
            this.site = site;
        }

        @Override
        String blockName() {
            return "when";
        }

        @Override
        Set<String> settings() {
            return Set.of();
        }

        @Override
        String usage(String setting) {
            return "when: { vcpl == 0 }";
        }

        @Override
        Set<String> words() {
            return WORDS;
        }

        @Override
        Object word(String word) {
            return switch (word) {
                case "vcpl" -> site.vcpl();
                case "viopl" -> site.viopl();
                case "stack32" -> site.bigStack();
                case "last" -> site.last();
                case "eip" -> site.eip();
                case "mnemonic" -> site.insn().mnemonic();
                case "memory" -> site.insn().operands.stream().anyMatch(Operand.Mem.class::isInstance);
                case "op0", "op1", "op2" -> text(word.charAt(2) - '0');
                default -> null;
            };
        }

        private String text(int index) {
            List<Operand> operands = site.insn().operands;
            return index < operands.size() ? Disassembler.operandText(operands.get(index)) : "";
        }
    }
}
