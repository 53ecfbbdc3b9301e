package ringside.dsl;

import ringside.machine.bus.Dma;

/** Physical memory as closures of a device with a {@code dma} block see it: little-endian, by the bus. */
public final class DeviceMemory {
    private final Dma dma;

    DeviceMemory(Dma dma) {
        this.dma = dma;
    }

    /** A copy of {@code length} bytes. */
    public byte[] read(int pa, int length) {
        byte[] bytes = new byte[length];
        dma.read(pa, bytes, 0, length);
        return bytes;
    }

    public void write(int pa, byte[] bytes) {
        dma.write(pa, bytes, 0, bytes.length);
    }

    public int read8(int pa) {
        return read(pa, 1)[0] & 0xff;
    }

    public int read32(int pa) {
        byte[] b = read(pa, 4);
        return b[0] & 0xff | (b[1] & 0xff) << 8 | (b[2] & 0xff) << 16 | b[3] << 24;
    }

    public void write8(int pa, int value) {
        write(pa, new byte[] {(byte) value});
    }

    public void write32(int pa, int value) {
        write(pa, new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
    }
}
