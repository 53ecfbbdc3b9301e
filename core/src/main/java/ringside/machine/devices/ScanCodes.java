package ringside.machine.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which keys of a US keyboard make which character, as scan codes of sets 1 and 2. */
final class ScanCodes {
    static final int LEFT_SHIFT = 0x2a;
    private static final int RELEASE = 0x80;

    /** Set 1 codes 02 to 35 in order, without and with shift; a blank stands for a key that makes no character. */
    private static final String PLAIN = "1234567890-=\b\tqwertyuiop[]\n asdfghjkl;'` \\zxcvbnm,./";

    private static final String SHIFTED = "!@#$%^&*()_+\b\tQWERTYUIOP{}\n ASDFGHJKL:\"~ |ZXCVBNM<>?";

    /** Set 2 codes of the set 1 codes 01 to 58. */
    private static final int[] SET2 = {
        0x76, 0x16, 0x1e, 0x26, 0x25, 0x2e, 0x36, 0x3d, 0x3e, 0x46, 0x45, 0x4e, 0x55, 0x66, 0x0d, 0x15,
        0x1d, 0x24, 0x2d, 0x2c, 0x35, 0x3c, 0x43, 0x44, 0x4d, 0x54, 0x5b, 0x5a, 0x14, 0x1c, 0x1b, 0x23,
        0x2b, 0x34, 0x33, 0x3b, 0x42, 0x4b, 0x4c, 0x52, 0x0e, 0x12, 0x5d, 0x1a, 0x22, 0x21, 0x2a, 0x32,
        0x31, 0x3a, 0x41, 0x49, 0x4a, 0x59, 0x7c, 0x11, 0x29, 0x58, 0x05, 0x06, 0x04, 0x0c, 0x03, 0x0b,
        0x83, 0x0a, 0x01, 0x09, 0x77, 0x7e, 0x6c, 0x75, 0x7d, 0x7b, 0x6b, 0x73, 0x74, 0x79, 0x69, 0x72,
        0x7a, 0x70, 0x71, 0x84, 0x60, 0x61, 0x78, 0x07
    };

    private ScanCodes() {}

    /** The set 1 codes of pressing and releasing the keys for {@code c}; empty if no key makes it. */
    static Optional<List<Integer>> press(char c) {
        if (c == ' ') {
            return Optional.of(List.of(0x39, 0x39 | RELEASE));
        }
        char key = c == '\r' ? '\n' : c;
        int plain = PLAIN.indexOf(key);
        int code = (plain >= 0 ? plain : SHIFTED.indexOf(key)) + 2;
        if (code < 2) {
            return Optional.empty();
        }
        List<Integer> codes = new ArrayList<>(List.of(code, code | RELEASE));
        if (plain < 0) {
            codes.addFirst(LEFT_SHIFT);
            codes.addLast(LEFT_SHIFT | RELEASE);
        }
        return Optional.of(codes);
    }

    /** The same key event in set 2: a release becomes F0 and the code. Codes without a key stay as they are. */
    static int[] set2(int set1) {
        int key = set1 & 0x7f;
        int code = key >= 1 && key <= SET2.length ? SET2[key - 1] : key;
        if (set1 == 0xe0 || set1 == 0xe1) {
            return new int[] {set1};
        }
        return (set1 & RELEASE) != 0 ? new int[] {0xf0, code} : new int[] {code};
    }
}
