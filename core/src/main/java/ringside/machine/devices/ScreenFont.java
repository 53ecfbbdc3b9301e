package ringside.machine.devices;

/** Ringside's own letters for pictures of the text screen: 5 dots wide, 7 high, one digit of base 32 a row. */
final class ScreenFont {
    static final int WIDTH = 5, HEIGHT = 7;
    private static final int FIRST = 0x20;
    private static final int FULL_BLOCK = 0xdb, LIGHT = 0xb0, MEDIUM = 0xb1, DARK = 0xb2;

    // spotless:off
    private static final String[] GLYPHS = {
        "0000000", "4444004", "aaa0000", "aavavaa", "4fke5u4", "op248j3", "cik8lid", "c480000", // space to '
        "2488842", "8422248", "04lel40", "044v440", "0000c48", "000v000", "00000cc", "01248g0", // ( to /
        "ehjlphe", "4c4444e", "eh1248v", "v2421he", "26aiv22", "vgu11he", "68guhhe", "v124888", // 0 to 7
        "ehhehhe", "ehhf12c", "0cc0cc0", "0cc0c48", "248g842", "00v0v00", "8421248", "eh12404", // 8 to ?
        "eh1dlle", "ehhvhhh", "uhhuhhu", "ehggghe", "uhhhhhu", "vgguggv", "vgguggg", "ehgnhhf", // @ to G
        "hhhvhhh", "e44444e", "72222ic", "hikokih", "ggggggv", "hrllhhh", "hpljhhh", "ehhhhhe", // H to O
        "uhhuggg", "ehhhlid", "uhhukih", "fgge11u", "v444444", "hhhhhhe", "hhhhha4", "hhhllla", // P to W
        "hha4ahh", "hha4444", "v1248gv", "e88888e", "0g84210", "e22222e", "4ah0000", "000000v", // X to _
        "8420000", "00e1fhf", "ggmphhu", "00egghe", "11djhhf", "00ehvge", "698s888", "0fhhf1e", // ` to g
        "ggmphhh", "40c444e", "20622ic", "ggikoki", "c44444e", "00qllhh", "00mphhh", "00ehhhe", // h to o
        "00uhugg", "00djf11", "00mpggg", "00ege1u", "88s8896", "00hhhjd", "00hhha4", "00hhlla", // p to w
        "00ha4ah", "00hhf1e", "00v248v", "2448442", "4444444", "8442448", "008l200",            // x to ~
    };
    // spotless:on

    private static final String BOX = "vhhhhhv";

    private ScreenFont() {}

    /** Whether the dot in this column and row of a character of code page 437 is set; unknown ones are a box. */
    static boolean dot(int character, int column, int row) {
        return switch (character) {
            case 0, 0xff -> false;
            case FULL_BLOCK -> true;
            case LIGHT -> (column + 2 * row) % 4 == 0;
            case MEDIUM -> (column + row) % 2 == 0;
            case DARK -> (column + 2 * row) % 4 != 0;
            default -> (Character.digit(glyph(character).charAt(row), 32) >> WIDTH - 1 - column & 1) != 0;
        };
    }

    private static String glyph(int character) {
        int index = character - FIRST;
        return index >= 0 && index < GLYPHS.length ? GLYPHS[index] : BOX;
    }
}
