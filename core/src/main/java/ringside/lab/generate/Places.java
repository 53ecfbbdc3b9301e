package ringside.lab.generate;

/** Where the parts of a random program lie, and the selectors that its descriptor tables offer. */
final class Places {
    static final int GDT = 0x1000, GDT_LIMIT = 0xff, IDT = 0x2000, STUBS = 0x3000, COMMON = 0x5000, TIMER = 0x5100;
    static final int ENTER = 0x5200, GATE = 0x5280, DOUBLE_FAULT = 0x5300, PROLOGUE = 0x5400, BACK = 0x5500;
    static final int LOG_POINTER = 0x6000, RESUME = 0x6004, USER_EIP = 0x6008, USER_FLAGS = 0x600c;
    static final int TSS = 0x7000, SECOND_TSS = 0x7100, LDT = 0x7800, LDT_LIMIT = 0x1f;
    static final int DIRECTORY = 0x8000, TABLE = 0x9000;
    static final int SLOTS = 0x10000, USER_SLOTS = 0x30000, SLOT = 128;
    /** Data whose addresses end in E000 to EFFF: so that 16-bit addresses meet no table. */
    static final int LOW_DATA = 0xe000, DATA = 0x4e000, DATA_SIZE = 0x1000;

    static final int STACK = 0x80000, FAULT_STACK = 0x82000, USER_STACK = 0x88000, LOG = 0x90000;
    /** Pages whose entries pieces change. */
    static final int PAGES = 0x70000, PAGE_COUNT = 16;

    static final int CODE = 0x08, KERNEL_DATA = 0x10, USER_CODE = 0x1b, USER_DATA = 0x23, TASK = 0x28, LOCAL = 0x30;
    static final int CODE_16 = 0x58, FAULT_TASK = 0x60, GATE_0 = 0x70, GATE_3 = 0x78;

    /** Descriptors that pieces rewrite. */
    static final int[] CHANGING = {0x48, 0x68, 0x80, 0x88, 0x90};

    /** Code selectors for far transfers, good and bad. */
    static final int[] CODES = {0x08, 0x08, 0x08, 0x09, 0x0b, 0x38, 0x39, 0x50, 0x50, 0x51, 0x1b, 0xa0, 0xb0, 0x10, 0};

    /** Indices of everything a selector can lead to; with RPL and table indicator drawn beside. */
    static final int LAST = 0xc8;

    /** A vector that any ring may raise by INT, one for ring 0 alone, one whose handler returns at once. */
    static final int OPEN = 0x40, CLOSED = 0x41, RETURNING = 0x42, CALL = 0x80, TIMER_VECTOR = 0x30;

    /** The line of pinned interrupts; its handler is the timer's. */
    static final int PIN_LINE = 5;

    static final long[] DESCRIPTORS = {
        0,
        0x00cf9b000000ffffL, // 08 code, ring 0
        0x00cf93000000ffffL, // 10 data, ring 0
        0x00cffb000000ffffL, // 18 code, ring 3
        0x00cff3000000ffffL, // 20 data, ring 3
        0x0000890070000067L, // 28 TSS
        0x000082007800001fL, // 30 LDT
        0x00cfbb000000ffffL, // 38 code, ring 1
        0x00cfb3000000ffffL, // 40 data, ring 1
        0x00cf92000000ffffL, // 48 data, ring 0, never used
        0x00cf9f000000ffffL, // 50 conforming code, ring 0
        0x00009b010000ffffL, // 58 16-bit code at 00010000
        0x0000890071000067L, // 60 TSS of the double fault
        0x00cf13000000ffffL, // 68 data, not present
        0x00008c0000085280L, // 70 call gate for ring 0
        0x0000ec0000085280L, // 78 call gate for ring 3
        0x0040f3040000efffL, // 80 data, ring 3, small, based at 00040000
        0x00c0f7000000007fL, // 88 expand-down data, ring 3
        0x00cff1000000ffffL, // 90 read-only data, ring 3
        0x000093000000ffffL, // 98 16-bit stack, ring 0
        0x00cffe000000ffffL, // a0 conforming code, ring 3, never used
        0x0000e50000600000L, // a8 task gate to the second TSS
        0x00cf99000000ffffL, // b0 code that cannot be read
        0xffcf93fff000ffffL, // b8 data whose base is fffff000
        0x0000840000085280L, // c0 16-bit call gate
        0x00c093000000000fL, // c8 64 KiB of data
    };

    private Places() {}
}
