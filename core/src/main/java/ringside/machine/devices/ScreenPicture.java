package ringside.machine.devices;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The text screen at one moment: characters of code page 437 with their colours, to be shown on a terminal or drawn.
 *
 * @param cells character and attribute of each place, row by row
 * @param cursor row * 80 + column, or a number outside where there is none
 */
public record ScreenPicture(byte[] cells, int cursor) {
    private static final Charset CHARACTERS = Charset.forName("IBM437");
    /** Dots of a cell: a font's dot is two by two, with one free column and row. */
    private static final int CELL_WIDTH = 12, CELL_HEIGHT = 16;

    /** The sixteen colours of a VGA, in the order of an attribute's bits. */
    private static final int[] PALETTE = {
        0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa,
        0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff
    };

    /** Terminals order red and blue the other way round. */
    private static final int[] TERMINAL = {0, 4, 2, 6, 1, 5, 3, 7};

    private int character(int place) {
        return cells[2 * place] & 0xff;
    }

    private int attribute(int place) {
        return cells[2 * place + 1] & 0xff;
    }

    // ---- on a terminal

    /** The screen with the colour sequences of ANSI terminals, 25 lines. */
    public String ansi() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < TextScreen.ROWS; row++) {
            int shown = -1;
            for (int column = 0; column < TextScreen.COLUMNS; column++) {
                int place = row * TextScreen.COLUMNS + column;
                if (attribute(place) != shown) {
                    shown = attribute(place);
                    text.append(colours(shown));
                }
                text.append(letter(character(place)));
            }
            text.append("\u001b[0m\n");
        }
        return text.toString();
    }

    private static String colours(int attribute) {
        int foreground = (attribute & 8) != 0 ? 90 : 30;
        return "\u001b[" + (foreground + TERMINAL[attribute & 7]) + ";" + (40 + TERMINAL[attribute >> 4 & 7]) + "m";
    }

    private static String letter(int character) {
        return character < 0x20 || character == 0x7f
                ? character == 0 ? " " : "\u00b7"
                : new String(new byte[] {(byte) character}, CHARACTERS);
    }

    // ---- as a picture

    /** A PNG of 960 x 400 dots, the same bytes for the same screen. */
    public byte[] png() {
        int width = TextScreen.COLUMNS * CELL_WIDTH;
        int height = TextScreen.ROWS * CELL_HEIGHT;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) 4) // bits a dot
                .put((byte) 3) // a palette
                .array();
        chunk(file, "IHDR", header);
        ByteBuffer palette = ByteBuffer.allocate(3 * PALETTE.length);
        for (int colour : PALETTE) {
            palette.put((byte) (colour >> 16)).put((byte) (colour >> 8)).put((byte) colour);
        }
        chunk(file, "PLTE", palette.array());
        chunk(file, "IDAT", deflated(dots(width, height)));
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    /** Rows of dots, two a byte, each row after a byte for its filter: none. */
    private byte[] dots(int width, int height) {
        ByteBuffer rows = ByteBuffer.allocate((1 + width / 2) * height);
        for (int y = 0; y < height; y++) {
            rows.put((byte) 0);
            for (int x = 0; x < width; x += 2) {
                rows.put((byte) (colour(x, y) << 4 | colour(x + 1, y)));
            }
        }
        return rows.array();
    }

    private int colour(int x, int y) {
        int place = y / CELL_HEIGHT * TextScreen.COLUMNS + x / CELL_WIDTH;
        int column = x % CELL_WIDTH / 2;
        int row = y % CELL_HEIGHT / 2;
        boolean glyph =
                column < ScreenFont.WIDTH && row < ScreenFont.HEIGHT && ScreenFont.dot(character(place), column, row);
        boolean lit = glyph || place == cursor && row == ScreenFont.HEIGHT;
        return lit ? attribute(place) & 15 : attribute(place) >> 4 & 7;
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(bytes);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        while (!deflater.finished()) {
            out.write(part, 0, deflater.deflate(part));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 check = new CRC32();
        check.update(name);
        check.update(content);
        file.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        file.writeBytes(name);
        file.writeBytes(content);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) check.getValue()).array());
    }
}
