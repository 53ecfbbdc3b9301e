package ringside.properties.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.devices.disk.FileBacking;
import ringside.vmm.spi.VirtualMachine;

/** A virtual machine stopped between any two instructions and started again misses nothing that was acknowledged. */
class DiskStopProperties {
    private static final int WRITES = 24, SECTORS = 16, SECTOR = DiskProgram.SECTOR;

    /** Writes of one sector, the n-th from a buffer of its own, and what the buffers hold. */
    private static DiskProgram writes(SplittableRandom random) {
        List<DiskProgram.Request> batch = new ArrayList<>();
        for (int i = 0; i < WRITES; i++) {
            batch.add(new DiskProgram.Request(true, random.nextInt(SECTORS), 1, i * SECTOR));
        }
        return new DiskProgram(List.of(batch), random);
    }

    private static DiskProgram reads() {
        List<DiskProgram.Request> batch = new ArrayList<>();
        for (int i = 0; i < SECTORS; i++) {
            batch.add(new DiskProgram.Request(false, i, 1, i * SECTOR));
        }
        return new DiskProgram(List.of(batch), new SplittableRandom(1));
    }

    private static byte[] sector(byte[] from, int index) {
        return Arrays.copyOfRange(from, index * SECTOR, (index + 1) * SECTOR);
    }

    @Property(tries = 40, seed = "20051116")
    void what_was_acknowledged_before_the_stop_is_there_after_it(@ForAll long seed) throws IOException, DiskFault {
        SplittableRandom random = new SplittableRandom(seed);
        List<DiskWay> ways = DiskWay.all();
        DiskWay way = ways.get(random.nextInt(ways.size()));
        DiskProgram program = writes(random);
        Path image = Files.createTempFile("disk", ".img");
        try {
            Files.write(image, new byte[DiskProgram.SECTORS * SECTOR]);
            List<BlockRequest> ended = new ArrayList<>();
            byte[] written;
            try (FileBacking backing = new FileBacking(image, true)) {
                VirtualMachine machine = way.machine(program, backing, ended::add);
                written = DiskProgram.buffers(machine.board());
                int stopAfter = random.nextInt(WRITES);
                while (ended.size() < stopAfter && !(machine.run(random.nextInt(1, 200)) instanceof Stop.Halted)) {
                    assertThat(machine.retired()).isLessThan(1_000_000);
                }
            }
            byte[] kept = Files.readAllBytes(image);
            for (int sector = 0; sector < SECTORS; sector++) {
                byte[] found = sector(kept, sector);
                assertThat(allowed(program, ended.size(), written, sector))
                        .as("%s, %d acknowledged, sector %d", way, ended.size(), sector)
                        .anyMatch(content -> Arrays.equals(content, found));
            }
            startedAgain(way, image, kept);
        } finally {
            Files.delete(image);
        }
    }

    /** What a sector may hold: the last acknowledged write to it, or one that was under way or still to come. */
    private static List<byte[]> allowed(DiskProgram program, int acknowledged, byte[] buffers, int sector) {
        List<byte[]> contents = new ArrayList<>();
        byte[] last = new byte[SECTOR];
        for (int i = 0; i < WRITES; i++) {
            if (program.requests().get(i).sector() == sector) {
                if (i < acknowledged) {
                    last = sector(buffers, i);
                } else {
                    contents.add(sector(buffers, i));
                }
            }
        }
        contents.add(last);
        return contents;
    }

    private static void startedAgain(DiskWay way, Path image, byte[] kept) {
        try (FileBacking backing = new FileBacking(image, true)) {
            VirtualMachine machine = way.machine(reads(), backing, request -> {});
            assertThat(machine.run(1_000_000)).as("%s", way).isInstanceOf(Stop.Halted.class);
            assertThat(Arrays.copyOf(DiskProgram.buffers(machine.board()), SECTORS * SECTOR))
                    .as("%s: what the guest finds", way)
                    .isEqualTo(Arrays.copyOf(kept, SECTORS * SECTOR));
        }
    }
}
