package ringside.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A row's encoding, parsed.
 *
 * <p>What a row may write, in this order: at most one mandatory prefix {@code NP 66 F2 F3} ({@code NP}: none of the
 * three); opcode bytes in hex, {@code 0F} first for the two-byte map; {@code +r} on the last (a register in its low
 * three bits; {@code +i} for an x87 stack register); {@code /r} or {@code /0}-{@code /7} for ModRM; then, for
 * readers only, immediates in lower case ({@code ib iw id iz cb cv cp}): the operand codes decide. A second opcode
 * byte after {@code 0F xx} or {@code D8}-{@code DF} ({@code 0F 01 C1}, {@code D9 E8}, {@code D8 C0+i}) is a fixed
 * ModRM byte. Examples: {@code "00 /r"}, {@code "40+r"}, {@code "83 /0 ib"}, {@code "0F 84 cv"}, {@code "66 0F 6F /r"},
 * {@code "F3 90"}. Conditions are expanded to a row each ({@link Condition#NAMES}).
 *
 * <p>A row without a mandatory prefix is found with any prefixes, unless a row for that prefix exists.
 *
 * @param mandatory the prefix class: -1 any, 0 {@code NP}, else 0x66, 0xF2, 0xF3
 * @param twoByte whether 0F comes before {@code opcode}
 * @param plusRegister whether the low three bits of the last byte are a register
 * @param modRm a fixed ModRM byte, or -1
 * @param digit ModRM.reg of {@code /digit}, or -1
 * @param hasModRm whether a ModRM byte follows the opcode (a fixed one counts)
 */
public record Encoding(
        int mandatory,
        boolean twoByte,
        int opcode,
        boolean plusRegister,
        int modRm,
        int digit,
        boolean hasModRm,
        List<OperandCode> operands) {

    /** Immediates and displacements: the operand codes decide what follows the opcode. */
    private static final Set<String> FOR_READERS =
            Set.of("ib", "iw", "id", "iz", "iv", "cb", "cw", "cd", "cv", "cz", "cp");

    private static final Map<Row, Encoding> PARSED = new ConcurrentHashMap<>();

    /** The encoding of {@code row}; what cannot be read is a defect of the row. */
    public static Encoding of(Row row) {
        return PARSED.computeIfAbsent(row, Encoding::parse);
    }

    private static Encoding parse(Row row) {
        List<OperandCode> operands = row.operands().stream()
                .map(String::strip)
                .map(OperandCode::of)
                .filter(c -> c != OperandCode.IMPLIED)
                .toList();
        try {
            return parse(row.encoding(), operands);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("row " + row + ": " + e.getMessage(), e);
        }
    }

    private static Encoding parse(String text, List<OperandCode> operands) {
        int mandatory = -1;
        int digit = -1;
        boolean plus = false;
        boolean modRmToken = false;
        List<Integer> bytes = new ArrayList<>();
        for (String token : text.split(" ")) {
            if (token.equals("NP")) {
                mandatory = 0;
            } else if (token.equals("/r")) {
                modRmToken = true;
            } else if (token.length() == 2
                    && token.charAt(0) == '/'
                    && token.charAt(1) >= '0'
                    && token.charAt(1) <= '7') {
                modRmToken = true;
                digit = token.charAt(1) - '0';
            } else if (isOpcodeByte(token)) {
                bytes.add(Integer.parseInt(token.substring(0, 2), 16));
                plus = token.length() > 2;
            } else if (!FOR_READERS.contains(token)) {
                throw new IllegalArgumentException("unknown word '" + token + "' in encoding '" + text + "'");
            }
        }
        if (bytes.size() > 1 && (bytes.get(0) == 0x66 || bytes.get(0) == 0xf2 || bytes.get(0) == 0xf3)) {
            mandatory = bytes.removeFirst();
        }
        boolean twoByte = bytes.size() > 1 && bytes.getFirst() == 0x0f;
        if (twoByte) {
            bytes.removeFirst();
        }
        if (bytes.isEmpty() || bytes.size() > 2) {
            throw new IllegalArgumentException("one opcode byte is expected in encoding '" + text + "'");
        }
        int fixed = bytes.size() == 2 ? bytes.get(1) : -1;
        boolean wanted = operands.stream().anyMatch(OperandCode::usesModRm);
        if (wanted && !modRmToken && fixed < 0) {
            throw new IllegalArgumentException("encoding '" + text + "' needs /r or /digit for its operands");
        }
        return new Encoding(
                mandatory, twoByte, bytes.getFirst(), plus, fixed, digit, modRmToken || fixed >= 0, operands);
    }

    /** Two hex digits in capitals, perhaps with {@code +r} or {@code +i}; no regular expression, for the start-up's sake. */
    private static boolean isOpcodeByte(String token) {
        boolean hex = token.length() >= 2 && isHexDigit(token.charAt(0)) && isHexDigit(token.charAt(1));
        return hex && (token.length() == 2 || token.endsWith("+r") || token.endsWith("+i")) && token.length() <= 4;
    }

    private static boolean isHexDigit(char c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'F';
    }
}
