package ringside.machine.board;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import ringside.machine.bus.Dma;
import ringside.machine.devices.apic.Apics;

/**
 * The configuration table of the MultiProcessor Specification 1.4, which firmware leaves in the last KiB of base memory:
 * one processor, the ISA and PCI buses, the I/O APIC, and which line leads to which of its pins.
 */
final class MpTable {
    /** The floating pointer, where systems look for it; the table follows. */
    static final int PA = 0x9_fc00;

    private static final int HEADER = 44, POINTER = 16;
    private static final int PROCESSOR = 0, BUS = 1, IO_APIC = 2, IO_INTERRUPT = 3, LOCAL_INTERRUPT = 4;
    private static final int PCI_BUS = 0, ISA_BUS = 1;
    private static final int INT = 0, NMI = 1, EXTERNAL = 3;
    private static final int AS_THE_BUS = 0, LOW_LEVEL = 0x0f;
    private static final int CASCADE = 2, LINES = 16, ALL_APICS = 0xff;
    /** The network adapter: slot 3, INTA. */
    private static final int ADAPTER = 3 << 2, ADAPTER_LINE = 11;

    private final ByteBuffer bytes = ByteBuffer.allocate(0x300).order(ByteOrder.LITTLE_ENDIAN);
    private int entries;

    private MpTable() {}

    static void write(Dma memory) {
        byte[] table = new MpTable().table();
        byte[] pointer = ByteBuffer.allocate(POINTER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(text("_MP_"))
                .putInt(PA + POINTER)
                .put((byte) 1)
                .put((byte) 4)
                .array();
        seal(pointer, 10);
        memory.write(PA, pointer, 0, pointer.length);
        memory.write(PA + POINTER, table, 0, table.length);
    }

    private static byte[] text(String characters) {
        return characters.getBytes(StandardCharsets.US_ASCII);
    }

    /** Makes the sum of all bytes zero. */
    private static void seal(byte[] block, int at) {
        int sum = 0;
        for (byte b : block) {
            sum += b;
        }
        block[at] -= (byte) sum;
    }

    private byte[] table() {
        bytes.position(HEADER);
        entry(PROCESSOR, 0, 0x14, 3).putInt(0xf00).putInt(1 << 9).putLong(0);
        entry(BUS, PCI_BUS).put(text("PCI   "));
        entry(BUS, ISA_BUS).put(text("ISA   "));
        entry(IO_APIC, Apics.IO_ID, 0x11, 1).putInt(Apics.IO_PA);
        for (int line = 0; line < LINES; line++) {
            if (line != CASCADE) {
                interrupt(IO_INTERRUPT, INT, AS_THE_BUS, ISA_BUS, line, Apics.IO_ID, Apics.pin(line));
            }
        }
        interrupt(IO_INTERRUPT, INT, LOW_LEVEL, PCI_BUS, ADAPTER, Apics.IO_ID, ADAPTER_LINE);
        interrupt(LOCAL_INTERRUPT, EXTERNAL, AS_THE_BUS, ISA_BUS, 0, ALL_APICS, 0);
        interrupt(LOCAL_INTERRUPT, NMI, AS_THE_BUS, ISA_BUS, 0, ALL_APICS, 1);
        return header(bytes.position());
    }

    private ByteBuffer entry(int... first) {
        entries++;
        for (int value : first) {
            bytes.put((byte) value);
        }
        return bytes;
    }

    private void interrupt(int kind, int type, int flags, int bus, int line, int apic, int pin) {
        entry(kind, type, flags, 0, bus, line, apic, pin);
    }

    private byte[] header(int length) {
        bytes.position(0);
        bytes.put(text("PCMP")).putShort((short) length).put((byte) 4).put((byte) 0);
        bytes.put(text("RINGSIDESERVER      "));
        bytes.putInt(0)
                .putShort((short) 0)
                .putShort((short) entries)
                .putInt(Apics.LOCAL_PA)
                .putInt(0);
        byte[] table = new byte[length];
        bytes.get(0, table);
        seal(table, 7);
        return table;
    }
}
