package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.bus.Dma;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.spi.Peripheral;

/** The split queue across the wrap of its indices, event indices in both directions, and that nothing is read twice. */
class VirtqueueTest {
    private static final int FLUSH = 4, IN = 0, BEYOND_THE_WRAP = 66_000;

    private final FrontEnd driver = new FrontEnd(new Peripheral.Block("data", 0, new MemoryBacking(new byte[8192])));

    /** Offers so many flushes, heads 0, 2, 4...; all share header and status. */
    private void offer(int requests) {
        for (int i = 0; i < requests; i++) {
            driver.offer(0, 2 * (driver.availableIndex[0] % (driver.size / 2)));
        }
    }

    private void prepare() {
        for (int head = 0; head < driver.size; head += 2) {
            driver.chain(0, head, driver.block(0, FLUSH, 0, 0));
        }
    }

    @Test
    void indices_run_on_through_the_wrap() {
        driver.start(Features.EVENT_IDX);
        prepare();
        for (int done = 0; done < BEYOND_THE_WRAP; ) {
            int batch = 1 + done % 7;
            offer(batch);
            driver.notifyQueue(0);
            driver.pass(20_000);
            List<int[]> back = driver.collect(0);
            assertThat(back).as("after %d", done).hasSize(batch);
            for (int i = 0; i < batch; i++) {
                assertThat(back.get(i)).containsExactly(2 * ((done + i & 0xffff) % (driver.size / 2)), 1);
            }
            done += batch;
        }
        assertThat(driver.deviceIndex(0)).isEqualTo(driver.availableIndex[0]).isLessThan(1_000);
        assertThat(driver.cards.messages()).isEmpty();
    }

    /** A driver that notifies only when the device's event index asks for it loses nothing. */
    @Test
    void the_device_s_event_index_asks_for_a_notification_whenever_it_sleeps_across_the_wrap() {
        driver.start(0);
        prepare();
        int avoided = 0;
        for (int done = 0; done < BEYOND_THE_WRAP; done += 8) {
            for (int half = 0; half < 2; half++) {
                int before = driver.availableIndex[0];
                offer(4);
                int event = driver.get16(driver.used(0) + 4 + 8 * driver.size);
                if (Virtqueue.crossed(event, driver.availableIndex[0], before)) {
                    driver.notifyQueue(0);
                } else {
                    avoided++;
                }
                driver.pass(half == 0 ? QueueService.WAKE_TICKS + 10 : 20_000);
            }
            assertThat(driver.collect(0)).as("after %d", done).hasSize(8);
        }
        assertThat(avoided).as("the second half found the device at work").isEqualTo(BEYOND_THE_WRAP / 8);
    }

    @Test
    void the_driver_s_event_index_gets_one_interrupt_when_it_is_passed_across_the_wrap() {
        driver.start(0);
        prepare();
        int usedEvent = driver.available(0) + 4 + 2 * driver.size;
        for (int done = 0; done < BEYOND_THE_WRAP; done += 6) {
            int last = driver.availableIndex[0] + 5 & 0xffff;
            driver.put16(usedEvent, last);
            offer(6);
            driver.notifyQueue(0);
            driver.pass(QueueService.WAKE_TICKS + 5 * 1_003);
            assertThat(driver.read(Register.INTERRUPT_STATUS))
                    .as("five are done after %d", done)
                    .isZero();
            driver.pass(20_000);
            assertThat(driver.read(Register.INTERRUPT_STATUS))
                    .as("six are done after %d", done)
                    .isEqualTo(1);
            driver.write(Register.INTERRUPT_ACK, 1);
            assertThat(driver.collect(0)).hasSize(6);
        }
        assertThat(driver.cards.counters().get(DeviceCounts.INTERRUPTS)).isEqualTo(BEYOND_THE_WRAP / 6);
    }

    @Test
    void an_index_is_crossed_as_the_specification_computes_it() {
        assertThat(Virtqueue.crossed(5, 6, 5)).isTrue();
        assertThat(Virtqueue.crossed(5, 5, 4)).isFalse();
        assertThat(Virtqueue.crossed(4, 6, 5)).isFalse();
        assertThat(Virtqueue.crossed(0xffff, 0, 0xffff)).isTrue();
        assertThat(Virtqueue.crossed(0xffff, 3, 0xfffd)).isTrue();
        assertThat(Virtqueue.crossed(3, 3, 0xfffd)).isFalse();
        assertThat(Virtqueue.crossed(0x8000, 0x7fff, 0x7ffe)).isFalse();
    }

