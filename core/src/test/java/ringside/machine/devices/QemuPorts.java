package ringside.machine.devices;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ringside.tools.Tool;

/** Port accesses carried out by QEMU: a ROM of straight-line code does them and sends what it reads to port E9. */
final class QemuPorts {
    /** One access; {@code seen} are the bits of the value read that are to be compared. */
    record Access(boolean write, int port, int value, int seen) {
        @Override
        public String toString() {
            return write ? String.format("out %03x, %02x", port, value) : String.format("in %03x", port);
        }
    }

    /** A list of accesses being written. */
    static final class Script {
        final List<Access> accesses = new ArrayList<>();

        Script out(int port, int... values) {
            for (int value : values) {
                accesses.add(new Access(true, port, value, 0));
            }
            return this;
        }

        Script in(int port) {
            return in(port, 0xff);
        }

        Script in(int port, int seen) {
            accesses.add(new Access(false, port, 0, seen));
            return this;
        }
    }

    private static final int ROM = 0x1_0000;
    private static final int MOST = 10_000;

    private QemuPorts() {}

    /** The values that QEMU's devices answer, in order; where QEMU is missing the test is skipped, saying so. */
    static byte[] run(List<Access> accesses) throws Exception {
        Tool qemu = Tool.require("qemu-system-i386");
        if (accesses.size() > MOST) {
            throw new IllegalArgumentException(accesses.size() + " accesses do not fit into a ROM");
        }
        Path folder = Files.createTempDirectory("qemu");
        Path rom = folder.resolve("rom");
        Path seen = folder.resolve("seen");
        try {
            Files.write(rom, rom(accesses));
            Tool.Result result = qemu.run(
                    folder,
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
                    "isa-debug-exit,iobase=0xf4,iosize=4");
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
        for (Access a : accesses) {
            bytes(code, 0xba, a.port & 0xff, a.port >> 8); // mov dx, port
            if (a.write) {
                bytes(code, 0xb0, a.value, 0xee); // mov al, value; out dx, al
            } else {
                bytes(code, 0xec, 0xe6, 0xe9); // in al, dx; out e9, al
            }
        }
        bytes(code, 0xb0, 0, 0xe6, 0xf4, 0xf4); // mov al, 0; out f4, al; hlt
        byte[] rom = new byte[ROM];
        System.arraycopy(code.toByteArray(), 0, rom, 0, code.size());
        byte[] start = {(byte) 0xea, 0, 0, 0, (byte) 0xf0}; // jmp f000:0000
        System.arraycopy(start, 0, rom, 0xfff0, start.length);
        return rom;
    }

    private static void bytes(ByteArrayOutputStream to, int... values) {
        for (int value : values) {
            to.write(value);
        }
    }
}
