package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import ringside.machine.bus.PortBus;

/** An access to a port of a Java device leaves no garbage: millions of them a second would. */
class DeviceAllocationTest {
    private static final int ROUNDS = 20_000;
    /** What whoever else uses this thread may allocate in all those rounds. */
    private static final long NOISE = 4_096;

    /** They keep what they are given: codes, text, stops. */
    private static final Set<String> KEEP_WRITES = Set.of("postPort", "debugPort", "exitPort", "systemControl");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long allocated(Runnable body) {
        for (int i = 0; i < ROUNDS; i++) {
            body.run(); // linking, profiling, compiling
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            body.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void reading_any_port_allocates_nothing() {
        TestMachine machine =
                new TestMachine(DeviceSettings.of(16 << 20).withDisks(List.of(new Disk(0x80, new byte[1 << 16]))));
        PortBus ports = machine.platform.ports();
        List<String> guilty = new ArrayList<>();
        for (PortBus.Range range : ports.ranges()) {
            for (int port = range.first(); port <= range.last(); port++) {
                int at = port;
                if (allocated(() -> ports.in(8, at)) > NOISE) {
                    guilty.add(range + " in " + Integer.toHexString(at));
                }
            }
        }
        for (int port = 0xc000; port < 0xc120; port += 4) {
            int at = port;
            if (allocated(() -> ports.in(32, at)) > NOISE) {
                guilty.add("window in " + Integer.toHexString(at));
            }
        }
        assertThat(guilty).isEmpty();
    }

    @Test
    void writing_a_port_allocates_nothing_unless_the_device_keeps_what_it_is_told() {
        TestMachine machine = new TestMachine(DeviceSettings.of(16 << 20));
        PortBus ports = machine.platform.ports();
        List<String> guilty = new ArrayList<>();
        for (PortBus.Range range : ports.ranges()) {
            boolean data = range.owner().startsWith("com") || range.owner().equals("keyboard");
            for (int port = range.first(); port <= range.last() && !KEEP_WRITES.contains(range.owner()); port++) {
                int at = port;
                if (!data && allocated(() -> ports.out(8, at, 0)) > NOISE) {
                    guilty.add(range + " out " + Integer.toHexString(at));
                }
            }
        }
        assertThat(guilty).isEmpty();
    }

    @Test
    void a_disk_read_by_pio_allocates_nothing_from_command_to_last_word() {
        TestMachine machine =
                new TestMachine(DeviceSettings.of(16 << 20).withDisks(List.of(new Disk(0x80, new byte[1 << 16]))));
        IdeDriver ide = new IdeDriver(machine);
        byte[] data = new byte[Disk.SECTOR];
        Runnable read = () -> {
            ide.command(IdeDriver.READ, 5, 1);
            machine.platform.clock().advance(5_000);
            machine.platform.clock().fire();
            ide.in(7);
            ide.dataIn(data, 0, data.length);
        };
        assertThat(allocated(read) / ROUNDS).as("bytes a sector").isLessThan(200);
    }
}
