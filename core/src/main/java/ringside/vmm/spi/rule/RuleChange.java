package ringside.vmm.spi.rule;

/** A change to a mode's rules; changes are carried out in order. */
public sealed interface RuleChange {
    /** The script line that asks for it, or empty. */
    String where();

    /** Adds a rule, or replaces the one with its name. */
    record Put(TranslationRule rule) implements RuleChange {
        @Override
        public String where() {
            return rule.where();
        }
    }

    /** Takes a rule away: its instructions fall to the rules behind it. */
    record Remove(String name, String where) implements RuleChange {}
}
