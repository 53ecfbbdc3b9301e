package ringside.isa;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings our text and objdump's to one form, so that what still differs is a difference of meaning.
 *
 * <p>Dropped: sizes of operands that objdump gives a size and the manual does not, spaces, {@code *1}, {@code +0x0}, the
 * {@code ds:} of a bare offset. Kept: mnemonic, prefixes that change it, operand size, registers, segments, numbers.
 */
final class ObjdumpText {
    private static final Pattern STRING = Pattern.compile(
            "(movs|cmps|stos|lods|scas|ins|outs|xlat) .*?(BYTE|DWORD|WORD) PTR (?:es:\\[(e?)di\\]|(\\w\\w):\\[(e?)(?:si|bx)\\]).*");
    private static final Pattern SOURCE = Pattern.compile("(\\w\\w):\\[e?(si|bx)\\]");
    private static final Pattern MEMORY = Pattern.compile("(?:(\\w\\w):)?\\[([^\\]]*)\\]");
    private static final Pattern ABSOLUTE = Pattern.compile("\\b([c-gs]s):(0x[0-9a-f]+)");
    private static final Pattern HEX = Pattern.compile("([-+]?)0x([0-9a-f]+)");

    /** Comparisons that objdump names by their immediate. */
    private static final String[] PREDICATES = {"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"};

    private static final Pattern COMPARE = Pattern.compile("cmp(eq|lt|le|unord|neq|nlt|nle|ord)([ps][sd]) (.*)");

    private ObjdumpText() {}

    /** Prefixes that change nothing, in objdump's words and in ours: random bytes are full of them. */
    private static final Pattern IDLE = Pattern.compile(
            "^((data|addr)(16|32)|[c-gs]s|repn?z|repn?e|rep|bnd|lock|xacquire|xrelease|notrack|o16|o32|o) +(?=\\S)");

    /** objdump's text without prefixes and without an index that is none. */
    static String bareOfObjdump(String text, int codeBits) {
        String t = bare(text).replaceAll("(?<=\\[)eiz\\*\\d(?=[-\\]])|(?<=\\[)eiz\\*\\d\\+|\\+eiz\\*\\d", "");
        t = Pattern.compile("\\[-0x([0-9a-f]+)\\]")
                .matcher(t)
                .replaceAll(m -> "[0x" + Integer.toHexString(-Integer.parseUnsignedInt(m.group(1), 16)) + "]");
        return common(bare(ofObjdump(t, codeBits)));
    }

    /** Our text without prefixes. */
    static String bareOfOurs(Insn i, int eip, int codeBits) {
        return common(bare(ofOurs(i, eip, codeBits)));
    }

    private static String bare(String text) {
        String t = text;
        for (Matcher m = IDLE.matcher(t); m.find(); m = IDLE.matcher(t)) {
            t = t.substring(m.end());
        }
        return t;
    }

    // ---- objdump's text

    /** objdump's text for code of {@code codeBits}. */
    static String ofObjdump(String text, int codeBits) {
        String t = text.replaceAll("\\s+", " ")
                .replaceAll("<[^>]*>", "")
                .replaceAll("#.*", "")
                .strip();
        t = t.replace("(8087 only)", "").replace("(287 only)", "").replace("fnsetpm", "fsetpm");
        t = t.replaceFirst("\\brepz ", "rep ").replaceFirst("\\brepnz ", "repne ");
        t = t.replaceFirst("\\b(addr16|addr32) ", "").replaceFirst("\\b(data16|data32) ", "o ");
        t = string(t, codeBits);
        t = t.replace("FWORD PTR ", "").replace("TBYTE PTR ", "tword ").replace("XMMWORD PTR ", "oword ");
        t = t.replace("QWORD PTR ", "qword ").replace("DWORD PTR ", "dword ").replace("WORD PTR ", "word ");
        t = t.replace("BYTE PTR ", "byte ")
                .replaceFirst(
                        "^(sgdt|sidt|lgdt|lidt|push|pop|call|jmp|ret|retf|leave|enter|fldenv|fnstenv|fnsave|frstor)[wd]\\b",
                        "$1");
        t = t.replaceFirst("^((?:j|set|cmov)n?)e\\b", "$1z").replaceFirst("^notrack (\\w+ \\w+ )\\[", "$1ds:[");
        Matcher compare = COMPARE.matcher(t);
        if (compare.matches()) {
            int predicate = java.util.List.of(PREDICATES).indexOf(compare.group(1));
            t = "cmp" + compare.group(2) + " " + compare.group(3) + "," + "0x" + predicate;
        }
        t = t.replaceAll("\\bst\\((\\d)\\)", "st$1").replaceAll("\\bst\\b(?!\\d)", "st0");
        t = t.replaceAll("\\bdb(\\d)\\b", "dr$1");
        return common(t);
    }