    /** Bytes that answer once with what is there and then with rubbish. */
    private static final class OnceOnly implements Dma {
        private final Dma inner;
        private final int first;
        private final int last;
        private final int[] reads = new int[FrontEnd.RAM];

        OnceOnly(Dma inner, int first, int bytes) {
            this.inner = inner;
            this.first = first;
            this.last = first + bytes;
        }

        @Override
        public void read(int pa, byte[] to, int offset, int length) {
            inner.read(pa, to, offset, length);
            for (int i = 0; i < length; i++) {
                if (reads[pa + i]++ > 0 && pa + i >= first && pa + i < last) {
                    to[offset + i] = (byte) 0xee;
                }
            }
        }

        @Override
        public void write(int pa, byte[] from, int offset, int length) {
            inner.write(pa, from, offset, length);
        }

        @Override
        public boolean isRam(int pa, int length) {
            return inner.isRam(pa, length);
        }
    }

    private OnceOnly onceOnly(int first, int bytes) {
        OnceOnly[] made = new OnceOnly[1];
        driver.board.platform().remap("virtio0", inner -> made[0] = new OnceOnly(inner, first, bytes));
        return made[0];
    }

    @Test
    void descriptors_ring_entries_and_headers_are_read_once_so_a_change_between_two_reads_changes_nothing() {
        driver.start(0);
        int rings = driver.descriptors(0);
        OnceOnly memory = onceOnly(0, FrontEnd.RAM);
        driver.chain(0, 0, driver.block(0, IN, 2, 1024));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(QueueService.WAKE_TICKS);
        assertThat(Arrays.stream(memory.reads, rings, rings + 48))
                .as("descriptors")
                .containsOnly(1);
        assertThat(memory.reads[driver.available(0) + 2])
                .as("the available index")
                .isEqualTo(1);
        assertThat(memory.reads[driver.available(0) + 4]).as("the entry").isEqualTo(1);
        driver.pass(100_000);
        assertThat(driver.collect(0)).containsExactly(new int[] {0, 1025});
        assertThat(Arrays.stream(memory.reads, rings, rings + 48))
                .as("descriptors")
                .containsOnly(1);
        assertThat(memory.reads[driver.available(0) + 4]).as("the entry").isEqualTo(1);
        assertThat(memory.reads[driver.available(0) + 4 + 2 * driver.size])
                .as("the event index")
                .isEqualTo(1);
        int header = FrontEnd.BUFFERS;
        assertThat(Arrays.stream(memory.reads, header, header + 16))
                .as("header")
                .containsOnly(1);
    }

    @Test
    void an_indirect_table_is_read_once_too() {
        driver.start(0);
        int table = FrontEnd.BUFFERS + 0x8000;
        OnceOnly memory = onceOnly(table, 48);
        List<FrontEnd.Buffer> buffers = driver.block(0, IN, 1, 512);
        for (int i = 0; i < 3; i++) {
            FrontEnd.Buffer buffer = buffers.get(i);
            driver.descriptor(table + 16 * i, buffer.pa(), buffer.bytes(), buffer.flags() | (i < 2 ? 1 : 0), i + 1);
        }
        driver.descriptor(driver.descriptors(0), table, 48, FrontEnd.INDIRECT, 0);
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(100_000);
        assertThat(driver.collect(0)).containsExactly(new int[] {0, 513});
        assertThat(Arrays.stream(memory.reads, table, table + 48)).containsOnly(1);
    }

    @Test
    void a_queue_that_is_reset_alone_begins_anew() {
        driver.start(0);
        driver.request(IN, 0, 512);
        driver.write(Register.QUEUE_SEL, 0);
        driver.write(Register.QUEUE_RESET, 1);
        assertThat(driver.read(Register.QUEUE_RESET)).isZero();
        assertThat(driver.read(Register.QUEUE_READY)).isZero();
        driver.setUp(0);
        assertThat(driver.request(IN, 0, 512)).isZero();
        assertThat(driver.collect(0)).hasSize(1);
    }
}
