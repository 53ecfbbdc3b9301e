package ringside.vmm.device.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;
import ringside.machine.devices.disk.BlockRequest.Operation;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.devices.disk.MemoryBacking;

/** A store's queue in virtual time: who is served when, what limits hold back, what trouble does. */
class StoreTest {
    private static final int SECTORS = 1000;
    private static final long SECOND = 100_000_000L, SEEK = 100_000, REQUEST = 1_000;

    private static Store store(String discipline, Timing timing) {
        return new Store("spindle", new MemoryBacking(new byte[SECTORS * 512]), Discipline.named(discipline), timing);
    }

    private static StoreDisk part(Store store, int number, Limit limit, Injection... trouble) {
        return store.disk("d" + number, 250, limit, List.of(trouble), 7);
    }

    /** When the requests of these are served: each is asked about at the times that it was told, as a controller would. */
    private static List<Long> ends(long from, List<StoreDisk> disks) {
        Long[] ends = new Long[disks.size()];
        long next = from;
        for (long now = from; Arrays.asList(ends).contains(null); now = next) {
            next = Long.MAX_VALUE;
            for (int i = 0; i < ends.length; i++) {
                long left = ends[i] != null ? 0 : disks.get(i).left(now);
                if (left > 0) {
                    next = Math.min(next, now + left);
                } else if (ends[i] == null) {
                    ends[i] = now;
                }
            }
        }
        return List.of(ends);
    }

    private static long served(StoreDisk disk, long from) {
        return ends(from, List.of(disk)).getFirst();
    }

    private static Injection fails(Operation on, long first, long last, long every) {
        return new Injection(Optional.of(on), first, last, every, 0, 0, true);
    }

    @Test
    void a_store_without_timing_serves_at_once() {
        StoreDisk disk = part(store("fifo", Timing.NONE), 0, Limit.NONE);
        disk.begin(Operation.READ, 3, 2, 500);
        assertThat(disk.left(500)).isZero();
    }

    @Test
    void a_request_takes_its_setup_the_way_and_its_data() {
        Store store = store("fifo", new Timing(REQUEST, SEEK, 51_200_000));
        part(store, 0, Limit.NONE);
        part(store, 1, Limit.NONE);
        StoreDisk disk = part(store, 2, Limit.NONE);
        disk.begin(Operation.READ, 0, 4, 0);
        // sector 500 of 1000 from the head at 0 is half the way; 4 sectors of 1000 ticks each
        assertThat(served(disk, 0)).isEqualTo(REQUEST + SEEK / 2 + 4_000);
    }

    @Test
    void requests_of_several_disks_are_served_one_after_the_other() {
        Store store = store("fifo", new Timing(REQUEST, 0, 0));
        List<StoreDisk> disks =
                List.of(part(store, 0, Limit.NONE), part(store, 1, Limit.NONE), part(store, 2, Limit.NONE));
        disks.forEach(disk -> disk.begin(Operation.WRITE, 1, 1, 100));
        assertThat(ends(100, disks)).containsExactly(100 + REQUEST, 100 + 2 * REQUEST, 100 + 3 * REQUEST);
        assertThat(store.deepest()).isEqualTo(3);
        assertThat(disks.get(2).counters().get(StoreDisk.QUEUE_TICKS)).isEqualTo(2 * REQUEST);
    }

