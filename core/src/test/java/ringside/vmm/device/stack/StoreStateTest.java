package ringside.vmm.device.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.machine.board.Board;
import ringside.machine.bus.PortBus;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Disk;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.time.VirtualClock;

/** A machine saved while requests wait in a store's queue goes on elsewhere as it would have gone on here. */
class StoreStateTest {
    private static final int PRIMARY = 0x1f0, SECONDARY = 0x170, READ = 0x20, BSY = 0x80;

    private static Board board() {
        Store store = new Store(
                "s",
                new MemoryBacking(new byte[64 * 512]),
                Discipline.named("elevator"),
                new Timing(10_000, 50_000, 512 * 1_000));
        Limit limit = new Limit(1_000, 0);
        Injection late = new Injection(Optional.empty(), 0, Long.MAX_VALUE, 3, 0, 7_000, false);
        return new Board(
                CpuModel.ofYear(2004),
                DeviceSettings.of(1 << 20)
                        .withDisks(List.of(
                                new Disk(0x80, store.disk("a", 32, limit, List.of(late), 1)),
                                new Disk(0x82, store.disk("b", 32, Limit.NONE, List.of(), 1)))));
    }

    private static void read(Board board, int base, int lba) {
        PortBus ports = board.platform().ports();
        ports.out(8, base + 6, 0xe0);
        ports.out(8, base + 2, 4);
        ports.out(8, base + 3, lba);
        ports.out(8, base + 4, 0);
        ports.out(8, base + 5, 0);
        ports.out(8, base + 7, READ);
    }

    /** What happens in so many ticks: whether each channel is busy, at each alarm; whoever is ready is asked for more. */
    private static List<String> goOn(Board board, long ticks) {
        List<String> seen = new ArrayList<>();
        PortBus ports = board.platform().ports();
        VirtualClock clock = board.platform().clock();
        long end = clock.now() + ticks;
        while (clock.deadline() <= end) {
            clock.advance(Math.max(0, clock.deadline() - clock.now()));
            clock.fire();
            for (int base : new int[] {PRIMARY, SECONDARY}) {
                int status = ports.in(8, base + 7);
                seen.add(clock.now() + ": " + Integer.toHexString(base) + " " + Integer.toHexString(status));
                if ((status & BSY) == 0) {
                    for (int i = 0; i < 256; i++) {
                        ports.in(16, base);
                    }
                    if ((ports.in(8, base + 7) & BSY) == 0) {
                        read(board, base, (int) (clock.now() % 20));
                    }
                }
            }
        }
        clock.advance(end - clock.now());
        return seen;
    }

    @Test
    void requests_on_their_way_are_saved_and_served_after_loading() {
        for (long stop = 0; stop < 1_500_000; stop += 123_457) {
            Board here = board();
            read(here, PRIMARY, 3);
            read(here, SECONDARY, 5);
            goOn(here, stop);
            Board there = board();
            there.load(here.snapshot());
            List<String> expected = goOn(here, 500_000);
            assertThat(goOn(there, 500_000))
                    .as("stopped at %d", stop)
                    .isEqualTo(expected)
                    .isNotEmpty();
        }
    }
}
