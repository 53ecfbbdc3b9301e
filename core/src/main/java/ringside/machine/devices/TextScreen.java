package ringside.machine.devices;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.BytePorts;
import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;

/**
 * The text mode of a VGA, 80 columns by 25 rows: CRTC registers at 3D4h and a look at the characters.
 *
 * <p>The display memory at B8000h is RAM like any other, read by the screen when somebody looks: a guest draws at full
 * speed. Start and cursor come from the CRTC; the other registers of a VGA are kept as the guest wrote them.
 */
public final class TextScreen implements Device, BytePorts {
    public static final int COLUMNS = 80;
    public static final int ROWS = 25;
    public static final int MEMORY = 0xb8000;
    private static final int MEMORY_BYTES = 0x8000;
    private static final int CRTC_INDEX = 0x3d4;
    private static final int CRTC_DATA = 0x3d5;
    private static final int STATUS = 0x3da;
    private static final int FIRST_PORT = 0x3c0;

    private final Dma memory;
    private final byte[] crtc = new byte[32];
    /** What was last written to each of 3C0h to 3DFh. */
    private final byte[] latches = new byte[32];

    private int index;
    /** Retrace bits of the status register, which change with every read. */
    private int retrace;

    public TextScreen(Dma memory) {
        this.memory = memory;
    }

    /** The screen as text: 25 rows without trailing blanks. */
    public List<String> rows() {
        byte[] cells = new byte[MEMORY_BYTES];
        memory.read(MEMORY, cells, 0, cells.length);
        List<String> rows = new ArrayList<>();
        int start = word(0x0c) * 2;
        for (int row = 0; row < ROWS; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < COLUMNS; column++) {
                int c = cells[(start + (row * COLUMNS + column) * 2) % MEMORY_BYTES] & 0xff;
                line.append(c >= 0x20 && c < 0x7f ? (char) c : c == 0 ? ' ' : '?');
            }
            rows.add(line.toString().stripTrailing());
        }
        return rows;
    }

    /** The rows joined by line ends, empty ones at the end left out. */
    public String text() {
        return String.join("\n", rows()).stripTrailing();
    }

    /** Characters, colours and cursor as they are now. */
    public ScreenPicture picture() {
        byte[] memoryBytes = new byte[MEMORY_BYTES];
        memory.read(MEMORY, memoryBytes, 0, memoryBytes.length);
        byte[] cells = new byte[ROWS * COLUMNS * 2];
        int start = word(0x0c) * 2;
        for (int i = 0; i < cells.length; i++) {
            cells[i] = memoryBytes[(start + i) % MEMORY_BYTES];
        }
        boolean hidden = (crtc[0x0a] & 0x20) != 0;
        return new ScreenPicture(cells, hidden ? -1 : cursor());
    }

    /** The cursor's row and column as one number: row * 80 + column. */
    public int cursor() {
        return word(0x0e) - word(0x0c);
    }

    /** A register pair of the CRTC, high byte first. */
    private int word(int high) {
        return (crtc[high] & 0xff) << 8 | crtc[high + 1] & 0xff;
    }

    @Override
    public int in8(int port) {
        return switch (port) {
            case CRTC_INDEX -> index;
            case CRTC_DATA -> crtc[index] & 0xff;
            case STATUS -> {
                retrace ^= 9;
                yield retrace;
            }
            default -> latches[port - FIRST_PORT] & 0xff;
        };
    }

    @Override
    public void out8(int port, int value) {
        switch (port) {
            case CRTC_INDEX -> index = value & 31;
            case CRTC_DATA -> crtc[index] = (byte) value;
            default -> latches[port - FIRST_PORT] = (byte) value;
        }
    }

    @Override
    public String stateName() {
        return "screen";
    }

    @Override
    public void visit(StateVisitor v) {
        v.bytes("crtc", crtc);
        v.bytes("latches", latches);
        index = v.int32("index", index);
        retrace = v.int32("retrace", retrace);
    }
}
