package ringside.properties.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;

/** Random requests come to the same by every driver, through every device model, in every mode: what a model says. */
class DiskEquivalenceProperties {
    private static final int BUDGET = 20_000_000, WAYS = 6;

    private static byte[] content(MemoryBacking backing) throws DiskFault {
        byte[] content = new byte[DiskProgram.SECTORS * DiskProgram.SECTOR];
        backing.read(0, DiskProgram.SECTORS, content, 0);
        return content;
    }

    private static void holds(DiskWay way, DiskProgram program, byte[] disk) throws DiskFault {
        MemoryBacking backing = new MemoryBacking(disk);
        List<BlockRequest> requests = new ArrayList<>();
        VirtualMachine machine = way.machine(program, backing, requests::add);
        assertThat(machine.run(BUDGET)).as("%s", way).isInstanceOf(Stop.Halted.class);
        byte[] expected = disk.clone();
        byte[] memory = program.carriedOut(expected);
        assertThat(requests).as("%s: requests in their order%n%s", way, program).isEqualTo(program.seen());
        assertThat(program.told(machine.board()))
                .as("%s: statuses%n%s", way, program)
                .isTrue();
        assertThat(content(backing)).as("%s: the disk%n%s", way, program).isEqualTo(expected);
        assertThat(DiskProgram.buffers(machine.board()))
                .as("%s: memory%n%s", way, program)
                .isEqualTo(memory);
    }

    @Example
    void every_driver_and_device_model_is_tried_in_every_mode() {
        List<DiskWay> ways = DiskWay.all();
        Set<String> tried = new TreeSet<>();
        ways.forEach(way -> tried.add(way.mode() + " " + way.model() + " " + way.driver()));
        for (String mode : Modes.names()) {
            assertThat(tried)
                    .contains(mode + " emulated ide-pio", mode + " emulated ide-dma", mode + " split virtio-blk");
        }
        assertThat(tried).contains("hardware passthrough ide-dma", "translated passthrough ide-pio");
    }

    @Example
    void one_program_comes_to_the_same_on_every_way() throws DiskFault {
        DiskProgram program = DiskProgram.random(7);
        for (DiskWay way : DiskWay.all()) {
            holds(way, program, new byte[DiskProgram.SECTORS * DiskProgram.SECTOR]);
        }
    }

    @Property(tries = 20, seed = "20051115")
    void random_requests_come_to_what_the_model_says(@ForAll long seed) throws DiskFault {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] disk = new byte[DiskProgram.SECTORS * DiskProgram.SECTOR];
        random.nextBytes(disk);
        DiskProgram program = DiskProgram.random(seed);
        List<DiskWay> ways = DiskWay.all();
        for (int i = 0; i < WAYS; i++) {
            holds(ways.get(random.nextInt(ways.size())), program, disk);
        }
    }
}
