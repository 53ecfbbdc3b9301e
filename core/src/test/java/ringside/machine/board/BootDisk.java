package ringside.machine.board;

import java.nio.file.Files;
import java.nio.file.Path;
import ringside.tools.Tool;

/** Disk images for tests, their boot sector assembled by nasm. */
final class BootDisk {
    static final int SECTOR = 512;

    private BootDisk() {}

    /** A disk of so many sectors, each filled with its number, the first one the boot sector of {@code source}. */
    static byte[] of(int sectors, String source) throws Exception {
        byte[] disk = new byte[sectors * SECTOR];
        for (int i = 0; i < disk.length; i++) {
            disk[i] = (byte) (i / SECTOR);
        }
        byte[] sector = assemble("bits 16\norg 0x7c00\n" + source + "\ntimes 510-($-$$) db 0\ndw 0xaa55\n");
        System.arraycopy(sector, 0, disk, 0, SECTOR);
        return disk;
    }

    /** What nasm makes of {@code source}; where nasm is missing the test is skipped, saying so. */
    static byte[] assemble(String source) throws Exception {
        Tool nasm = Tool.require("nasm");
        Path folder = Files.createTempDirectory("boot");
        Path text = folder.resolve("source.asm");
        Path binary = folder.resolve("binary");
        try {
            Files.writeString(text, source);
            nasm.succeed(folder, "-f", "bin", "-o", binary.toString(), text.toString());
            return Files.readAllBytes(binary);
        } finally {
            Files.deleteIfExists(text);
            Files.deleteIfExists(binary);
            Files.delete(folder);
        }
    }
}
