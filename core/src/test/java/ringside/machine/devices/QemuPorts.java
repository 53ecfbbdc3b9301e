package ringside.machine.devices;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ringside.tools.Tool;

/** Port accesses carried out by QEMU: a ROM of straight-line code does them and sends what it reads to port E9. */
final class QemuPorts {
    /** What is done with a port. */
    enum Kind {
        IN,
        OUT,
        /** Reads until the bits of {@code value} are clear. */
        WAIT,
        /** Reads {@code value} words. */
        IN_WORDS,
        /** Writes 256 words, each one 0101h more than the one before, from {@code value} on. */
        OUT_SECTOR,
        /** Reads 32 bits at a physical address instead of a port. */
        LOAD,
        STORE
    }

    /** One access; {@code seen} are the bits of the value read that are to be compared. */
    record Access(Kind kind, int bits, int port, int value, int seen) {
        @Override
        public String toString() {
            return switch (kind) {
                case IN -> String.format("in%d %03x", bits, port);
                case OUT -> String.format("out%d %03x, %0" + bits / 4 + "x", bits, port, value);
                case WAIT -> String.format("wait %03x, %02x", port, value);
                case IN_WORDS -> String.format("in %d words %03x", value, port);
                case OUT_SECTOR -> String.format("out sector %03x, %04x", port, value);
                case LOAD -> String.format("load %08x", port);
                case STORE -> String.format("store %08x, %08x", port, value);
            };
        }

        /** How often a value is read. */
        int reads() {
            return kind == Kind.IN || kind == Kind.LOAD ? 1 : kind == Kind.IN_WORDS ? value : 0;
        }
    }

    /** A list of accesses being written. */
    static final class Script {
        final List<Access> accesses = new ArrayList<>();
        /** What QEMU is given beside the usual. */
        final List<String> machine = new ArrayList<>();

        private Script add(Kind kind, int bits, int port, int value, int seen) {
            accesses.add(new Access(kind, bits, port, value, seen));
            return this;
        }

        Script out(int port, int... values) {
            for (int value : values) {
                add(Kind.OUT, 8, port, value, 0);
            }
            return this;
        }

        Script outWide(int bits, int port, int value) {
            return add(Kind.OUT, bits, port, value, 0);
        }

        Script in(int port) {
            return in(port, 0xff);
        }

        Script in(int port, int seen) {
            return add(Kind.IN, 8, port, 0, seen);
        }

        Script inWide(int bits, int port, int seen) {
            return add(Kind.IN, bits, port, 0, seen);
        }

        Script await(int port, int bits) {
            return add(Kind.WAIT, 8, port, bits, 0);
        }

        Script inWords(int port, int count, int seen) {
            return add(Kind.IN_WORDS, 16, port, count, seen);
        }

        Script load(int pa, int seen) {
            return add(Kind.LOAD, 32, pa, 0, seen);
        }

        Script store(int pa, int value) {
            return add(Kind.STORE, 32, pa, value, 0);
        }

        Script outSector(int port, int first) {
            return add(Kind.OUT_SECTOR, 16, port, first, 0);
        }
    }

    private static final int ROM = 0x1_0000;
    private static final int TABLE = 0xff00, TABLE_REGISTER = 0xff20;

    private QemuPorts() {}

    /** The values that QEMU's devices answer, in order; where QEMU is missing the test is skipped, saying so. */
    static byte[] run(Script script) throws Exception {
        List<Access> accesses = script.accesses;
        Tool qemu = Tool.require("qemu-system-i386");
        Path folder = Files.createTempDirectory("qemu");
        Path rom = folder.resolve("rom");
        Path seen = folder.resolve("seen");
        try {
            Files.write(rom, rom(accesses));
            List<String> arguments = new ArrayList<>(List.of(
                    "-M",
                    "pc",
                    "-accel",
                    "tcg",
                    "-m",
                    "16",
                    "-bios",
                    rom.toString(),
                    "-display",
                    "none",
                    "-nodefaults",
                    "-no-reboot",
                    "-serial",
                    "null",
                    "-serial",
                    "null",
                    "-rtc",
                    "base=2005-01-03T12:00:00,clock=vm",
                    "-debugcon",
                    "file:" + seen,
                    "-device",
                    "isa-debug-exit,iobase=0xf4,iosize=4"));
            arguments.addAll(script.machine);
            Tool.Result result = qemu.run(folder, arguments.toArray(String[]::new));
            if (result.status() != 1) {
                throw new AssertionError("QEMU ended with " + result.status() + ": " + result.output());
            }
            return Files.readAllBytes(seen);
        } finally {
            Files.deleteIfExists(rom);
            Files.deleteIfExists(seen);
            Files.delete(folder);
        }
    }

