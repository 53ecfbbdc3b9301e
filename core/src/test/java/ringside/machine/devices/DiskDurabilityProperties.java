package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.machine.devices.disk.FileBacking;

/** A machine stopped at any moment and started again finds on its disk everything the drive had acknowledged. */
class DiskDurabilityProperties {
    private static final int SECTORS = 64;

    private static TestMachine machine(FileBacking backing) {
        return new TestMachine(DeviceSettings.of(16 << 20).withDisks(List.of(new Disk(0x80, backing))))
                .initialisePics();
    }

    private static byte[] sector(int filling) {
        byte[] sector = new byte[Disk.SECTOR];
        Arrays.fill(sector, (byte) filling);
        return sector;
    }

    @Property(tries = 60, seed = "20051101")
    void what_was_acknowledged_before_the_stop_is_there_after_it(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int writes, @ForAll @IntRange(max = 3000) int late)
            throws IOException {
        Path image = Files.createTempFile("disk", ".img");
        Random random = new Random(seed);
        int[] acknowledged = new int[SECTORS];
        try {
            Files.write(image, new byte[SECTORS * Disk.SECTOR]);
            try (FileBacking backing = new FileBacking(image, true)) {
                IdeDriver ide = new IdeDriver(machine(backing));
                for (int i = 1; i <= writes; i++) {
                    int lba = random.nextInt(SECTORS);
                    assertThat(ide.write(IdeDriver.WRITE, lba, sector(i), 1)).isEqualTo(0x50);
                    acknowledged[lba] = i;
                }
                // one more is under way when the machine is stopped: it may be there or not
                ide.command(IdeDriver.WRITE, 0, 1);
                ide.dataOut(sector(99), 0, Disk.SECTOR);
                ide.machine.pass(late);
                acknowledged[0] = (ide.in(7) & IdeDriver.BSY) == 0 ? 99 : acknowledged[0];
            }
            try (FileBacking backing = new FileBacking(image, false)) {
                IdeDriver again = new IdeDriver(machine(backing));
                for (int lba = 0; lba < SECTORS; lba++) {
                    assertThat(again.read(IdeDriver.READ, lba, 1, 1))
                            .as("sector %d", lba)
                            .isEqualTo(sector(acknowledged[lba]));
                }
            }
        } finally {
            Files.delete(image);
        }
    }
}
