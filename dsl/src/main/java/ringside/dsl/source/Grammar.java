package ringside.dsl.source;

import java.util.Set;
import ringside.dsl.assembly.Operands;

/** The fixed words of the scripts' two languages: Groovy's own, and the assembler's that are not instructions. */
public final class Grammar {
    /** Prefixes written before a mnemonic. */
    public static final Set<String> PREFIXES = Set.of(
            "lock", "rep", "repe", "repz", "repne", "repnz", "es", "cs", "ss", "ds", "fs", "gs", "o16", "o32", "a16",
            "a32");

    /** Directives whose operands are written as an instruction's. */
    public static final Set<String> DIRECTIVES = Set.of(
            "db", "dw", "dd", "dq", "resb", "resw", "resd", "times", "align", "org", "bits", "checkpoint", "marker");

    /** Directives that define data: {@code name db 1} is a label without its colon. */
    static final Set<String> DATA = Set.of("db", "dw", "dd", "dq", "resb", "resw", "resd");

    /** Words whose block holds assembler. */
    public static final Set<String> BLOCKS = Set.of("kernel", "user", "real", "data", "code", "interrupt", "emit");

    static final Set<String> SEGMENTS = Set.of("es", "cs", "ss", "ds", "fs", "gs");

    /** Words that give memory its width. */
    static final Set<String> SIZES = Set.copyOf(Operands.SIZES);

    /** Words that say how far a branch goes. */
    static final Set<String> DISTANCES = Set.of("short", "near", "far");

    private static final Set<String> KEYWORDS = Set.of(
            "abstract",
            "as",
            "assert",
            "break",
            "case",
            "catch",
            "class",
            "const",
            "continue",
            "def",
            "default",
            "do",
            "else",
            "enum",
            "extends",
            "final",
            "finally",
            "for",
            "goto",
            "if",
            "implements",
            "import",
            "in",
            "instanceof",
            "interface",
            "native",
            "new",
            "null",
            "package",
            "private",
            "protected",
            "public",
            "return",
            "static",
            "strictfp",
            "super",
            "switch",
            "synchronized",
            "this",
            "threadsafe",
            "throw",
            "throws",
            "trait",
            "transient",
            "true",
            "false",
            "try",
            "var",
            "void",
            "volatile",
            "while",
            "yield");

    private static final Set<String> TYPES =
            Set.of("boolean", "byte", "char", "double", "float", "int", "long", "short");

    private Grammar() {}

    static boolean isKeyword(String word) {
        return KEYWORDS.contains(word) || TYPES.contains(word);
    }

    static boolean isType(String word) {
        return TYPES.contains(word)
                || word.equals("def")
                || word.equals("var")
                || Character.isUpperCase(word.charAt(0));
    }
}
