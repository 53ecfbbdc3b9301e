package ringside.properties;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;

/**
 * Programs that work an IDE disk, a network adapter and a serial port at random, with the interrupt controllers between:
 * commands, data, status reads, masks, sleeps, interrupts on and off, handlers that end the interrupt before or after they
 * silence the device.
 */
final class DeviceProgram {
    private static final int CODE = 0x100000, HANDLERS = 0x110000, GDT = 0x1000, IDT = 0x2000, STACK = 0x90000;
    private static final int COUNTERS = 0x3000, BUFFER = 0x180000, VECTORS = 0x30, EACH = 0x80;
    private static final int[] IDE_COMMANDS = {0x20, 0x20, 0x30, 0xec, 0xc4, 0xc8, 0xca, 0xe7, 0x40, 0x91, 0xff};

    private final SplittableRandom random;
    private ByteArrayOutputStream code = new ByteArrayOutputStream();

    private DeviceProgram(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A program of so many pieces. */
    static GuestImage of(long seed, int pieces) {
        return new DeviceProgram(seed).image(pieces);
    }

    private void bytes(int... values) {
        Arrays.stream(values).forEach(code::write);
    }

    private void imm(int value) {
        bytes(value, value >> 8, value >> 16, value >> 24);
    }

    private void port(int port) {
        bytes(0xba);
        imm(port);
    }

    private void out(int port, int bits, int value) {
        port(port);
        bytes(0xb8);
        imm(value);
        if (bits == 16) {
            bytes(0x66);
        }
        bytes(bits == 8 ? 0xee : 0xef);
    }

    private void in(int port, int bits) {
        port(port);
        if (bits == 16) {
            bytes(0x66);
        }
        bytes(bits == 8 ? 0xec : 0xed);
    }

    private void loop(int instructions) {
        bytes(0xb9);
        imm(instructions);
        bytes(0xe2, 0xfe);
    }

    private void store(int pa, int value) {
        bytes(0xc7, 0x05);
        imm(pa);
        imm(value);
    }

    // ---- what it does

    private void controllers() {
        int[][] writes = {
            {0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0xa0, 0x11}, {0xa1, 0x28}, {0xa1, 2}, {0xa1, 1}
        };
        for (int[] write : writes) {
            out(write[0], 8, write[1]);
        }
        if (random.nextInt(4) > 0) {
            ticks();
        }
        mask();
    }

    /** A timer, so that the program wakes from its sleep whatever its devices do. */
    private void ticks() {
        out(0x43, 8, 0x34);
        out(0x40, 8, random.nextInt(256));
        out(0x40, 8, random.nextInt(1, 60));
    }

    private void mask() {
        out(0x21, 8, random.nextInt(3) == 0 ? random.nextInt(256) & 0xfe : 0xe2);
        out(0xa1, 8, random.nextInt(3) == 0 ? random.nextInt(256) : 0x33);
    }

    private void disk() {
        int list = 0x1f0000;
        store(list, BUFFER + 0x4000 + random.nextInt(0x1000) * 2);
        store(list + 4, 1 << 31 | (random.nextInt(4) == 0 ? 256 : 0));
        out(0xc004, 32, list);
        out(0x1f6, 8, random.nextInt(6) == 0 ? 0xf0 : 0xe0);
        out(0x1f2, 8, random.nextInt(1, 4));
        out(0x1f3, 8, random.nextInt(8) == 0 ? 255 : random.nextInt(64));
        out(0x1f4, 8, random.nextInt(8) == 0 ? 255 : 0);
        out(0x1f5, 8, 0);
        out(0x1f7, 8, IDE_COMMANDS[random.nextInt(IDE_COMMANDS.length)]);
        out(0xc000, 8, random.nextBoolean() ? 9 : 1);
        if (random.nextBoolean()) {
            loop(random.nextInt(20, 5_000));
        }
    }

    private void data() {
        bytes(0xfc, random.nextBoolean() ? 0xbf : 0xbe);
        imm(BUFFER);
        bytes(0xb9);
        imm(random.nextInt(4) == 0 ? random.nextInt(1, 300) : 256);
        port(0x1f0);
        bytes(0xf3, 0x66, random.nextBoolean() ? 0x6d : 0x6f);
    }

    private void adapter() {
        switch (random.nextInt(5)) {
            case 0 -> {
                out(0xc137, 8, 0xc);
                out(0xc130, 32, 0x190000);
                out(0xc140, 32, 0x60000);
                out(0xc144, 32, 0x8f);
                out(0xc13c, 16, 5);
            }
            case 1 -> {
                int descriptor = random.nextInt(4);
                out(0xc120 + 4 * descriptor, 32, 0x1a0000);
                out(0xc110 + 4 * descriptor, 32, random.nextInt(60, 500));
            }
            case 2 -> out(0xc13c, 16, random.nextInt(0x20));
            case 3 -> out(0xc13e, 16, random.nextInt(0x20));
            default -> in(0xc13e, 16);
        }
    }

    private void serial() {
        switch (random.nextInt(4)) {
            case 0 -> out(0x3f9, 8, random.nextInt(4));
            case 1 -> out(0x3fc, 8, random.nextBoolean() ? 8 : 0);
            case 2 -> out(0x3f8, 8, random.nextInt(0x20, 0x7f));
            default -> in(0x3f8 + random.nextInt(8), 8);
        }
    }

    private void look() {
        int chip = random.nextBoolean() ? 0x20 : 0xa0;
        switch (random.nextInt(4)) {
            case 0 -> out(chip, 8, random.nextBoolean() ? 0x0a : 0x0b);
            case 1 -> in(chip, 8);
            case 2 -> out(chip, 8, 0x20);
            default -> in(random.nextBoolean() ? 0x1f7 : 0x3f6, 8);
        }
    }

    private void piece() {
        switch (random.nextInt(12)) {
            case 0 -> bytes(0xfb);
            case 1 -> bytes(0xfa);
            case 2, 3 -> disk();
            case 4 -> data();
            case 5, 6 -> adapter();
            case 7 -> serial();
            case 8 -> look();
            case 9 -> mask();
            case 10 -> loop(random.nextInt(1, 3_000));
            default -> bytes(0xfb, 0xf4);
        }
    }

    /** Counts, silences its device and ends the interrupt, in either order. */
    private byte[] handler(int line) {
        code = new ByteArrayOutputStream();
        bytes(0x50, 0x52, 0xff, 0x05);
        imm(COUNTERS + 4 * line);
        boolean endsFirst = random.nextBoolean();
        if (endsFirst) {
            end(line);
        }
        switch (line) {
            case 14 -> in(0x1f7, 8);
            case 15 -> in(0x177, 8);
            case 4 -> in(0x3fa, 8);
            case 10, 11 -> {
                in(0xc13e, 16);
                bytes(0x66, 0xef);
            }
            default -> bytes(0x90);
        }
        if (!endsFirst) {
            end(line);
        }
        bytes(0x5a, 0x58, 0xcf);
        return code.toByteArray();
    }

    private void end(int line) {
        bytes(0xb0, 0x20);
        if (line >= 8) {
            bytes(0xe6, 0xa0);
        }
        bytes(0xe6, 0x20);
    }

    // ---- the image

    private GuestImage image(int pieces) {
        controllers();
        for (int i = 0; i < pieces; i++) {
            piece();
        }
        bytes(0xfa, 0xf4);
        LoadSegment main = new LoadSegment("code", CODE, code.toByteArray());
        byte[] handlers = new byte[16 * EACH];
        ByteBuffer idt = ByteBuffer.allocate(VECTORS * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int line = 0; line < 16; line++) {
            byte[] body = handler(line);
            System.arraycopy(body, 0, handlers, line * EACH, body.length);
            int offset = HANDLERS + line * EACH;
            idt.putInt((0x20 + line) * 8, 8 << 16 | offset & 0xffff);
            idt.putInt((0x20 + line) * 8 + 4, offset & 0xffff0000 | 0x8e00);
        }
        byte[] gdt = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0)
                .putLong(0x00cf9b000000ffffL)
                .putLong(0x00cf93000000ffffL)
                .array();
        EntryState entry = new EntryState.Flat(
                8, CODE, 16, STACK, GDT, gdt.length - 1, IDT, VECTORS * 8 - 1, EntryState.cleared(STACK));
        List<LoadSegment> segments = List.of(
                main,
                new LoadSegment("handlers", HANDLERS, handlers),
                new LoadSegment("gdt", GDT, gdt),
                new LoadSegment("idt", IDT, idt.array()));
        return new GuestImage("devices", segments, entry);
    }
}
