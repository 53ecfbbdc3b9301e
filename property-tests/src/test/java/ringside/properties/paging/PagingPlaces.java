package ringside.properties.paging;

/** Where the tables of a {@link PagingProgram}, and the pages that they lead to, lie. */
final class PagingPlaces {
    static final int[] DIRECTORIES = {0x100000, 0x104000};
    static final int LOW_TABLE = 0x101000;
    static final int[] TABLES = {0x102000, 0x103000};
    static final int[] POINTERS = {0x110000, 0x110020};
    static final int[] WIDE = {0x111000, 0x112000};
    static final int[] WIDE_LOW = {0x113000, 0x114000};
    static final int[] WIDE_TABLES = {0x115000, 0x116000};
    /** Another table of each format, in the first MiB. */
    static final int EARLY_TABLE = 0x60000, EARLY_WIDE_TABLE = 0x61000;

    /** A table of each format in the memory of a device, and in ROM, where no walk can mark it. */
    static final int DEVICE_TABLE = 0xd0000, ROM_TABLE = 0xe0000;

    /** Pages that the windows show, where a large page may begin. */
    static final int FRAMES = 0x400000, COUNT = 16;

    /** From this one on they hold the same at first. */
    static final int ALIKE = 12;

    /** What each such page holds, out of the way of data: a RET, a descriptor of user data. */
    static final int RET = 0x10, DESCRIPTOR = 0x18;

    /** Pages of a window, and entries of a table, that are used: few, so that changes meet uses. */
    static final int USED = 4;

    /** Two windows lie one behind the other from here on: of 4 MiB, with PAE of 2. */
    static final int WINDOW = 0x400000;

    /** Where the directory in force shows its tables, page by page. */
    static final int SELF = 0xff000000, WIDE_SELF = 0x3fe00000;

    /** The IDT: its first fourteen gates on one page, that of page faults and the rest on the next. */
    static final int IDT = 0x70000 - 14 * 8, FIRST_GATES = 0x6f;

    /** Nothing answers there. */
    static final int NOWHERE = 0x0f000000;

    static final int LOCAL_SELECTOR = 0x30;

    static final int PSE = 0x10, PAE = 0x20, PGE = 0x80;

    /** Of an entry. */
    static final int GLOBAL = 0x100;

    private PagingPlaces() {}

    static int entrySize(boolean wide) {
        return wide ? 8 : 4;
    }

    /** The index in its directory of the first window. */
    static int firstIndex(boolean wide) {
        return wide ? 2 : 1;
    }

    static int windowShift(boolean wide) {
        return wide ? 21 : 22;
    }
}
