package ringside.properties;

import static ringside.properties.SlottedGuest.buffer;
import static ringside.properties.SlottedGuest.bytes;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import ringside.guest.GuestImage;

/**
 * A random kernel that changes its page tables in every way and uses what they map, a flush behind each change.
 *
 * <p>Two directories share the table of the first 4 MiB, mapped onto themselves; behind them two windows lead to two
 * tables, to a large page, or nowhere. One directory entry shows the directory itself. With PAE the same
 * in its format, with the execute-disable bit.
 */
final class PagingProgram {
    private static final int[] DIRECTORIES = {0x100000, 0x104000};
    private static final int LOW_TABLE = 0x101000;
    private static final int[] TABLES = {0x102000, 0x103000};
    private static final int[] POINTERS = {0x110000, 0x110020};
    private static final int[] WIDE = {0x111000, 0x112000};
    private static final int[] WIDE_LOW = {0x113000, 0x114000};
    private static final int[] WIDE_TABLES = {0x115000, 0x116000};
    /** Pages that the windows show, where a large page may begin; a RET in each, out of the way of data. */
    private static final int FRAMES = 0x400000, COUNT = 16, RET = 0x10;

    /** Pages of a window, and entries of a table, that are used: few, so that changes meet uses. */
    private static final int USED = 4;

    private static final int WINDOW = 0x400000, WIDE_WINDOW = 0x400000, SELF = 0xff000000;
    private static final int PGE = 0x80, PSE = 0x10, PAE = 0x20;

    private final SplittableRandom random;
    private final SlottedGuest guest = new SlottedGuest().flattening();
    private final boolean mayBeWide;
    private final boolean users;
    private boolean wide;

    private PagingProgram(long seed, boolean mayBeWide, boolean users) {
        this.random = new SplittableRandom(seed);
        this.mayBeWide = mayBeWide;
        this.users = users;
    }

    /**
     * @param mayBeWide whether the guest switches between both formats, and uses the execute-disable bit
     * @param users whether it goes to ring 3 and back
     */
    static GuestImage of(long seed, int pieces, boolean mayBeWide, boolean users) {
        PagingProgram program = new PagingProgram(seed, mayBeWide, users);
        program.tables();
        program.guest.piece(bytes(0x66, 0xb8, SlottedGuest.TASK, 0, 0x0f, 0x00, 0xd8));
        program.start();
        for (int i = 0; i < pieces; i++) {
            program.piece();
        }
        return program.guest.image();
    }

    // ---- tables

    private void tables() {
        for (int i = 0; i < 2; i++) {
            ByteBuffer directory = buffer(0x1000);
            directory.putInt(0, LOW_TABLE | 7).putInt(4, TABLES[i] | 7).putInt(8, TABLES[1 - i] | 7);
            directory.putInt((SELF >>> 22) * 4, DIRECTORIES[i] | 3);
            guest.with("directory " + i, DIRECTORIES[i], directory.array());
            guest.with("table " + i, TABLES[i], table(4, FRAMES, COUNT));
            guest.with("wide table " + i, WIDE_TABLES[i], table(8, FRAMES, COUNT));
            guest.with("wide low " + i, WIDE_LOW[i], table(8, i << 21, 512));
        }
        guest.with("low", LOW_TABLE, table(4, 0, 1024));
        ByteBuffer pointers = buffer(0x40);
        for (int i = 0; i < 2; i++) {
            pointers.putLong(i * 0x20, WIDE[i] | 1);
            ByteBuffer directory = buffer(0x1000);
            directory.putLong(0, WIDE_LOW[0] | 7).putLong(8, WIDE_LOW[1] | 7);
            directory.putLong(16, WIDE_TABLES[i] | 7).putLong(24, WIDE_TABLES[1 - i] | 7);
            guest.with("wide directory " + i, WIDE[i], directory.array());
        }
        guest.with("pointers", POINTERS[0], pointers.array());
        for (int page = 0; page < COUNT; page++) {
            guest.with("page " + page, FRAMES + page * 0x1000 + RET, bytes(0xc3));
        }
    }

    private static byte[] table(int entry, int first, int count) {
        ByteBuffer table = buffer(count * entry);
        for (int page = 0; page < count; page++) {
            table.putInt(page * entry, first + page * 0x1000 | 7);
        }
        return table.array();
    }

