package ringside.isa;

import java.util.List;

/** The sixteen conditions of Jcc, SETcc and CMOVcc (SDM vol. 1, appendix B), by the low four bits of the opcode. */
public final class Condition {
    /** The name rows use. */
    public static final List<String> NAMES =
            List.of("o", "no", "b", "ae", "z", "nz", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g");

    /** Other spellings of the same condition. */
    private static final List<List<String>> SYNONYMS = List.of(
            List.of(),
            List.of(),
            List.of("c", "nae"),
            List.of("nc", "nb"),
            List.of("e"),
            List.of("ne"),
            List.of("na"),
            List.of("nbe"),
            List.of(),
            List.of(),
            List.of("pe"),
            List.of("po"),
            List.of("nge"),
            List.of("nl"),
            List.of("ng"),
            List.of("nle"));

    private Condition() {}

    /** Other names of condition {@code cc}, such as {@code e} for {@code z}. */
    public static List<String> synonyms(int cc) {
        return SYNONYMS.get(cc);
    }
}
