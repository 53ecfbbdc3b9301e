package ringside.arch;

/** Exception vectors and what the manual says of each (SDM vol. 3, chapter 6). */
public final class Vector {
    public static final int DE = 0, DB = 1, NMI = 2, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11;
    public static final int SS = 12, GP = 13, PF = 14, MF = 16, AC = 17, MC = 18, XM = 19;

    private static final String[] NAMES = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "CSO", "#TS", "#NP", "#SS", "#GP", "#PF", "15",
        "#MF", "#AC", "#MC", "#XM"
    };

    private Vector() {}

    /** The manual's mnemonic, or the number in hex for a vector that has none. */
    public static String name(int vector) {
        return vector < NAMES.length ? NAMES[vector] : String.format("%02xh", vector);
    }

    public static boolean hasErrorCode(int vector) {
        return vector == DF || (vector >= TS && vector <= PF) || vector == AC;
    }

    /** Contributory exceptions make a double fault of each other (SDM vol. 3, table 6-4). */
    public static boolean isContributory(int vector) {
        return vector == DE || (vector >= TS && vector <= GP);
    }
}
