package ringside.properties.paging;

import static ringside.properties.paging.PagingPlaces.*;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import ringside.guest.GuestImage;
import ringside.properties.SlottedGuest;

/**
 * The program as it is written, slot after slot: what is known of the machine at this point of it, and code.
 *
 * <p>A slot starts with an instruction of its own that notes where to go on after a fault; it is closed by {@link #end}.
 */
final class PagingWriter {
    private static final int PREAMBLE = 10, IDT_REGISTER = 0x6010, OPEN_SLOT = 49;
    static final int EFER = 0xc0000080, NXE = 0x800;

    final SlottedGuest guest = new SlottedGuest().flattening();
    private final PagingProgram program;
    private final Map<Integer, String> marks = new TreeMap<>();
    private ByteArrayOutputStream code = new ByteArrayOutputStream();

    SplittableRandom random;
    /** Tables have PAE's format. */
    boolean wide;
    /** The next slot may run in ring 3. */
    private boolean maybeUser;

    PagingWriter(PagingProgram program) {
        this.program = program;
    }

    PagingWriter with(long seed) {
        random = new SplittableRandom(seed);
        return this;
    }

    GuestImage image() {
        return guest.image();
    }

    Map<Integer, String> marks() {
        return marks;
    }

    /** LIDT and LTR; EFER.NXE where asked for; MOV CR4 with PSE and PGE, MOV CR3, MOV CR0 with PG. */
    void start() {
        int base = PagingPlaces.IDT;
        guest.with("idt register", IDT_REGISTER, SlottedGuest.bytes(0xff, 7, base, base >> 8, base >> 16, 0));
        raw(0x0f, 0x01, 0x1d).dword(IDT_REGISTER).raw(0x66, 0xb8, SlottedGuest.TASK, 0, 0x0f, 0x00, 0xd8);
        end();
        if (program.mayBeWide()) {
            raw(0xb9).dword(EFER).eax(NXE).raw(0x31, 0xd2, 0x0f, 0x30).end();
        }
        eax(PSE | PGE).raw(0x0f, 0x22, 0xe0);
        loadCr3(DIRECTORIES[0]).raw(0x0f, 0x20, 0xc0, 0x0d).dword(0x80000000).raw(0x0f, 0x22, 0xc0);
        end();
    }

    boolean users() {
        return program.users();
    }

    /** Entries may be global. */
    boolean globals() {
        return program.globals();
    }

    /** The bit that makes an entry global, once in {@code of} where that may be, or 0. */
    int global(int of) {
        return globals() && random.nextInt(of) == 0 ? GLOBAL : 0;
    }

    // ---- slots

    private int here() {
        return guest.next() - SlottedGuest.SLOT + PREAMBLE + code.size();
    }

    /** The next instruction is one that the program is about. */
    PagingWriter mark(String what) {
        marks.put(here(), what);
        return this;
    }

    PagingWriter raw(int... values) {
        for (int value : values) {
            code.write(value);
        }
        return this;
    }

    PagingWriter dword(int value) {
        return raw(value, value >> 8, value >> 16, value >>> 24);
    }

    /** Closes the slot, if anything is in it. */
    void end() {
        if (code.size() > OPEN_SLOT) {
            throw new IllegalStateException("a slot of " + code.size() + " bytes");
        }
        if (code.size() > 0) {
            guest.piece(code.toByteArray());
            code = new ByteArrayOutputStream();
        }
    }

    /** From the next slot on in ring 0, by INT where it may be otherwise. */
    PagingWriter kernel() {
        end();
        if (maybeUser) {
            mark("back to ring 0").raw(0xcd, SlottedGuest.OPEN_VECTOR).end();
            maybeUser = false;
        }
        return this;
    }

    /** Data segments of ring 3, and IRET there at the next slot. */
    void toUser() {
        kernel();
        raw(0x66, 0xb8, 0x23, 0, 0x8e, 0xd8, 0x8e, 0xc0, 0x6a, 0x23, 0x68).dword(SlottedGuest.STACK - 0x100);
        raw(0x6a, 0x02, 0x6a, 0x1b, 0x68)
                .dword(guest.next())
                .mark("to ring 3")
                .raw(0xcf)
                .end();
        maybeUser = true;
    }

