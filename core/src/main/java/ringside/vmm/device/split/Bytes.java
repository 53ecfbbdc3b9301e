package ringside.vmm.device.split;

/** Little-endian fields in byte arrays: all of virtio's structures are. */
final class Bytes {
    private Bytes() {}

    static int get16(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    static int get32(byte[] bytes, int at) {
        return get16(bytes, at) | get16(bytes, at + 2) << 16;
    }

    static long get64(byte[] bytes, int at) {
        return get32(bytes, at) & 0xffff_ffffL | (long) get32(bytes, at + 4) << 32;
    }

    static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >> 8);
    }

    static void put32(byte[] bytes, int at, int value) {
        put16(bytes, at, value);
        put16(bytes, at + 2, value >> 16);
    }

    static void put64(byte[] bytes, int at, long value) {
        put32(bytes, at, (int) value);
        put32(bytes, at + 4, (int) (value >> 32));
    }
}
