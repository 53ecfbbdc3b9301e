package ringside.properties;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import ringside.arch.CpuModel;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.board.Board;
import ringside.machine.devices.DeviceSettings;

/**
 * Random bytes as a guest; prints as hex.
 *
 * @param flat entered in flat protected mode, else in real mode
 * @param year of the processor
 */
record Rubbish(byte[] bytes, boolean flat, int year) {
    private static final int RAM = 1 << 20;
    private static final int PA = 0x8000;
    private static final List<Integer> CLEARED = List.of(0, 0, 0, 0, PA, 0, 0, 0);

    /** Bytes that tend to change mode, tables and control registers: rubbish that gets further. */
    private static final List<Byte> SYSTEM_BYTES = bytes(
            0x0f, 0x01, 0x00, 0x20, 0x22, 0x23, 0x30, 0x32, 0xc0, 0xd8, 0xe0, 0xea, 0xcf, 0xcd, 0xf4, 0xfb, 0xfa, 0x9d,
            0x9c, 0x8e, 0x17, 0x07, 0xff, 0xf3, 0xf2, 0xa4, 0xaa, 0xe6, 0xee, 0xeb, 0xfe, 0x66, 0x67, 0xb8, 0x50, 0x58);

    private static List<Byte> bytes(int... values) {
        return Arrays.stream(values).mapToObj(value -> (byte) value).toList();
    }

    /** Uniform bytes, and bytes that are more often system instructions. */
    static Arbitrary<Rubbish> any() {
        Arbitrary<byte[]> uniform =
                Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(400);
        Arbitrary<byte[]> system =
                Arbitraries.of(SYSTEM_BYTES).array(byte[].class).ofMinSize(1).ofMaxSize(100);
        return Combinators.combine(
                        Arbitraries.oneOf(uniform, system),
                        Arbitraries.of(true, false),
                        Arbitraries.of(1985, 1995, 2019))
                .as(Rubbish::new);
    }

    /** A board with the bytes in memory, about to execute the first. */
    Board loaded() {
        Board board = empty();
        EntryState entry = flat
                ? new EntryState.Flat(8, PA, 16, PA, 0, -1, 0, -1, CLEARED)
                : new EntryState.Real(0, PA, 0, PA, 0, CLEARED);
        new GuestImage("rubbish", List.of(new LoadSegment("bytes", PA, bytes)), entry).load(board);
        board.enter(entry);
        return board;
    }

    /** A board of the same kind without the bytes. */
    Board empty() {
        return new Board(CpuModel.ofYear(year), DeviceSettings.of(RAM), 0);
    }

    @Override
    public String toString() {
        return (flat ? "flat " : "real ") + year + " " + HexFormat.of().formatHex(bytes);
    }
}
