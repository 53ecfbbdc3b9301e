package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import ringside.error.RingsideException;
import ringside.isa.Decoder;
import ringside.isa.Insn;
import ringside.isa.InsnGenerator;
import ringside.isa.Mnemonic;
import ringside.isa.Row;
import ringside.isa.table.InstructionTable;
import ringside.vmm.spi.rule.Site;

/**
 * Tries the rules of clients on instructions of the kinds they are for, before any guest meets them: one that can never
 * match is refused, and so is one whose steps may not stand for what it matches.
 */
final class RuleTrial {
    private static final int DRAWS = 16, MOST_EMISSIONS = 40;
    private static final Settings SETTINGS = Settings.of(Map.of());

    private final List<Rule> rules;

    RuleTrial(List<Rule> rules) {
        this.rules = rules;
    }

    void run() {
        for (int at = 0; at < rules.size(); at++) {
            if (rules.get(at) instanceof ScriptedRule rule) {
                tryOut(rule, rules.subList(0, at));
            }
        }
    }

    private void tryOut(ScriptedRule rule, List<Rule> before) {
        Set<String> takers = new LinkedHashSet<>();
        boolean matched = false;
        boolean looked = false;
        int emissions = 0;
        int reached = 0;
        for (Rule.Subject subject : subjects(rule)) {
            Site site = subject.site();
            boolean matches = rule.described().when().test(site);
            looked |= site.looked();
            if (!matches) {
                continue;
            }
            matched = true;
            Rule taker = before.stream()
                    .filter(earlier -> earlier.matches(subject))
                    .findFirst()
                    .orElse(null);
            if (taker != null) {
                takers.add(taker.name());
                continue;
            }
            reached++;
            if (emissions++ < MOST_EMISSIONS) {
                rule.steps(subject.site());
            }
        }
        if (!matched && !looked) {
            throw never(rule, "its condition holds at no virtual CPL and IOPL", "look at what 'when' says");
        }
        if (matched && reached == 0) {
            throw never(
                    rule,
                    "'" + String.join("', '", takers) + "' before it takes all that it is for",
                    "put it in front with before: '" + takers.iterator().next() + "', or remove that rule");
        }
    }

    private static RingsideException never(ScriptedRule rule, String why, String remedy) {
        return new RingsideException(
                "rule '" + rule.name() + "' can never match: " + why,
                rule.described().where(),
                remedy);
    }

    /** Instructions of the rule's kinds in every virtual CPL and IOPL, in the middle and at the end of a unit. */
    private static List<Rule.Subject> subjects(ScriptedRule rule) {
        List<Rule.Subject> subjects = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (byte[] code : codes(rule, random)) {
            boolean first = subjects.isEmpty();
            for (int state = 0; state < 64; state++) {
                if (first || random.nextInt(8) == 0 || state == 0) {
                    subjects.add(subject(code, state));
                }
            }
        }
        return subjects;
    }

    private static Rule.Subject subject(byte[] code, int state) {
        ContextKey key = new ContextKey(0, -1, state & 3, state >> 2 & 3, true, (state & 16) == 0);
        return new Rule.Subject(
                key, SETTINGS, Decoder.decode(code, 0, 32), 0x100000, code, (state & 32) != 0, false, false);
    }

    private static List<byte[]> codes(ScriptedRule rule, SplittableRandom random) {
        List<byte[]> codes = new ArrayList<>();
        InsnGenerator generator = new InsnGenerator(random);
        for (Row row : InstructionTable.ROWS) {
            Set<String> names = new Mnemonic(row.mnemonic()).names();
            if (names.stream().noneMatch(rule.described().mnemonics()::contains)) {
                continue;
            }
            for (int draw = 0; draw < DRAWS; draw++) {
                byte[] code = assemble(generator, row);
                Insn insn = Decoder.decode(code, 0, 32);
                if (insn.isValid() && rule.isFor(insn)) {
                    codes.add(code);
                }
            }
        }
        return codes;
    }

    private static byte[] assemble(InsnGenerator generator, Row row) {
        try {
            return generator.draft(row, 32).assemble();
        } catch (RingsideException noSuchForm) {
            // a row that the assembler never chooses
            return new byte[0];
        }
    }
}
