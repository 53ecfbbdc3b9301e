package ringside.machine.devices;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ringside.machine.bus.PortBus;
import ringside.machine.devices.net.NetworkPort;
import ringside.machine.devices.net.Rtl8139;

/** A driver for the RTL8139 as systems have it: finds it by PCI, sends from four buffers, reads its ring. */
final class NicDriver {
    static final int RING = 0x1_0000, BUFFERS = 0x3_0000, BUFFER = 0x800;
    private static final int RING_BYTES = 0x2000;

    final TestMachine machine;
    private final PortBus ports;
    final int base;
    final int line;
    private int turn;
    private int offset;

    NicDriver(TestMachine machine) {
        this.machine = machine;
        ports = machine.platform.ports();
        base = config(0x10) & 0xfffc;
        line = config(0x3c) & 0xff;
        out(8, 0x37, 0x10);
        out(32, 0x30, RING);
        out(8, 0x37, 0x0c);
        out(16, 0x3c, 0x1d);
        out(32, 0x44, 0x0a);
    }

    private int config(int register) {
        ports.out(32, 0xcf8, 1 << 31 | 3 << 11 | register);
        return ports.in(32, 0xcfc);
    }

    int in(int bits, int register) {
        return ports.in(bits, base + register);
    }

    void out(int bits, int register, int value) {
        ports.out(bits, base + register, value);
    }

    NetworkPort port() {
        return machine.platform.device(Rtl8139.class).port();
    }

    byte[] mac() {
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++) {
            mac[i] = (byte) in(8, i);
        }
        return mac;
    }

    void send(byte[] frame) {
        int at = BUFFERS + turn * BUFFER;
        System.arraycopy(frame, 0, machine.ram, at, frame.length);
        out(32, 0x20 + 4 * turn, at);
        out(32, 0x10 + 4 * turn, frame.length);
        turn = turn + 1 & 3;
    }

    /** Takes every frame that waits in the ring, without its check sequence. */
    List<byte[]> receive() {
        List<byte[]> frames = new ArrayList<>();
        while ((in(8, 0x37) & 1) == 0) {
            int length = ring(offset + 2) | ring(offset + 3) << 8;
            byte[] frame = new byte[length - 4];
            for (int i = 0; i < frame.length; i++) {
                frame[i] = (byte) ring(offset + 4 + i);
            }
            frames.add(frame);
            offset = offset + length + 4 + 3 & ~3 & RING_BYTES - 1;
            out(16, 0x38, offset - 16);
        }
        out(16, 0x3e, 1);
        return frames;
    }

    private int ring(int at) {
        return machine.ram[RING + (at & RING_BYTES - 1)] & 0xff;
    }

    /** An Ethernet frame of an experimental type. */
    static byte[] frame(byte[] to, byte[] from, int bytes, int filling) {
        byte[] frame = new byte[bytes];
        Arrays.fill(frame, (byte) filling);
        System.arraycopy(to, 0, frame, 0, 6);
        System.arraycopy(from, 0, frame, 6, 6);
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }
}
