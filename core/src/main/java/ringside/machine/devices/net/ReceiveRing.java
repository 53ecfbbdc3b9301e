package ringside.machine.devices.net;

import java.util.zip.CRC32;
import ringside.machine.bus.Dma;

/**
 * The receive side of the RTL8139: which frames are wanted, and where in the ring they go.
 *
 * <p>A frame is preceded by its status and its length with check sequence, and aligned to four bytes. The chip writes at
 * one offset, the driver's reading offset lags 16 behind what it means; both stay below the ring's size.
 */
final class ReceiveRing {
    private static final int ALL = 1, MINE = 2, MULTICAST = 4, BROADCAST = 8, NO_WRAP = 0x80;
    private static final int OK = 1, TO_BROADCAST = 0x2000, TO_ME = 0x4000, TO_GROUP = 0x8000;
    private static final int HEADER = 4, CHECK = 4, READ_LAG = 16;
    private static final long BROADCAST_MAC = 0xffff_ffff_ffffL;
    private static final int NOT_WANTED = 0;

    private final Registers registers;
    private final Dma memory;
    private final byte[] header = new byte[HEADER];
    private final byte[] check = new byte[CHECK];
    private final CRC32 crc = new CRC32();

    ReceiveRing(Registers registers, Dma memory) {
        this.registers = registers;
        this.memory = memory;
    }

    private int size() {
        return 0x2000 << (registers.get(32, Registers.RX_CONFIG) >> 11 & 3);
    }

    private int writeOffset() {
        return registers.get(16, Registers.RX_WRITE);
    }

    private int readOffset() {
        return registers.get(16, Registers.RX_READ) + READ_LAG & size() - 1;
    }

    /** Whether the driver has read everything. */
    boolean empty() {
        return (writeOffset() & size() - 1) == readOffset();
    }

    /** The status that the filter gives a frame, or 0 where it is not wanted. */
    private int wanted(byte[] frame) {
        int accepts = registers.get(32, Registers.RX_CONFIG);
        long destination = Switch.mac(frame, 0);
        int status;
        boolean passes;
        if (destination == BROADCAST_MAC) {
            status = TO_BROADCAST;
            passes = (accepts & BROADCAST) != 0;
        } else if ((frame[0] & 1) != 0) {
            status = TO_GROUP;
            passes = (accepts & MULTICAST) != 0 && inHash(frame);
        } else {
            boolean mine = true;
            for (int i = 0; i < 6; i++) {
                mine &= frame[i] == (byte) registers.get(8, Registers.MAC + i);
            }
            status = mine ? TO_ME : 0;
            passes = mine && (accepts & MINE) != 0;
        }
        return passes || (accepts & ALL) != 0 ? status | OK : NOT_WANTED;
    }

    /** The multicast filter: the upper six bits of the address's check sequence choose one of 64. */
    private boolean inHash(byte[] frame) {
        int remainder = -1;
        for (int i = 0; i < 6; i++) {
            int octet = frame[i];
            for (int bit = 0; bit < 8; bit++) {
                int carry = remainder >>> 31 ^ octet >> bit & 1;
                remainder = remainder << 1 ^ (carry == 1 ? 0x04c1_1db7 : 0);
            }
        }
        int index = remainder >>> 26;
        return (registers.get(8, Registers.MULTICAST + index / 8) >> index % 8 & 1) != 0;
    }

    /** What became of a frame, as event bits: 0 not wanted, 1 received, 10h no room. */
    int receive(byte[] frame) {
        int status = wanted(frame);
        if (status == NOT_WANTED) {
            return 0;
        }
        int ring = size();
        int at = writeOffset() & ring - 1;
        int length = frame.length + CHECK;
        int room = readOffset() - at & ring - 1;
        if (room != 0 && length + HEADER + 3 >= room) {
            return Rtl8139.RX_OVERFLOW;
        }
        header[0] = (byte) status;
        header[1] = (byte) (status >> 8);
        header[2] = (byte) length;
        header[3] = (byte) (length >> 8);
        crc.reset();
        crc.update(frame);
        for (int i = 0; i < CHECK; i++) {
            check[i] = (byte) (crc.getValue() >> 8 * i);
        }
        int next = store(at, header);
        next = store(next, frame);
        next = store(next, check);
        registers.put(16, Registers.RX_WRITE, (next + 3 & ~3) & ring - 1);
        return Rtl8139.RX_OK;
    }

    /** Writes at an offset of the ring, past its end where the driver asked for frames in one piece. */
    private int store(int at, byte[] bytes) {
        int ring = size();
        int base = registers.get(32, Registers.RX_PA);
        boolean wraps = !registers.has(32, Registers.RX_CONFIG, NO_WRAP) || ring == 0x1_0000;
        int first = wraps ? Math.min(bytes.length, Math.max(0, ring - at)) : bytes.length;
        memory.write(base + at, bytes, 0, first);
        if (first < bytes.length) {
            memory.write(base, bytes, first, bytes.length - first);
        }
        int next = at + bytes.length;
        return wraps && next >= ring ? next - ring : next;
    }
}
