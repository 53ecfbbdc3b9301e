package ringside.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ringside.tools.Tool;

/** The shipped binary of the reference kernel against its source and against another machine. */
class ReferenceKernelTest {
    /** QEMU's isa-debug-exit ends with twice the code plus one. */
    private static final int QEMU_CODE_0 = 1;

    @TempDir
    private Path dir;

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ReferenceKernelTest.class.getResourceAsStream("/ringside/guests/" + name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void the_shipped_binaries_are_what_their_source_gives() throws Exception {
        Tool make = Tool.require("make");
        String compiler = Tool.require("gcc").succeed(dir, "-dumpfullversion").strip();
        Assumptions.assumeTrue(compiler.equals("12.2.0"), "gcc is " + compiler + "; the binary was made by 12.2.0");
        String linker = Tool.require("ld").succeed(dir, "--version");
        Assumptions.assumeTrue(linker.startsWith("GNU ld (GNU Binutils for Debian) 2.40"), "another ld: " + linker);
        Path source = Path.of(System.getProperty("ringside.root", "..")).resolve("core/src/main/guests/reference");
        make.succeed(source.toAbsolutePath(), "-s", "OUT=" + dir);
        for (String name : List.of("reference.elf", "reference-pv.elf", "reference-disk.elf")) {
            assertThat(Files.readAllBytes(dir.resolve(name)))
                    .as("run make in %s and copy %s", source, name)
                    .isEqualTo(resource(name));
        }
    }

    @Test
    void under_qemu_it_prints_the_expected_console() throws Exception {
        Tool qemu = Tool.require("qemu-system-i386");
        Path kernel = Files.write(dir.resolve("reference.elf"), resource("reference.elf"));
        Path console = dir.resolve("console");
        // icount ties the timer to instructions: a busy host cannot starve the guest of ticks
        Tool.Result result = qemu.run(
                dir,
                "-kernel",
                kernel.toString(),
                "-m",
                "16",
                "-display",
                "none",
                "-no-reboot",
                "-icount",
                "shift=3",
                "-serial",
                "file:" + console,
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4");
        assertThat(Files.readString(console)).isEqualTo(expected("reference-bare.txt"));
        assertThat(result.status()).isEqualTo(QEMU_CODE_0);
    }

    @Test
    void its_symbols_and_entry_are_read() throws IOException {
        GuestImage image = KernelImage.of(new ImageFile("reference.elf", resource("reference.elf")), "", 0x1000000);
        assertThat(image.symbols()).containsKeys("_start", "kernel_main", "interrupt", "enter_user");
        assertThat(image.entry().entryPa()).isEqualTo(image.symbols().get("_start"));
    }

    private static String expected(String name) throws IOException {
        return new String(resource(name), StandardCharsets.UTF_8);
    }
}
