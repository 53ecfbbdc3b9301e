package ringside.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ringside.error.RingsideException;

/**
 * One line of assembler as nasm writes it, such as {@code lock add dword [fs:ebx+ecx*4+0x10], eax}, to an instruction.
 *
 * <p>Reads all that {@link Disassembler} writes. Numbers are decimal, {@code 0x1f} or {@code 1fh}; branch targets are
 * absolute. No labels, no expressions beyond sums in an address: those belong to whoever knows a program.
 */
public final class IntelSyntax {
    private static final Map<String, Integer> PREFIXES = Map.of(
            "lock",
            Prefix.LOCK,
            "rep",
            Prefix.REP,
            "repe",
            Prefix.REP,
            "repz",
            Prefix.REP,
            "repne",
            Prefix.REPNE,
            "repnz",
            Prefix.REPNE);

    private static final Map<String, Integer> SIZES =
            Map.of("byte", 8, "word", 16, "dword", 32, "qword", 64, "tword", 80, "oword", 128);

    private static final Map<String, Assembler.Reach> REACHES =
            Map.of("short", Assembler.Reach.SHORT, "near", Assembler.Reach.NEAR);

    private static final Pattern WORD = Pattern.compile("(\\w+)\\s*(.*)", Pattern.DOTALL);
    private static final Pattern SIZE = Pattern.compile("(byte|word|dword|qword|tword|oword)\\b\\s*(.*)");
    private static final Pattern KEYWORD =
            Pattern.compile("(short|near|far|byte|word|dword|qword|tword|oword)\\b\\s*(.*)");
    private static final Pattern FAR = Pattern.compile("(\\w+)\\s*:\\s*(\\w+)");

    private IntelSyntax() {}

    /**
     * A line, understood.
     *
     * @param target where a branch goes, or null for an instruction that is none
     * @param reach how a branch was asked to be encoded
     */
    public record Statement(
            String mnemonic,
            int prefixes,
            List<Operand> operands,
            Integer target,
            Assembler.Reach reach,
            int codeBits) {
        /** The bytes of the statement lying at {@code eip}. */
        public byte[] assemble(int eip) {
            return target == null
                    ? Assembler.assemble(mnemonic, prefixes, operands, codeBits)
                    : Assembler.assembleBranch(mnemonic, prefixes, eip, target, codeBits, reach);
        }
    }

    /** Parses {@code line} and assembles it for {@code eip} in code of {@code codeBits}. */
    public static byte[] assemble(String line, int eip, int codeBits) {
        return parse(line, codeBits).assemble(eip);
    }

    /** What {@code line} says; a {@link RingsideException} tells what cannot be read. */
    public static Statement parse(String line, int codeBits) {
        String rest = line.strip().toLowerCase(Locale.ROOT);
        int prefixes = 0;
        Matcher m = WORD.matcher(rest);
        while (m.matches() && prefix(m.group(1), codeBits) >= 0 && !m.group(2).isEmpty()) {
            prefixes |= prefix(m.group(1), codeBits);
            rest = m.group(2);
            m = WORD.matcher(rest);
        }
        if (!m.matches()) {
            throw unreadable(line, "an instruction begins with its mnemonic");
        }
        return new Parser(m.group(1), prefixes, codeBits).statement(split(m.group(2)));
    }

    private static int prefix(String word, int codeBits) {
        int seg = segment(word);
        if (seg >= 0) {
            return Prefix.ofSegment(seg);
        }
        return switch (word) {
            case "o16", "o32" -> word.equals("o" + codeBits) ? 0 : Prefix.OPERAND_SIZE;
            case "a16", "a32" -> word.equals("a" + codeBits) ? 0 : Prefix.ADDRESS_SIZE;
            default -> PREFIXES.getOrDefault(word, -1);
        };
    }

    private static int segment(String word) {
        return List.of(ringside.arch.Reg.SEGMENTS).indexOf(word);
    }

