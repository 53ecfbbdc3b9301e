package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import ringside.arch.CpuModel;
import ringside.machine.board.Board;
import ringside.machine.board.Snapshot;
import ringside.machine.bus.Dma;
import ringside.machine.bus.SystemBus;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.memory.FrameMap;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;
import ringside.vmm.device.split.HostileSteps.Step;

/** Whatever a front end does: nothing outside its machine's memory changes, nothing throws, no notification runs on. */
class HostileFrontEndProperties {
    private static final int BASE = 1 << 20, MACHINE = 4 << 20, ROM_AT = 3 << 20, FILLED = 0xa5;
    /** Accesses to memory that one firing of a queue's alarm may need: a chain parsed, its buffers moved, used. */
    private static final int MOST_ACCESSES = 16 * VirtioCards.QUEUE_SIZE;

    @Provide
    Arbitrary<List<Step>> use() {
        return HostileSteps.steps(150);
    }

    /** A virtual machine's memory in the middle of a machine's. */
    private static Board inside(PhysicalMemory machine) {
        machine.fill(0, MACHINE, FILLED);
        machine.fill(BASE, FrontEnd.RAM, 0);
        return new Board(
                CpuModel.ofYear(2004),
                DeviceSettings.of(FrontEnd.RAM),
                new SystemBus(machine, FrameMap.contiguous(BASE), FrontEnd.RAM, ROM_AT));
    }

    private static final class Counted implements Dma {
        private final Dma inner;
        int accesses;

        Counted(Dma inner) {
            this.inner = inner;
        }

        @Override
        public void read(int pa, byte[] to, int offset, int length) {
            accesses++;
            inner.read(pa, to, offset, length);
        }

        @Override
        public void write(int pa, byte[] from, int offset, int length) {
            accesses++;
            inner.write(pa, from, offset, length);
        }

        @Override
        public boolean isRam(int pa, int length) {
            return inner.isRam(pa, length);
        }
    }

    @Property(tries = 300, seed = "20220401")
    void a_hostile_front_end_reaches_nothing_but_its_own_machine_and_never_keeps_the_device_busy(
            @ForAll("use") List<Step> steps) {
        PhysicalMemory machine = new PhysicalMemory(MACHINE);
        FrontEnd[] drivers = HostileSteps.drivers(inside(machine));
        List<Counted> counted = new ArrayList<>();
        for (int i = 0; i < HostileSteps.CARDS; i++) {
            drivers[0].board.platform().remap("virtio" + i, inner -> {
                counted.add(new Counted(inner));
                return counted.getLast();
            });
        }
        VirtualClock clock = drivers[0].board.platform().clock();
        for (FrontEnd driver : drivers) {
            driver.start(0);
        }
        for (Step step : steps) {
            int before = counted.stream().mapToInt(c -> c.accesses).sum();
            long from = clock.now();
            HostileSteps.take(drivers, step);
            long firings = 5 * (2 + (clock.now() - from) / 100);
            int accesses = counted.stream().mapToInt(c -> c.accesses).sum() - before;
            assertThat((long) accesses).isLessThanOrEqualTo(firings * MOST_ACCESSES);
        }
        long done = drivers[0].cards.counters().get("requests");
        long refused = drivers[0].cards.counters().get("misuses");
        Statistics.label("requests")
                .collect(done == 0 ? "none" : done < 10 ? "few" : "many")
                .coverage(c -> c.check("none").percentage(p -> p < 20));
        Statistics.label("refusals")
                .collect(refused == 0 ? "none" : "some")
                .coverage(c -> c.check("some").percentage(p -> p > 50));
        for (int ma = 0; ma < MACHINE; ma += 4) {
            boolean own = ma >= BASE && ma < BASE + FrontEnd.RAM;
            if (!own && machine.get32(ma) != FILLED * 0x0101_0101) {
                assertThat(Integer.toHexString(machine.get32(ma)))
                        .as("MA %x", ma)
                        .isEqualTo("a5a5a5a5");
            }
        }
    }

    @Property(tries = 200, seed = "20220402")
    void devices_saved_and_loaded_in_the_middle_go_on_as_if_nothing_had_been(@ForAll("use") List<Step> steps) {
        FrontEnd[] straight = HostileSteps.drivers(FrontEnd.board());
        FrontEnd[] first = HostileSteps.drivers(FrontEnd.board());
        FrontEnd[] second = HostileSteps.drivers(FrontEnd.board());
        int middle = steps.size() / 2;
        for (Step step : steps.subList(0, middle)) {
            HostileSteps.take(straight, step);
            HostileSteps.take(first, step);
        }
        second[0].board.load(first[0].board.snapshot());
        for (int i = 0; i < first.length; i++) {
            System.arraycopy(first[i].availableIndex, 0, second[i].availableIndex, 0, 4);
        }
        for (Step step : steps.subList(middle, steps.size())) {
            assertThat(HostileSteps.take(second, step)).as("%s", step).isEqualTo(HostileSteps.take(straight, step));
        }
        Snapshot expected = straight[0].board.snapshot();
        assertThat(second[0].board.snapshot().firstDifference(expected)).isEmpty();
    }
}
