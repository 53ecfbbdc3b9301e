package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ringside.guest.ImageFile;
import ringside.lab.Setting;
import ringside.tools.Tool;

/** A disk as Debian's tools make it, partition table, file system and files, is booted, read and written by a guest. */
class PartitionedDiskTest {
    private static final String HELLO = "Hello from a FAT that mkfs made.\n";
    private static final int PARTITION_SECTOR = 2048;
    private static final String PARTITION = "@@" + PARTITION_SECTOR * 512;

    @TempDir
    private Path folder;

    private byte[] assembled(String name) throws Exception {
        Tool nasm = Tool.require("nasm");
        try (InputStream source = getClass().getResourceAsStream("/ringside/guests/" + name + ".asm")) {
            Files.write(folder.resolve(name + ".asm"), source.readAllBytes());
        }
        nasm.succeed(folder, "-f", "bin", "-o", name, name + ".asm");
        return Files.readAllBytes(folder.resolve(name));
    }

    private Path disk(byte[] big) throws Exception {
        Tool.require("sfdisk");
        Tool mkfs = Tool.require("mkfs.vfat");
        Tool mcopy = Tool.require("mcopy");
        Path disk = folder.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(16 << 20);
        }
        Tool.require("sh").succeed(folder, "-c", "echo '2048,,6,*' | sfdisk -q disk.img");
        mkfs.succeed(
                folder,
                "-F",
                "16",
                "--offset",
                "" + PARTITION_SECTOR,
                "-h",
                "" + PARTITION_SECTOR,
                "disk.img",
                "15360");
        Files.writeString(folder.resolve("hello.txt"), HELLO);
        Files.write(folder.resolve("big.bin"), big);
        mcopy.succeed(folder, "-i", "disk.img" + PARTITION, "hello.txt", "::HELLO.TXT");
        mcopy.succeed(folder, "-i", "disk.img" + PARTITION, "big.bin", "::BIG.BIN");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.write(assembled("fat-mbr"));
            file.seek(512);
            file.write(assembled("fat-reader"));
        }
        return disk;
    }

    private static BootReport boot(Path disk, boolean keep, String mode) {
        Drives drives = new Drives(List.of(ImageFile.read(disk)), Optional.empty(), keep);
        BootImages images = new BootImages(Optional.empty(), false, Optional.empty(), "", Optional.empty(), 0, drives);
        return Boot.run(BootRequest.of(images).withSetting(new Setting(mode)), Boot.Output.NONE);
    }

    @Test
    void it_is_booted_its_files_are_read_and_what_the_guest_writes_is_kept() throws Exception {
        byte[] big = new byte[100_000];
        new Random(5).nextBytes(big);
        int sum = 0;
        for (byte b : big) {
            sum += b & 0xff;
        }
        Path disk = disk(big);
        BootReport dropped = boot(disk, false, "bare");
        assertThat(dropped.console()).isEqualTo(HELLO + String.format("%08X", sum));
        assertThat(dropped.exitCode()).hasValue(0);
        assertThat(hello()).as("nothing was kept").isEqualTo(HELLO);
        assertThat(boot(disk, true, "bare").notes()).isEmpty();
        assertThat(hello()).isEqualTo("written by the guest\n" + HELLO.substring(21));
    }

    /** HELLO.TXT as mtools reads it. */
    private String hello() throws Exception {
        Path copy = folder.resolve("copy.txt");
        Tool.require("mcopy").succeed(folder, "-n", "-o", "-i", "disk.img" + PARTITION, "::HELLO.TXT", copy.toString());
        return Files.readString(copy, StandardCharsets.US_ASCII);
    }
}