    /** Three disks wait behind one that is served; in which order they end. */
    private static List<String> order(String discipline) {
        Store store = store(discipline, new Timing(REQUEST, 0, 0));
        List<StoreDisk> disks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            disks.add(part(store, i, Limit.NONE));
        }
        long now = SECOND;
        disks.get(1).begin(Operation.READ, 0, 1, now);
        for (int i : new int[] {3, 0, 2}) {
            disks.get(i).begin(Operation.READ, 10, 1, ++now);
        }
        List<Long> ends = ends(now, disks);
        return IntStream.range(0, disks.size())
                .boxed()
                .sorted(Comparator.comparing(ends::get))
                .map(i -> disks.get(i).name())
                .toList();
    }

    @Test
    void fifo_serves_in_the_order_of_arrival() {
        assertThat(order("fifo")).containsExactly("d1", "d3", "d0", "d2");
    }

    @Test
    void the_elevator_goes_on_upwards_before_it_turns() {
        // the head is behind sector 250; upwards come 510 and 760, then back to 10
        assertThat(order("elevator")).containsExactly("d1", "d2", "d3", "d0");
    }

    /** Three disks that always ask again, the first for four times as much: what share of the service it gets. */
    private static double shareOfTheGreedy(String discipline) {
        Store store = store(discipline, new Timing(0, 0, 512 * 100_000));
        List<StoreDisk> disks =
                List.of(part(store, 0, Limit.NONE), part(store, 1, Limit.NONE), part(store, 2, Limit.NONE));
        disks.forEach(disk -> disk.begin(Operation.READ, 0, disk.name().equals("d0") ? 40 : 10, 0));
        for (long now = 0; now < 5_000_000; now += 1_000) {
            for (StoreDisk disk : disks) {
                if (disk.left(now) == 0) {
                    disk.begin(Operation.READ, 0, disk.name().equals("d0") ? 40 : 10, now);
                }
            }
        }
        double all = disks.stream()
                .mapToLong(disk -> disk.counters().get(StoreDisk.SERVICE_TICKS))
                .sum();
        return disks.getFirst().counters().get(StoreDisk.SERVICE_TICKS) / all;
    }

    @Test
    void fair_gives_each_disk_the_same_service_and_fifo_more_to_who_asks_for_more() {
        assertThat(shareOfTheGreedy("fifo")).isBetween(0.65, 0.68);
        assertThat(shareOfTheGreedy("fair")).isBetween(0.32, 0.35);
    }

    @Test
    void a_limit_of_requests_spaces_them_evenly() {
        StoreDisk disk = part(store("fifo", Timing.NONE), 0, new Limit(1000, 0));
        long now = 0;
        for (int i = 0; i < 5; i++) {
            disk.begin(Operation.READ, 0, 1, now);
            now = served(disk, now);
        }
        assertThat(now).isEqualTo(4 * SECOND / 1000);
        assertThat(disk.counters().get(StoreDisk.THROTTLED_TICKS)).isEqualTo(4 * SECOND / 1000);
    }

    @Test
    void a_limit_of_bytes_counts_what_was_asked_for() {
        StoreDisk disk = part(store("fifo", Timing.NONE), 0, new Limit(0, 512 * 100));
        disk.begin(Operation.WRITE, 0, 10, 0);
        assertThat(served(disk, 0)).as("the first is let through").isZero();
        disk.begin(Operation.WRITE, 0, 1, 0);
        assertThat(served(disk, 0))
                .as("after ten sectors of a hundred a second")
                .isEqualTo(SECOND / 10);
    }

    @Test
    void a_request_that_is_given_up_leaves_the_queue() {
        Store store = store("fifo", new Timing(REQUEST, 0, 0));
        StoreDisk first = part(store, 0, Limit.NONE);
        StoreDisk second = part(store, 1, Limit.NONE);
        StoreDisk third = part(store, 2, Limit.NONE);
        first.begin(Operation.READ, 0, 1, 0);
        second.begin(Operation.READ, 0, 1, 1);
        third.begin(Operation.READ, 0, 1, 2);
        second.abandon();
        assertThat(second.left(3)).isZero();
        assertThat(served(third, 3)).isEqualTo(2 * REQUEST);
    }

    @Test
    void trouble_on_sectors_fails_what_touches_them_and_nothing_else() throws DiskFault {
        StoreDisk disk = part(store("fifo", Timing.NONE), 1, Limit.NONE, fails(Operation.READ, 100, 110, 1));
        byte[] data = new byte[8 * 512];
        disk.begin(Operation.READ, 96, 8, 0);
        disk.read(96, 4, data, 0);
        assertThatThrownBy(() -> disk.read(100, 1, data, 0))
                .isInstanceOfSatisfying(
                        DiskFault.class, fault -> assertThat(fault.kind()).isEqualTo(DiskFault.Kind.UNREADABLE))
                .hasMessage("sector 100 of 'd1' was not read: trouble that was asked for");
        disk.begin(Operation.WRITE, 100, 1, 10);
        disk.write(100, 1, data, 0);
        assertThat(disk.counters().get(StoreDisk.INJECTED)).isEqualTo(1);
    }

    @Test
    void every_third_request_fails_and_a_retry_may_succeed() {
        StoreDisk disk = part(store("fifo", Timing.NONE), 0, Limit.NONE, fails(Operation.WRITE, 0, Long.MAX_VALUE, 3));
        List<Boolean> outcomes = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            disk.begin(Operation.WRITE, 5, 1, i);
            try {
                disk.write(5, 1, new byte[512], 0);
                outcomes.add(true);
            } catch (DiskFault fault) {
                outcomes.add(false);
            }
        }
        assertThat(outcomes).containsExactly(true, true, false, true, true, false, true);
    }

    @Test
    void chance_is_the_same_for_the_same_seed_and_about_as_likely_as_asked() {
        Injection chance = new Injection(Optional.empty(), 0, Long.MAX_VALUE, 0, 100_000, 0, true);
        long struck = LongStream.rangeClosed(1, 10_000)
                .filter(count -> chance.strikes(count, 42))
                .count();
        assertThat(struck).isBetween(900L, 1100L);
        assertThat(chance.strikes(17, 42)).isEqualTo(chance.strikes(17, 42));
    }

    @Test
    void a_delayed_request_holds_up_those_behind_it() {
        Store store = store("fifo", Timing.NONE);
        StoreDisk slow =
                part(store, 0, Limit.NONE, new Injection(Optional.empty(), 0, Long.MAX_VALUE, 1, 0, 5_000, false));
        StoreDisk other = part(store, 1, Limit.NONE);
        slow.begin(Operation.READ, 0, 1, 0);
        other.begin(Operation.READ, 0, 1, 0);
        assertThat(ends(0, List.of(slow, other))).containsExactly(5_000L, 5_000L);
    }

    @Test
    void disks_lie_one_behind_the_other_and_what_does_not_fit_is_refused() throws DiskFault {
        Store store = store("fifo", Timing.NONE);
        StoreDisk first = store.disk("a", 300, Limit.NONE, List.of(), 1);
        StoreDisk second = store.disk("b", 700, Limit.NONE, List.of(), 1);
        byte[] ones = new byte[512];
        Arrays.fill(ones, (byte) 1);
        first.write(299, 1, ones, 0);
        byte[] found = new byte[512];
        second.read(0, 1, found, 0);
        assertThat(found).containsOnly(0);
        assertThatThrownBy(() -> store.disk("c", 1, Limit.NONE, List.of(), 1))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("disk 'c' wants 1 sectors of 'spindle', where 0 of 1000 are free");
    }
}
