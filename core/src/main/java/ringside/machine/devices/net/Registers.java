package ringside.machine.devices.net;

import java.util.Arrays;
import ringside.machine.state.StateVisitor;

/** The 256 bytes of the RTL8139's registers: where each lies, which bits a driver can write, what reset leaves. */
final class Registers {
    static final int MAC = 0x00, MULTICAST = 0x08, TX_STATUS = 0x10, TX_PA = 0x20, RX_PA = 0x30, COMMAND = 0x37;
    static final int RX_READ = 0x38, RX_WRITE = 0x3a, MASK = 0x3c, EVENTS = 0x3e, TX_CONFIG = 0x40, RX_CONFIG = 0x44;
    static final int TIMER = 0x48, MISSED = 0x4c, ROM = 0x50, CONFIG_1 = 0x52, TIMER_LIMIT = 0x54, MEDIA = 0x58;
    static final int TX_SUMMARY = 0x60, MII_CONTROL = 0x62, MII_STATUS = 0x64, MII_ADVERTISED = 0x66;
    static final int MII_PARTNER = 0x68;

    /** An RTL8139C, in the bits of the transmit configuration that tell. */
    private static final int VERSION = 0x7400_0000;

    private static final int TX_DESCRIPTOR_FREE = 0x2000;

    private static final byte[] WRITABLE = new byte[256];

    static {
        writable(MAC, 6);
        writable(MULTICAST, 8);
        writable(TX_PA, 16);
        writable(RX_PA, 4);
        WRITABLE[MASK] = 0x7f;
        WRITABLE[MASK + 1] = (byte) 0xe0;
        writable(RX_CONFIG, 4);
        writable(ROM, 10);
        writable(0x5a, 4);
        writable(MII_CONTROL, 2);
        writable(MII_ADVERTISED, 2);
        writable(0x70, 16);
    }

    private static void writable(int first, int count) {
        Arrays.fill(WRITABLE, first, first + count, (byte) 0xff);
    }

    private final byte[] bytes = new byte[256];

    /** What a reset by command leaves; the addresses stay. */
    void reset() {
        for (int i = 0; i < 4; i++) {
            put(32, TX_STATUS + 4 * i, TX_DESCRIPTOR_FREE);
            put(32, TX_PA + 4 * i, 0);
        }
        put(32, RX_PA, 0);
        put(8, COMMAND, 1);
        put(16, RX_READ, 0xfff0);
        put(16, RX_WRITE, 0);
        put(32, MASK, 0);
        put(32, TX_CONFIG, VERSION);
        put(32, RX_CONFIG, 0);
        put(32, MISSED, 0);
        put(32, TIMER_LIMIT, 0);
        put(8, ROM, 0);
        put(16, MII_CONTROL, 0x1000);
        put(16, MII_STATUS, 0x782d);
        put(16, MII_ADVERTISED, 0x05e1);
        put(16, MII_PARTNER, 0x45e1);
    }

    int get(int bits, int register) {
        int value = 0;
        for (int i = 0; i < bits / 8; i++) {
            value |= (bytes[register + i & 0xff] & 0xff) << 8 * i;
        }
        return value;
    }

    void put(int bits, int register, int value) {
        for (int i = 0; i < bits / 8; i++) {
            bytes[register + i] = (byte) (value >> 8 * i);
        }
    }

    boolean has(int bits, int register, int mask) {
        return (get(bits, register) & mask) != 0;
    }

    /** A driver writes one byte: only bits that can be written change. */
    void write(int register, int value) {
        int mask = WRITABLE[register];
        bytes[register] = (byte) (bytes[register] & ~mask | value & mask);
    }

    void visit(StateVisitor v) {
        v.bytes("registers", bytes);
    }
}
