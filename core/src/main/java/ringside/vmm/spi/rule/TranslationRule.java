package ringside.vmm.spi.rule;

import java.util.List;
import java.util.function.Predicate;

/**
 * How instructions of some kind are translated.
 *
 * @param name the word it is listed under; the name of another rule replaces that one
 * @param where the script line that describes it, for refusals; may be empty
 * @param before the rule in front of which it is put; empty for in front of all of the mode's own
 * @param mnemonics what it is for, lower case: {@code cli}
 * @param when narrows that; must be a function of the site alone
 * @param emission what takes the instruction's place; likewise
 */
public record TranslationRule(
        String name, String where, String before, List<String> mnemonics, Predicate<Site> when, Emission emission) {
    public TranslationRule {
        mnemonics = List.copyOf(mnemonics);
    }

    /** What a rule makes of an instruction. */
    @FunctionalInterface
    public interface Emission {
        /** The steps, in order; after the last the guest goes on behind the instruction. */
        List<Step> at(Site site);
    }
}
