package ringside.properties.paging;

import static ringside.properties.SlottedGuest.buffer;
import static ringside.properties.SlottedGuest.bytes;
import static ringside.properties.paging.PagingPlaces.*;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import ringside.guest.GuestImage;
import ringside.properties.SlottedGuest;

/**
 * A random kernel that changes its page tables in every way and uses what they map.
 *
 * <p>Two directories share the table of the first 4 MiB, mapped onto themselves; behind them two windows lead to two
 * tables, to a large page, or elsewhere. One directory entry shows the directory itself. With PAE the same in its format.
 *
 * @param mayBeWide whether it switches between both formats, and uses the execute-disable bit
 * @param users whether it goes to ring 3 and back
 * @param globals whether entries may be global: then another directory is not loaded without a flush of those too
 * @param flushes whether a flush stands behind each change
 */
public record PagingProgram(
        boolean mayBeWide, boolean users, boolean globals, boolean flushes, List<PagingPiece> pieces) {
    public PagingProgram {
        pieces = List.copyOf(pieces);
    }

    /** A program of {@code count} pieces, all that follows from {@code seed}. */
    public static PagingProgram of(long seed, int count, boolean mayBeWide, boolean users) {
        return drawn(seed, count, mayBeWide, users, true);
    }

    /** As {@link #of}, without a flush behind any change: for {@link MaySet} to judge. */
    public static PagingProgram withoutFlushes(long seed, int count, boolean mayBeWide, boolean users) {
        return drawn(seed, count, mayBeWide, users, false);
    }

    private static PagingProgram drawn(long seed, int count, boolean mayBeWide, boolean users, boolean flushes) {
        SplittableRandom random = new SplittableRandom(seed);
        PagingProgram empty = new PagingProgram(mayBeWide, users, random.nextBoolean(), flushes, List.of());
        List<PagingPiece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(new PagingPiece(PagingKind.draw(random, empty), random.nextLong()));
        }
        return empty.with(pieces);
    }

    /** The same program with other pieces. */
    public PagingProgram with(List<PagingPiece> others) {
        return new PagingProgram(mayBeWide, users, globals, flushes, others);
    }

    public GuestImage image() {
        return written().image();
    }

    /** What the program is about, by the address of the instruction that does it. */
    public Map<Integer, String> marks() {
        return written().marks();
    }

    /** The program so far: its tables, and paging switched on. */
    PagingWriter begun() {
        PagingWriter writer = new PagingWriter(this);
        tables(writer.guest);
        writer.start();
        return writer;
    }

    private PagingWriter written() {
        PagingWriter writer = begun();
        for (PagingPiece piece : pieces) {
            piece.kind().write(writer.with(piece.seed()));
        }
        return writer;
    }

    // ---- tables

    private static void tables(SlottedGuest guest) {
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
        guest.with("early table", EARLY_TABLE, table(4, FRAMES + 0x8000, USED + 1));
        guest.with("early wide table", EARLY_WIDE_TABLE, table(8, FRAMES + 0x8000, USED + 1));
        guest.withRom("rom tables", ROM_TABLE, bothTables());
        ByteBuffer pointers = buffer(0x40);
        for (int i = 0; i < 2; i++) {
            pointers.putLong(i * 0x20, WIDE[i] | 1);
            ByteBuffer directory = buffer(0x1000);
            directory.putLong(0, WIDE_LOW[0] | 7).putLong(8, WIDE_LOW[1] | 7);
            directory.putLong(16, WIDE_TABLES[i] | 7).putLong(24, WIDE_TABLES[1 - i] | 7);
            directory.putLong((WIDE_SELF >>> 21) * 8, WIDE[i] | 3);
            guest.with("wide directory " + i, WIDE[i], directory.array());
        }
        guest.with("pointers", POINTERS[0], pointers.array());
        guest.with("split idt", IDT, SlottedGuest.idt());
        for (int page = 0; page < COUNT; page++) {
            int at = FRAMES + page * 0x1000;
            // the last ones are alike, and may be shared
            guest.with(
                    "frame " + page,
                    at,
                    buffer(4).putInt(Math.min(page, ALIKE) << 4).array());
            guest.with("page " + page, at + RET, bytes(0xc3));
            ByteBuffer descriptor = buffer(8).putLong(0x00cff2000000ffffL);
            guest.with("descriptor " + page, at + DESCRIPTOR, descriptor.array());
        }
    }

    /** A table of two levels, and in the next page one of PAE. */
    static byte[] bothTables() {
        ByteBuffer tables = buffer(0x2000);
        tables.put(table(4, FRAMES + 0x8000, USED + 1)).position(0x1000).put(table(8, FRAMES + 0x8000, USED + 1));
        return tables.array();
    }

    private static byte[] table(int entry, int first, int count) {
        ByteBuffer table = buffer(count * entry);
        for (int page = 0; page < count; page++) {
            table.putInt(page * entry, first + page * 0x1000 | 7);
        }
        return table.array();
    }
}
