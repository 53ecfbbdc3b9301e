package ringside.arch;

/** The numbers that instruction encodings give to registers (SDM vol. 2, table 2-2). */
public final class Reg {
    public static final int EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
    public static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;

    public static final String[] NAMES32 = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    public static final String[] NAMES16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    public static final String[] NAMES8 = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
    public static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

    private Reg() {}

    /** The name of general register {@code index} at {@code bits} (8, 16 or 32) wide. */
    public static String name(int bits, int index) {
        return switch (bits) {
            case 8 -> NAMES8[index];
            case 16 -> NAMES16[index];
            default -> NAMES32[index];
        };
    }
}
