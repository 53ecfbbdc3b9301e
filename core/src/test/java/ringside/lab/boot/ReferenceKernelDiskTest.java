package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.tools.Tool;
import ringside.vmm.Modes;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.RealDevices;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The reference kernel with disk drivers: each finds its disk by probing, and without one nothing is different. */
class ReferenceKernelDiskTest {
    private static final int RAM = 16 << 20, SECTORS = 2048, SECTOR = 512;

    private static String console(String mode, String kernel, String model, List<Peripheral> peripherals)
            throws IOException {
        ImageFile file = new ImageFile(kernel, resource(kernel));
        VmSpec spec = new VmSpec(
                CpuModel.ofYear(2008),
                DeviceSettings.of(RAM),
                List.of(),
                KernelImage.of(file, "work=fork", RAM),
                "interpreter",
                "",
                Map.of());
        VirtualMachine machine = Modes.create(
                mode,
                spec.withAttached(Attached.NOTHING
                        .with(peripherals)
                        .on(new RealDevices(true, List.of()))
                        .through(model)));
        assertThat(machine.run(100_000_000)).isInstanceOf(Stop.Requested.class);
        return machine.board().platform().console("com1").text();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = KernelImage.class.getResourceAsStream("/ringside/guests/" + name)) {
            return in.readAllBytes();
        }
    }

    private static byte[] disk() {
        byte[] content = new byte[SECTORS * SECTOR];
        new Random(5).nextBytes(content);
        return content;
    }

    private static int sum(byte[] disk) {
        int sum = 0;
        for (int i = 0; i < SECTOR; i += 2) {
            sum = Integer.rotateLeft(sum, 1) + (disk[i] & 0xff | (disk[i + 1] & 0xff) << 8);
        }
        return sum;
    }

    private static String told(String driver, byte[] disk) {
        return String.format("disk: %s, %d sectors, sum of the first %08x\n", driver, SECTORS, sum(disk));
    }

    @Test
    void under_qemu_it_reads_the_same_disk_alike(@TempDir Path dir) throws Exception {
        Tool qemu = Tool.require("qemu-system-i386");
        Path kernel = Files.write(dir.resolve("reference-disk.elf"), resource("reference-disk.elf"));
        Path image = Files.write(dir.resolve("disk.img"), disk());
        Path console = dir.resolve("console");
        qemu.run(
                dir,
                "-kernel",
                kernel.toString(),
                "-append",
                "work=fork",
                "-drive",
                "file=" + image + ",format=raw,if=ide",
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
        Peripheral disk = new Peripheral.Block("data", 0, new MemoryBacking(disk()));
        assertThat(Files.readString(console))
                .contains(told("ide", disk()))
                .isEqualTo(console("bare", "reference-disk.elf", "emulated", List.of(disk)));
    }

    @ParameterizedTest
    @CsvSource({
        "bare, emulated, ide",
        "bare, split, virtio-blk",
        "deprivileged, emulated, ide",
        "deprivileged, split, virtio-blk",
        "translated, emulated, ide",
        "translated, split, virtio-blk",
        "hardware, emulated, ide",
        "hardware, split, virtio-blk",
        "hardware, passthrough, ide"
    })
    void the_first_sector_is_read_through_each_device_model(String mode, String model, String driver)
            throws IOException {
        byte[] disk = disk();
        String text = console(
                mode, "reference-disk.elf", model, List.of(new Peripheral.Block("data", 0, new MemoryBacking(disk))));
        assertThat(text).contains(told(driver, disk));
        assertThat(text).contains("kernel: done, code 0");
    }

    @Test
    void without_a_disk_it_says_what_the_kernel_without_drivers_says() throws IOException {
        assertThat(console("bare", "reference-disk.elf", "", List.of()))
                .isEqualTo(console("bare", "reference.elf", "", List.of()));
    }
}