    private static byte[] rom(List<Access> accesses) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        bytes(code, 0x2e, 0x0f, 0x01, 0x16, TABLE_REGISTER & 0xff, TABLE_REGISTER >> 8); // cs lgdt
        bytes(code, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0); // protected mode
        bytes(code, 0xbb, 8, 0, 0x8e, 0xe3, 0x24, 0xfe, 0x0f, 0x22, 0xc0); // fs to 4 GiB, and back
        for (Access a : accesses) {
            bytes(code, 0xba, a.port & 0xff, a.port >> 8); // mov dx, port
            switch (a.kind) {
                case IN -> in(code, a.bits);
                case OUT -> out(code, a.bits, a.value);
                case WAIT -> bytes(code, 0xec, 0xa8, a.value, 0x75, 0xfb); // in al, dx; test al, bits; jnz
                case IN_WORDS -> {
                    bytes(code, 0xb9, a.value & 0xff, a.value >> 8); // mov cx, count
                    in(code, 16);
                    bytes(code, 0xe2, 0xf7); // loop
                }
                case OUT_SECTOR -> {
                    bytes(code, 0xb9, 0, 1, 0xb8, a.value & 0xff, a.value >> 8); // mov cx, 256; mov ax, value
                    bytes(code, 0xef, 0x05, 1, 1, 0xe2, 0xfa); // out dx, ax; add ax, 0101h; loop
                }
                case LOAD -> {
                    bytes(code, 0x64, 0x66, 0x67, 0xa1, a.port, a.port >> 8, a.port >> 16, a.port >> 24);
                    send32(code);
                }
                case STORE -> {
                    bytes(code, 0x66, 0xb8, a.value, a.value >> 8, a.value >> 16, a.value >> 24);
                    bytes(code, 0x64, 0x66, 0x67, 0xa3, a.port, a.port >> 8, a.port >> 16, a.port >> 24);
                }
            }
        }
        bytes(code, 0xb0, 0, 0xe6, 0xf4, 0xf4); // mov al, 0; out f4, al; hlt
        byte[] rom = new byte[ROM];
        if (code.size() > TABLE) {
            throw new IllegalArgumentException(accesses.size() + " accesses do not fit into a ROM");
        }
        System.arraycopy(code.toByteArray(), 0, rom, 0, code.size());
        byte[] table = {0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, (byte) 0x92, (byte) 0xcf, 0};
        System.arraycopy(table, 0, rom, TABLE, table.length);
        byte[] register = {15, 0, (byte) TABLE, (byte) (TABLE >> 8), 0x0f, 0};
        System.arraycopy(register, 0, rom, TABLE_REGISTER, register.length);
        byte[] start = {(byte) 0xea, 0, 0, 0, (byte) 0xf0}; // jmp f000:0000
        System.arraycopy(start, 0, rom, 0xfff0, start.length);
        return rom;
    }

    /** Reads and sends the value to port E9, the lowest byte first. */
    private static void in(ByteArrayOutputStream code, int bits) {
        switch (bits) {
            case 8 -> bytes(code, 0xec, 0xe6, 0xe9); // in al, dx; out e9, al
            case 16 -> bytes(code, 0xed, 0xe6, 0xe9, 0x88, 0xe0, 0xe6, 0xe9); // in ax, dx; ... mov al, ah
            default -> {
                bytes(code, 0x66, 0xed); // in eax, dx
                send32(code);
            }
        }
    }

    private static void send32(ByteArrayOutputStream code) {
        bytes(code, 0xe6, 0xe9);
        for (int i = 0; i < 3; i++) {
            bytes(code, 0x66, 0xc1, 0xe8, 8, 0xe6, 0xe9); // shr eax, 8
        }
    }

    private static void out(ByteArrayOutputStream code, int bits, int value) {
        switch (bits) {
            case 8 -> bytes(code, 0xb0, value, 0xee);
            case 16 -> bytes(code, 0xb8, value & 0xff, value >> 8, 0xef);
            default -> bytes(code, 0x66, 0xb8, value, value >> 8, value >> 16, value >> 24, 0x66, 0xef);
        }
    }

    private static void bytes(ByteArrayOutputStream to, int... values) {
        for (int value : values) {
            to.write(value);
        }
    }
}