    // ---- code

    PagingWriter eax(int value) {
        return raw(0xb8).dword(value);
    }

    PagingWriter loadCr3(int value) {
        return eax(value).raw(0x0f, 0x22, 0xd8);
    }

    PagingWriter store(int la, int value) {
        return raw(0xc7, 0x05).dword(la).dword(value);
    }

    PagingWriter invlpg(int la) {
        return raw(0x0f, 0x01, 0x3d).dword(la);
    }

    /** Clears bits of the low byte of a doubleword. */
    PagingWriter clear(int la, int bits) {
        return raw(0x83, 0x25).dword(la).raw(~bits);
    }

    PagingWriter read(int la) {
        return raw(0x8b, 0x05).dword(la);
    }

    PagingWriter write(int la) {
        return raw(0x89, 0x05).dword(la);
    }

    /** CR4 with {@code bits} turned over. */
    PagingWriter turnCr4(int bits) {
        return raw(0x0f, 0x20, 0xe0, 0x35).dword(bits).raw(0x0f, 0x22, 0xe0);
    }

    /** A label, and the format of tables in force. */
    String inFormat(String what) {
        return what + (wide ? " (PAE)" : "");
    }

    // ---- flushes

    /** Everything, global entries too: CR4.PGE off and on. */
    PagingWriter flushAll() {
        if (program.flushes()) {
            mark("flush by CR4.PGE").turnCr4(PGE).turnCr4(PGE);
        }
        return this;
    }

    /** What a directory entry led to. */
    PagingWriter flushDirectory() {
        if (program.flushes() && !globals() && random.nextInt(2) == 0) {
            return mark("flush by CR3").raw(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8);
        }
        return flushAll();
    }

    /** What {@code count} entries of a table led to from number {@code index} on, wherever that table is. */
    PagingWriter flushEntries(int index, int count) {
        if (!program.flushes() || random.nextInt(2) == 0) {
            return flushDirectory();
        }
        for (int i = index; i < index + count; i++) {
            mark("flush by INVLPG").invlpg(page(0, i)).invlpg(page(1, i));
        }
        return this;
    }

    /** Perhaps a use of the page with this number in some window: of what is about to change, or has changed. */
    PagingWriter perhapsUse(int index) {
        end();
        if (random.nextBoolean()) {
            int la = page(random.nextInt(2), index) | random.nextInt(8, 0x3ff) * 4;
            boolean write = random.nextInt(3) == 0;
            mark(write ? "write" : "read")
                    .raw(write ? 0x89 : 0x8b, 0x05)
                    .dword(la)
                    .end();
        }
        return this;
    }

    // ---- places

    /** The page with number {@code index} of a window. */
    int page(int window, int index) {
        return WINDOW + (window << windowShift(wide)) + index * 0x1000;
    }

    int directoryEntry(int directory, int window) {
        return (wide ? WIDE : DIRECTORIES)[directory] + (firstIndex(wide) + window) * entrySize(wide);
    }

    int tableEntry(int table, int index) {
        return table(table) + index * entrySize(wide);
    }

    int table(int which) {
        return (wide ? WIDE_TABLES : TABLES)[which];
    }

    int root(int which) {
        return (wide ? POINTERS : DIRECTORIES)[which];
    }

    int frame() {
        return FRAMES + random.nextInt(COUNT) * 0x1000;
    }

    /** Somewhere in the windows, perhaps across two pages of one. */
    int anywhere() {
        boolean crossing = random.nextInt(4) == 0;
        int page = page(random.nextInt(2), random.nextInt(crossing ? USED - 1 : USED));
        return page + (crossing ? 0xffe : random.nextInt(8, 0x3ff) * 4);
    }

    static boolean crosses(int la) {
        return (la & 0xfff) > 0xffc;
    }
}