    private static String string(String t, int codeBits) {
        int at = t.indexOf(' ');
        String prefix = "";
        while (t.startsWith("rep ") || t.startsWith("repne ") || t.startsWith("o ")) {
            prefix += t.substring(0, t.indexOf(' ') + 1);
            t = t.substring(t.indexOf(' ') + 1);
        }
        Matcher m = STRING.matcher(t);
        if (!m.matches()) {
            return prefix + t;
        }
        boolean wide = "e".equals(m.group(3)) || "e".equals(m.group(5));
        Matcher source = SOURCE.matcher(t);
        String seg = source.find() && !source.group(1).equals("ds") ? source.group(1) + " " : "";
        String address = wide == (codeBits == 32) ? "" : wide ? "a32 " : "a16 ";
        return prefix + seg + address + m.group(1) + m.group(2).toLowerCase().charAt(0);
    }

    /** A 16-bit branch keeps 16 bits of its target, which objdump forgets. */
    static String branchKeptTo16(Insn i, String text) {
        int at = text.lastIndexOf("0x");
        return i.op0 instanceof Operand.Rel && i.opSize == 16
                ? text.substring(0, at + 2)
                        + Integer.toHexString(Integer.parseUnsignedInt(text.substring(at + 2), 16) & 0xffff)
                : text;
    }

    // ---- our text

    /** Our text of {@code i}. */
    static String ofOurs(Insn i, int eip, int codeBits) {
        String t = Disassembler.text(i, eip);
        t = t.replaceFirst("\\brepe ", "rep ")
                .replaceFirst("\\bo(16|32) ", "o ")
                .replace(", ", ",");
        if (!i.row.is(Attribute.REP)
                && !i.row.is(Attribute.REPZ)
                && !i.row.mnemonic().equals("xlatb")) {
            t = t.replaceFirst("\\ba(16|32) ", "");
        } else {
            t = t.replaceFirst("\\bds ", "");
        }
        t = t.replaceAll("\\b(short|near|far) ", "");
        t = t.replaceAll("\\[(?:word |dword )?([c-gs]s):([^\\]]*)\\]", "$1:[$2]")
                .replaceAll("\\[(word|dword) ", "[");
        if (new Mnemonic(i.row.mnemonic()).defaultName() != null) {
            String suffix = i.has(Prefix.OPERAND_SIZE) ? i.opSize == 16 ? "w" : "d" : "";
            t = t.replace(i.mnemonic(), new Mnemonic(i.row.mnemonic()).defaultName() + suffix);
        }
        Matcher negative = Pattern.compile(",-0x([0-9a-f]+)$| -0x([0-9a-f]+)$").matcher(t);
        if (negative.find()) {
            int value =
                    -Integer.parseUnsignedInt(negative.group(1) == null ? negative.group(2) : negative.group(1), 16);
            String hex = "0x" + Integer.toHexString(i.opSize == 16 ? value & 0xffff : value);
            t = t.substring(0, negative.start() + 1) + hex;
        }
        return common(t);
    }

    // ---- both

    private static String common(String t) {
        t = ABSOLUTE.matcher(t).replaceAll(m -> m.group(1) + ":[" + m.group(2) + "]");
        t = MEMORY.matcher(t).replaceAll(m -> Matcher.quoteReplacement(memory(m.group(1), m.group(2))));
        t = t.replaceFirst(
                "^(l[edsfg]s|bound|[sl][gi]dt|invlpg|call|jmp) (\\w+,)?(byte|dword|qword|word) (?=\\[|\\w\\w:\\[)",
                "$1 $2");
        t = t.replaceFirst("^mov (e?a[xl]),\\w+ (.*\\[0x.*)", "mov $1,$2")
                .replaceFirst("^mov \\w+ (.*\\[0x.*,e?a[xl])$", "mov $1");
        t = t.replaceFirst("^(push|call|j\\w+|loop\\w*) d?word (?=-?0x)", "$1 ").replaceFirst("\\bo ", "");
        t = t.replaceFirst("^(lar|lsl) (e\\w\\w),e", "$1 $2,").replaceFirst("^mov ([c-gs]s),e", "mov $1,");
        return t.strip();
    }

    private static String memory(String seg, String address) {
        String a = address.replace("*1", "").replace("+0x0", "");
        Matcher m = HEX.matcher(a);
        if (m.find() && m.start() > 0) {
            int value = Integer.parseUnsignedInt(m.group(2), 16);
            value = m.group(1).equals("-") ? -value : value;
            a = a.substring(0, m.start()) + "+" + Integer.toHexString(value);
        }
        boolean bare = a.startsWith("0x");
        return (seg == null || bare && seg.equals("ds") ? "" : seg + ":") + "[" + a + "]";
    }
}
