package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.devices.net.Switch;
import ringside.vmm.spi.Peripheral;

/** An access to a register of a split device leaves no garbage. */
class SplitAllocationTest {
    private static final int ROUNDS = 20_000;
    /** What whoever else uses this thread may allocate in all those rounds. */
    private static final long NOISE = 4_096;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long allocated(Runnable body) {
        for (int i = 0; i < ROUNDS; i++) {
            body.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            body.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void reading_registers_and_configuration_and_notifying_allocate_nothing() {
        FrontEnd first = new FrontEnd(
                FrontEnd.board(),
                0,
                new Peripheral.Block("data", 0, new MemoryBacking(new byte[8192])),
                new Peripheral.Network("lan", 2, new Switch("lan")),
                new Peripheral.Stream("tty"));
        List<String> guilty = new ArrayList<>();
        for (int card = 0; card < 3; card++) {
            FrontEnd driver = new FrontEnd(first, card).start(0);
            for (Register register : Register.values()) {
                if (register.readable() && allocated(() -> driver.read(register)) > NOISE) {
                    guilty.add(card + " " + register);
                }
            }
            if (allocated(() -> driver.configuration(32, 0)) > NOISE) {
                guilty.add(card + " configuration");
            }
            if (allocated(() -> driver.notifyQueue(0)) > NOISE) {
                guilty.add(card + " notification");
            }
        }
        assertThat(guilty).isEmpty();
    }
}
