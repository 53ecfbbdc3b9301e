package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import ringside.machine.bus.Dma;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.devices.net.Switch;
import ringside.vmm.device.split.HostileSteps.Step;
import ringside.vmm.spi.GrantTable;
import ringside.vmm.spi.Peripheral;

/** Whatever a front end asks of a back end that needs grants: it touches no page beyond them, and gives all back. */
class HostileGrantsProperties {
    private static final int PAGE = 4096, TABLE = 0x3_0000, ENTRIES = FrontEnd.RAM / PAGE;

    @Provide
    Arbitrary<List<Step>> use() {
        return HostileSteps.steps(100);
    }

    /** Notes each page that is read or written without a grant for it. */
    private static final class Watched implements Dma {
        private final Dma inner;
        private final int[] flags;
        private final List<String> beyond;

        Watched(Dma inner, int[] flags, List<String> beyond) {
            this.inner = inner;
            this.flags = flags;
            this.beyond = beyond;
        }

        private void check(int pa, int length, boolean write) {
            for (int page = pa / PAGE; page <= (pa + length - 1) / PAGE; page++) {
                boolean granted = (flags[page] & GrantTable.PERMIT) != 0;
                if (!granted || write && (flags[page] & GrantTable.READ_ONLY) != 0) {
                    beyond.add((write ? "write " : "read ") + Integer.toHexString(page));
                }
            }
        }

        @Override
        public void read(int pa, byte[] to, int offset, int length) {
            check(pa, length, false);
            inner.read(pa, to, offset, length);
        }

        @Override
        public void write(int pa, byte[] from, int offset, int length) {
            check(pa, length, true);
            inner.write(pa, from, offset, length);
        }

        @Override
        public boolean isRam(int pa, int length) {
            return inner.isRam(pa, length);
        }
    }

    /** Rings are granted; of the other pages some are not, some for reading only. */
    private static int[] grants(FrontEnd driver, Random random) {
        int[] flags = new int[ENTRIES];
        for (int page = FrontEnd.RINGS / PAGE; page < ENTRIES; page++) {
            boolean ring = page < TABLE / PAGE;
            flags[page] = ring || random.nextInt(8) != 0 ? GrantTable.PERMIT : 0;
            flags[page] |= !ring && random.nextInt(8) == 0 ? GrantTable.READ_ONLY : 0;
            driver.put32(TABLE + 8 * page, flags[page]);
            driver.put32(TABLE + 8 * page + 4, page);
        }
        driver.board.platform().ports().out(32, VirtioCards.TABLE_PORT, TABLE);
        driver.board.platform().ports().out(32, VirtioCards.ENTRIES_PORT, ENTRIES);
        return flags;
    }

    @Property(tries = 200, seed = "20220403")
    void a_back_end_touches_no_page_that_was_not_granted_to_it(@ForAll("use") List<Step> steps, @ForAll long seed) {
        FrontEnd first = new FrontEnd(
                FrontEnd.board(),
                0,
                true,
                new Peripheral.Block("data", 0, new MemoryBacking(new byte[64 * 512])),
                new Peripheral.Network("lan", 0x0200_0000_0001L, new Switch("lan")),
                new Peripheral.Stream("tty"));
        FrontEnd[] drivers = {first, new FrontEnd(first, 1), new FrontEnd(first, 2)};
        int[] flags = grants(first, new Random(seed));
        List<String> beyond = new ArrayList<>();
        for (int card = 0; card < drivers.length; card++) {
            drivers[card].form = GrantSpace.GRANT;
            first.board.platform().remap("virtio" + card, inner -> new Watched(inner, flags, beyond));
            drivers[card].start(0);
        }
        for (Step step : steps) {
            HostileSteps.take(drivers, step);
        }
        assertThat(beyond).isEmpty();
        Statistics.label("requests")
                .collect(first.cards.counters().get("requests") == 0 ? "none" : "some")
                .coverage(c -> c.check("some").percentage(p -> p > 60));
        for (FrontEnd driver : drivers) {
            driver.write(Register.STATUS, 0);
        }
        for (int page = 0; page < ENTRIES; page++) {
            assertThat(marks(first, page)).as("marks of grant %x", page).isZero();
        }
    }

    /** The marks of use in an entry. */
    private static int marks(FrontEnd driver, int page) {
        return driver.get16(TABLE + 8 * page) & (GrantTable.READING | GrantTable.WRITING);
    }
}