    // ---- pieces

    /** MOV CR4 with PSE and PGE, MOV CR3, EFER.NXE where asked for, MOV CR0 with PG. */
    private void start() {
        if (mayBeWide) {
            guest.piece(bytes(0xb9, 0x80, 0, 0, 0xc0, 0xb8, 0, 8, 0, 0, 0x31, 0xd2, 0x0f, 0x30));
        }
        guest.piece(buffer(40)
                .put(bytes(0xb8, PSE | PGE, 0, 0, 0, 0x0f, 0x22, 0xe0))
                .put((byte) 0xb8)
                .putInt(DIRECTORIES[0])
                .put(bytes(0x0f, 0x22, 0xd8, 0x0f, 0x20, 0xc0))
                .put((byte) 0x0d)
                .putInt(0x80000000)
                .put(bytes(0x0f, 0x22, 0xc0))
                .array());
    }

    private void piece() {
        int la = address();
        switch (random.nextInt(16)) {
            case 0, 1 -> guest.piece(at(la, 0x8b, 0x05));
            case 2, 3 -> guest.piece(at(la, 0x89, 0x05));
            case 4 -> guest.piece(at(la, 0xff, 0x05));
            case 5 ->
                guest.piece(buffer(7)
                        .put((byte) 0xb8)
                        .putInt(la & -0x1000 | RET)
                        .put(bytes(0xff, 0xd0))
                        .array());
            case 6, 7, 8 -> entry();
            case 9, 10 -> directoryEntry();
            case 14 -> dirtyAgain();
            case 11 -> guest.piece(bytes(0x0f, 0x20, 0xc0, 0x35, 0, 0, 1, 0, 0x0f, 0x22, 0xc0));
            case 12 -> guest.piece(load(random.nextInt(2)));
            case 13 -> rareControl();
            default -> guest.piece(users && random.nextInt(3) > 0 ? toUser() : bytes(0xcd, SlottedGuest.OPEN_VECTOR));
        }
    }

    /** A large page that is written, has its dirty bit cleared, and is read elsewhere before it is written again. */
    private void dirtyAgain() {
        int size = wide ? 8 : 4;
        int index = (wide ? 2 : 1) + random.nextInt(2);
        int la = index << (wide ? 21 : 22) | 0x100;
        int[] directories = wide ? WIDE : DIRECTORIES;
        for (int directory : directories) {
            change(store(directory + index * size, FRAMES | 0xe7));
        }
        guest.piece(at(la, 0x89, 0x05));
        for (int directory : directories) {
            change(buffer(7)
                    .put(bytes(0x83, 0x25))
                    .putInt(directory + index * size)
                    .put((byte) ~0x60)
                    .array());
        }
        guest.piece(at(la + 0x1000, 0x8b, 0x05));
        guest.piece(at(la, 0x89, 0x05));
    }

    /** Somewhere in the windows, perhaps across two pages of one. */
    private int address() {
        int window = (wide ? WIDE_WINDOW : WINDOW) + random.nextInt(2) * (wide ? 0x200000 : 0x400000);
        boolean crossing = random.nextInt(4) == 0;
        int page = window + random.nextInt(crossing ? USED - 1 : USED) * 0x1000;
        return page + (crossing ? 0xffe : random.nextInt(8, 0x3ff) * 4);
    }

    private static byte[] at(int la, int... opcode) {
        return buffer(opcode.length + 4).put(bytes(opcode)).putInt(la).array();
    }

    /** A new PTE, or a byte, a word or an unaligned doubleword of some, by their own address or through the self map. */
    private void entry() {
        int size = wide ? 8 : 4;
        int table = (wide ? WIDE_TABLES : TABLES)[random.nextInt(2)];
        int at = table + random.nextInt(USED) * size;
        boolean self = !wide && random.nextInt(4) == 0;
        int base = self ? SELF + (WINDOW >>> 22) * 0x1000 + (at & 0xfff) : at;
        switch (random.nextInt(6)) {
            case 0 ->
                change(buffer(7)
                        .put(bytes(0xc6, 0x05))
                        .putInt(base)
                        .put((byte) low())
                        .array());
            case 1 -> {
                int value = random.nextInt(COUNT) << 12 | low();
                change(buffer(9)
                        .put(bytes(0x66, 0xc7, 0x05))
                        .putInt(base)
                        .putShort((short) value)
                        .array());
            }
            case 2 ->
                change(buffer(7)
                        .put(bytes(0x83, 0x25))
                        .putInt(base)
                        .put((byte) ~0x60)
                        .array());
            case 3 -> {
                if (wide) {
                    int high = random.nextInt(3) == 0 ? 0x80000000 : 0;
                    change(store(at + 4, high));
                } else {
                    change(store(base + 2, random.nextInt() & 0xff0f0000 | 0x00070040));
                }
            }
            default -> change(store(base, value()));
        }
    }