    private static List<String> split(String operands) {
        List<String> parts = new ArrayList<>();
        for (String part : operands.split(",")) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    private static RingsideException unreadable(String text, String remedy) {
        return new RingsideException("cannot read '" + text + "'", "", remedy);
    }

    /** A number, or null where {@code text} is none. */
    static Integer number(String text) {
        boolean negative = text.startsWith("-");
        String digits = (negative ? text.substring(1) : text).strip().replace("_", "");
        if (digits.isEmpty() || !Character.isDigit(digits.charAt(0))) {
            return null;
        }
        try {
            long value = digits.startsWith("0x")
                    ? Long.parseLong(digits.substring(2), 16)
                    : digits.matches("[0-9][0-9a-f]*h")
                            ? Long.parseLong(digits.substring(0, digits.length() - 1), 16)
                            : Long.parseLong(digits);
            return value > 0xffffffffL ? null : Integer.valueOf((int) (negative ? -value : value));
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** The operands of one line, gathered. */
    private static final class Parser {
        private final int codeBits;
        private final List<Operand> operands = new ArrayList<>();
        private String mnemonic;
        private int prefixes;
        private Integer target;
        private Assembler.Reach reach = Assembler.Reach.SHORTEST;

        Parser(String mnemonic, int prefixes, int codeBits) {
            this.mnemonic = mnemonic;
            this.prefixes = prefixes;
            this.codeBits = codeBits;
        }

        Statement statement(List<String> parts) {
            for (String part : parts) {
                operand(part);
            }
            return new Statement(mnemonic, prefixes, operands, target, reach, codeBits);
        }

        private void operand(String text) {
            int bits = 0;
            String rest = text;
            boolean far = false;
            for (Matcher m = KEYWORD.matcher(rest); m.matches(); m = KEYWORD.matcher(rest)) {
                bits = SIZES.getOrDefault(m.group(1), bits);
                far |= m.group(1).equals("far");
                reach = REACHES.getOrDefault(m.group(1), reach);
                rest = m.group(2);
            }
            if (far && rest.endsWith("]")) {
                mnemonic += " far";
                prefixes |= otherSize(bits);
                bits = 0;
            }
            Operand register = Registers.named(rest);
            Matcher pointer = FAR.matcher(rest);
            Integer value = number(rest);
            if (register != null) {
                operands.add(register);
            } else if (rest.endsWith("]")) {
                operands.add(memory(rest, bits));
            } else if (pointer.matches() && number(pointer.group(1)) != null && number(pointer.group(2)) != null) {
                operands.add(new Operand.Far(bits, number(pointer.group(1)), number(pointer.group(2))));
            } else if (value == null) {
                throw unreadable(text, "an operand is a register, a number, [address] or selector:offset");
            } else if (Assembler.isBranch(mnemonic)) {
                target = value;
                prefixes |= otherSize(bits);
            } else {
                operands.add(new Operand.Imm(bits, value));
            }
        }

        private int otherSize(int bits) {
            return bits == 48 - codeBits ? Prefix.OPERAND_SIZE : 0;
        }

        private Operand memory(String text, int bits) {
            int open = text.indexOf('[');
            String before = text.substring(0, open).strip().replace(":", "");
            String inside = text.substring(open + 1, text.length() - 1).strip();
            int addressBits = 0;
            Matcher size = SIZE.matcher(inside);
            if (size.matches()) {
                addressBits = SIZES.get(size.group(1));
                inside = size.group(2);
            }
            int colon = inside.indexOf(':');
            if (colon >= 0) {
                before = inside.substring(0, colon).strip();
                inside = inside.substring(colon + 1);
            }
            int seg = before.isEmpty() ? -1 : segment(before);
            if (seg < 0 && !before.isEmpty()) {
                throw unreadable(text, "before the address stands a size or a segment register and ':'");
            }
            prefixes |= seg < 0 ? 0 : Prefix.ofSegment(seg);
            int usual = (prefixes & Prefix.ADDRESS_SIZE) != 0 ? 48 - codeBits : codeBits;
            return AddressText.parse(inside, bits, seg, addressBits, usual);
        }
    }
}
