package ringside.vmm.device.split;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import ringside.tools.Tool;

/** QEMU's virtio disk on its microvm machine, driven over QEMU's own test protocol: memory accesses, one a line. */
final class QemuVirtio implements AutoCloseable {
    private static final int SLOTS = 0xfeb0_0000, SLOT = 0x200, COUNT = 24, DEVICE_ID = 8;
    private static final int ROM_BYTES = 0x1_0000;
    private static final long PATIENCE = 5_000_000_000L;

    private final Process process;
    private final BufferedReader answers;
    private final Path folder;
    private final int base;

    /** Starts it with a disk of this content; where QEMU or that machine is missing the test is skipped, saying so. */
    QemuVirtio(byte[] content) throws IOException {
        Tool qemu = Tool.require("qemu-system-i386");
        folder = Files.createTempDirectory("virtio");
        Files.write(folder.resolve("disk"), content);
        Files.write(folder.resolve("rom"), rom());
        List<String> command = List.of(
                qemu.program().toString(),
                "-M",
                "microvm",
                "-accel",
                "tcg",
                "-m",
                "16",
                "-bios",
                "rom",
                "-display",
                "none",
                "-nodefaults",
                "-qtest",
                "stdio",
                "-qtest-log",
                "none",
                "-global",
                "virtio-mmio.force-legacy=false",
                "-drive",
                "if=none,id=d,file=disk,format=raw",
                "-device",
                "virtio-blk-device,drive=d,serial=data");
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        base = find();
    }

    /** A ROM that stays where it is. */
    private static byte[] rom() {
        byte[] rom = new byte[ROM_BYTES];
        rom[ROM_BYTES - 16] = (byte) 0xeb;
        rom[ROM_BYTES - 15] = (byte) 0xfe;
        return rom;
    }

    private int find() throws IOException {
        for (int slot = 0; slot < COUNT; slot++) {
            if (read(32, SLOTS + slot * SLOT + DEVICE_ID) == BlockBackEnd.TYPE) {
                return SLOTS + slot * SLOT;
            }
        }
        close();
        return Assumptions.abort("this QEMU has no microvm with virtio-mmio");
    }

    int base() {
        return base;
    }

    private String ask(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith("OK")) {
                Assumptions.abort("QEMU does not speak its test protocol: " + answer);
            }
            return answer.substring(2).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String width(int bits) {
        return bits == 8 ? "b" : bits == 16 ? "w" : "l";
    }

    int read(int bits, int pa) {
        return (int) Long.parseUnsignedLong(
                ask("read" + width(bits) + String.format(" 0x%x", pa)).substring(2), 16);
    }

    void write(int bits, int pa, int value) {
        ask("write" + width(bits) + String.format(" 0x%x 0x%x", pa, value & (bits == 32 ? -1 : (1 << bits) - 1)));
    }

    byte[] bytes(int pa, int length) {
        return HexFormat.of()
                .parseHex(ask(String.format("read 0x%x 0x%x", pa, length)).substring(2));
    }

    /** Waits until the device put something into the used ring, changed its status, or shows no sign of it. */
    void settle(int usedIndex, int before, int status) {
        long end = System.nanoTime() + PATIENCE;
        while (read(16, usedIndex) == before
                && read(32, base + status) == VirtioMmio.DRIVER_OK + 11
                && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        for (String file : List.of("disk", "rom")) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.deleteIfExists(folder);
    }
}
