package ringside.guest;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** A small ELF32 i386 executable built by hand: one LOAD segment of 16 bytes at 1 MiB (32 in memory), two symbols. */
final class ElfBytes {
    static final int PHDR = 52, CODE = 84, SYMBOLS = 100, STRINGS = 148, SECTIONS = 164, SIZE = SECTIONS + 3 * 40;
    static final int LOAD_PA = 0x100000;

    private ElfBytes() {}

    static byte[] executable() {
        byte[] b = new byte[SIZE];
        b[0] = 0x7f;
        System.arraycopy("ELF".getBytes(StandardCharsets.US_ASCII), 0, b, 1, 3);
        b[4] = 1;
        b[5] = 1;
        b[6] = 1;
        put16(b, 16, 2);
        put16(b, 18, 3);
        put32(b, 24, LOAD_PA + 4, PHDR, SECTIONS);
        put16(b, 40, 52);
        put16(b, 42, 32);
        put16(b, 44, 1);
        put16(b, 46, 40);
        put16(b, 48, 3);
        put32(b, PHDR, 1, CODE, LOAD_PA, LOAD_PA, 16, 32, 5, 4096);
        for (int i = 0; i < 16; i++) {
            b[CODE + i] = (byte) (0x90 + i);
        }
        symbol(b, 1, 1, LOAD_PA + 4, 0x10);
        symbol(b, 2, 7, LOAD_PA + 8, 0);
        System.arraycopy("\0start\0inner\0".getBytes(StandardCharsets.US_ASCII), 0, b, STRINGS, 13);
        put32(b, SECTIONS + 40 + 4, 2);
        put32(b, SECTIONS + 40 + 16, SYMBOLS, 48, 2);
        put32(b, SECTIONS + 80 + 4, 3);
        put32(b, SECTIONS + 80 + 16, STRINGS, 13);
        return b;
    }

    private static void symbol(byte[] b, int index, int name, int value, int info) {
        put32(b, SYMBOLS + 16 * index, name, value, 0);
        b[SYMBOLS + 16 * index + 12] = (byte) info;
        put16(b, SYMBOLS + 16 * index + 14, 1);
    }

    /** The executable with something changed. */
    static ImageFile with(Consumer<byte[]> change) {
        byte[] bytes = executable();
        change.accept(bytes);
        return new ImageFile("a.elf", bytes);
    }

    static void put16(byte[] b, int offset, int value) {
        b[offset] = (byte) value;
        b[offset + 1] = (byte) (value >> 8);
    }

    static void put32(byte[] b, int offset, int... values) {
        for (int i = 0; i < values.length; i++) {
            put16(b, offset + 4 * i, values[i]);
            put16(b, offset + 4 * i + 2, values[i] >> 16);
        }
    }
}
