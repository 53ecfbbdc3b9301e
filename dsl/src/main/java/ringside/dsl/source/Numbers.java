package ringside.dsl.source;

import java.util.Locale;

/** Numbers as assemblers write them, said in Groovy's way. */
final class Numbers {
    private Numbers() {}

    /** {@code 1Fh} as {@code 0x1F}, {@code 101b} as {@code 0b101}, {@code 17o} as {@code 017}; others as they are. */
    static String groovy(String number) {
        String lower = number.toLowerCase(Locale.ROOT);
        String digits = lower.substring(0, lower.length() - 1);
        boolean marked = lower.startsWith("0x") || lower.startsWith("0b") && digits.length() > 1;
        if (marked || digits.isEmpty()) {
            return number;
        }
        return switch (lower.charAt(lower.length() - 1)) {
            case 'h' -> of(digits, "0123456789abcdef_") ? "0x" + digits : number;
            case 'b' -> of(digits, "01_") ? "0b" + digits : number;
            case 'o', 'q' -> of(digits, "01234567_") ? "0" + digits : number;
            default -> number;
        };
    }

    /** Whether Groovy would read {@code number} as octal where an assembler reads it as decimal. */
    static boolean looksOctal(String number) {
        return number.length() > 1 && number.startsWith("0") && of(number, "0123456789");
    }

    private static boolean of(String digits, String alphabet) {
        return digits.chars().allMatch(c -> alphabet.indexOf(c) >= 0);
    }
}
