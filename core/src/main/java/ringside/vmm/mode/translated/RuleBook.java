package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.vmm.spi.rule.RuleChange;
import ringside.vmm.spi.rule.TranslationRule;

/** The rules of a machine in order: the first that matches translates the instruction, the last takes what is left. */
public final class RuleBook {
    /** The mode's own rules, unchanged. */
    static final RuleBook BUILT_IN = new RuleBook(Rules.ALL);

    private final List<Rule> rules;
    /** The mode's own rule for what is simply copied, where no rule of a client stands before it; else null. */
    private final Rule copy;

    private RuleBook(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        int ident = rules.indexOf(Rules.IDENT);
        boolean own = ident >= 0 && rules.subList(0, ident).stream().noneMatch(ScriptedRule.class::isInstance);
        this.copy = own ? Rules.IDENT : null;
    }

    /**
     * The mode's own rules with changes.
     *
     * @throws RingsideException at the line of a change that names no rule, or of a rule that can never match, clobbers what
     *     it did not save, or emits something unsafe
     */
    public static RuleBook of(List<RuleChange> changes) {
        List<Rule> rules = new ArrayList<>(Rules.ALL);
        int front = 1;
        for (RuleChange change : changes) {
            switch (change) {
                case RuleChange.Put(TranslationRule rule) -> front += put(rules, front, rule);
                case RuleChange.Remove(String name, String where) -> {
                    int index = index(rules, name, where);
                    refuseDefault(name, where);
                    rules.remove(index);
                    front -= index < front ? 1 : 0;
                }
            }
        }
        RuleBook book = new RuleBook(rules);
        new RuleTrial(rules).run();
        return book;
    }

    /** Adds or replaces a rule; returns by how many the rules in front have grown. */
    private static int put(List<Rule> rules, int front, TranslationRule rule) {
        ScriptedRule scripted = new ScriptedRule(rule);
        int same = names(rules).indexOf(rule.name());
        if (same >= 0) {
            refuseDefault(rule.name(), rule.where());
            if (!rule.before().isEmpty()) {
                throw new RingsideException(
                        "rule '" + rule.name() + "' takes the place of the rule with its name and has no other",
                        rule.where(),
                        "leave 'before' out, or give it a name of its own");
            }
            rules.set(same, scripted);
            return 0;
        }
        int at = rule.before().isEmpty() ? front : index(rules, rule.before(), rule.where());
        rules.add(at, scripted);
        return at <= front ? 1 : 0;
    }

    private static void refuseDefault(String name, String where) {
        if (name.equals(Rules.DEFAULT)) {
            throw new RingsideException(
                    "the rule '" + name + "' takes every instruction that no other takes: it stays",
                    where,
                    "add rules in front of it");
        }
    }

    private static int index(List<Rule> rules, String name, String where) {
        List<String> names = names(rules);
        int index = names.indexOf(name);
        if (index < 0) {
            String list = names.stream().collect(Collectors.joining("', '", "known: '", "'"));
            throw new RingsideException(
                    "there is no translation rule '" + name + "'", where, NearMiss.hint(name, names, list));
        }
        return index;
    }

    private static List<String> names(List<Rule> rules) {
        return rules.stream().map(Rule::name).toList();
    }

    /** The names in order. */
    public List<String> names() {
        return names(rules);
    }

    /** Whether any rule may ask for the virtual IOPL: then translations are made for one. */
    boolean askForIopl() {
        return rules.stream().anyMatch(ScriptedRule.class::isInstance);
    }

    Rule of(Rule.Subject subject) {
        if (copy != null && !subject.traps() && Rules.copyable(subject)) {
            // most instructions: none of the rules before it would have them
            return copy;
        }
        for (Rule rule : rules) {
            if (rule.matches(subject)) {
                return rule;
            }
        }
        throw new IllegalStateException("the last rule matches everything");
    }
}