    private int low() {
        return random.nextInt(8) | (random.nextInt(4) == 0 ? 0 : 1) | random.nextInt(4) << 5;
    }

    private int value() {
        int rights = random.nextInt(8) | (random.nextInt(4) == 0 ? 0 : 1) | (random.nextInt(6) == 0 ? 0x100 : 0);
        return FRAMES + random.nextInt(COUNT) * 0x1000 | rights;
    }

    private void directoryEntry() {
        int size = wide ? 8 : 4;
        int directory = (wide ? WIDE : DIRECTORIES)[random.nextInt(2)];
        int index = (wide ? 2 : 1) + random.nextInt(2);
        if (random.nextInt(3) == 0) {
            // accessed and dirty cleared
            change(buffer(7)
                    .put(bytes(0x83, 0x25))
                    .putInt(directory + index * size)
                    .put((byte) ~0x60)
                    .array());
            return;
        }
        int rights = random.nextInt(8) | (random.nextInt(5) == 0 ? 0 : 1);
        int target = switch (random.nextInt(5)) {
            case 0, 1 -> FRAMES | 0x80 | random.nextInt(2) << 6 | random.nextInt(2) << 8;
            default -> (wide ? WIDE_TABLES : TABLES)[random.nextInt(2)];
        };
        change(store(directory + index * size, target | rights));
    }

    private static byte[] store(int at, int value) {
        return buffer(10).put(bytes(0xc7, 0x05)).putInt(at).putInt(value).array();
    }

    /** The change, and a flush of everything, global entries too: CR4.PGE off and on. */
    private void change(byte[] change) {
        int pge = 0x35;
        ByteBuffer code = buffer(change.length + 19).put(change).put(bytes(0x0f, 0x20, 0xe0));
        for (int i = 0; i < 2; i++) {
            code.put((byte) pge).putInt(PGE).put(bytes(0x0f, 0x22, 0xe0));
        }
        guest.piece(code.array());
    }

    private byte[] load(int which) {
        int value = (wide ? POINTERS : DIRECTORIES)[which];
        return buffer(8)
                .put((byte) 0xb8)
                .putInt(value)
                .put(bytes(0x0f, 0x22, 0xd8))
                .array();
    }

    /** CR4.PSE turned over; or the format changed, paging off meanwhile, from ring 0. */
    private void rareControl() {
        if (!mayBeWide || random.nextBoolean()) {
            guest.piece(bytes(0x0f, 0x20, 0xe0, 0x35, PSE, 0, 0, 0, 0x0f, 0x22, 0xe0));
            return;
        }
        wide = !wide;
        guest.piece(bytes(0xcd, SlottedGuest.OPEN_VECTOR));
        guest.piece(buffer(44)
                .put(bytes(0x0f, 0x20, 0xc3, 0x89, 0xd8, 0x25, 0xff, 0xff, 0xff, 0x7f, 0x0f, 0x22, 0xc0))
                .put(bytes(0x0f, 0x20, 0xe0, 0x35, PAE, 0, 0, 0, 0x0f, 0x22, 0xe0))
                .put(load(0))
                .put(bytes(0x0f, 0x22, 0xc3))
                .array());
    }

    /** Data segments of ring 3, and IRET there at the next slot. */
    private byte[] toUser() {
        return buffer(25)
                .put(bytes(0x66, 0xb8, 0x23, 0, 0x8e, 0xd8, 0x8e, 0xc0))
                .put(bytes(0x6a, 0x23, 0x68))
                .putInt(SlottedGuest.STACK - 0x100)
                .put(bytes(0x6a, 0x02, 0x6a, 0x1b, 0x68))
                .putInt(guest.next())
                .put((byte) 0xcf)
                .array();
    }
}
