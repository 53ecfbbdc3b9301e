package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.CopyOnWrite;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.spi.Peripheral;

/** A virtio disk as a driver meets it: discovery, negotiation, requests, errors, counts (virtio 1.2, 3.1, 4.2, 5.2). */
class VirtioBlockTest {
    private static final int SECTORS = 64, IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11;

    private final DiskBacking disk = new MemoryBacking(content());
    private final List<String> requests = new ArrayList<>();
    private final FrontEnd driver =
            new FrontEnd(new Peripheral.Block("data", 0, disk, request -> requests.add(request.toString())));

    private static byte[] content() {
        byte[] content = new byte[SECTORS * 512];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i / 512 + i);
        }
        return content;
    }

    @Test
    void a_driver_finds_a_block_device_of_version_2() {
        assertThat(driver.read(Register.MAGIC_VALUE)).isEqualTo(0x74726976);
        assertThat(driver.read(Register.VERSION)).isEqualTo(2);
        assertThat(driver.read(Register.DEVICE_ID)).isEqualTo(2);
        assertThat(driver.offered() & 1L << 32).as("VERSION_1").isNotZero();
        assertThat(driver.read(Register.QUEUE_NUM_MAX)).isEqualTo(128);
        driver.write(Register.QUEUE_SEL, 1);
        assertThat(driver.read(Register.QUEUE_NUM_MAX))
                .as("a queue that does not exist")
                .isZero();
        assertThat(driver.read(Register.SHM_LEN_LOW)).as("no shared memory").isEqualTo(-1);
        assertThat(driver.board.bus().read(32, VirtioCards.pa(1)))
                .as("nothing where no card is")
                .isEqualTo(-1);
    }

    @Test
    void the_configuration_tells_capacity_segments_and_block_size() {
        assertThat(driver.configuration(32, 0)).isEqualTo(SECTORS);
        assertThat(driver.configuration(32, 4)).isZero();
        assertThat(driver.configuration(32, 12)).isEqualTo(126);
        assertThat(driver.configuration(32, 20)).isEqualTo(512);
        assertThat(driver.configuration(8, 0)).isEqualTo(SECTORS);
        assertThat(driver.configuration(16, 20)).isEqualTo(512);
        assertThat(driver.read(Register.CONFIG_GENERATION)).isZero();
    }

    @Test
    void a_read_brings_the_disk_s_bytes_and_says_how_many() {
        driver.start(0);
        assertThat(driver.request(IN, 3, 1024)).isZero();
        assertThat(driver.bytes(driver.data(0), 1024)).isEqualTo(java.util.Arrays.copyOfRange(content(), 1536, 2560));
        assertThat(driver.collect(0)).containsExactly(new int[] {0, 1025});
        assertThat(requests).containsExactly("read 3+2 done");
    }

    @Test
    void what_a_write_acknowledged_is_on_the_disk() throws Exception {
        driver.start(0);
        driver.fill(driver.data(0), 512, 99);
        byte[] written = driver.bytes(driver.data(0), 512);
        assertThat(driver.request(OUT, 5, 512)).isZero();
        byte[] found = new byte[512];
        disk.read(5, 1, found, 0);
        assertThat(found).isEqualTo(written);
        assertThat(driver.collect(0)).containsExactly(new int[] {0, 1});
        assertThat(driver.request(FLUSH, 0, 0)).isZero();
        assertThat(requests).containsExactly("write 5+1 done", "flush done");
    }

    @Test
    void the_id_is_the_disk_s_name() {
        driver.start(0);
        assertThat(driver.request(GET_ID, 0, 20)).isZero();
        assertThat(new String(driver.bytes(driver.data(0), 20), StandardCharsets.ISO_8859_1))
                .isEqualTo("data" + "\0".repeat(16));
        assertThat(driver.collect(0)).containsExactly(new int[] {0, 21});
    }

    @Test
    void an_operation_that_was_not_offered_is_unsupported() {
        driver.start(0);
        assertThat(driver.request(DISCARD, 0, 16)).isEqualTo(2);
        assertThat(driver.read(Register.STATUS)).isEqualTo(15);
    }

    @Test
    void a_request_beyond_the_end_is_an_error_that_the_user_reads() {
        driver.start(0);
        assertThat(driver.request(IN, SECTORS - 1, 1024)).isEqualTo(1);
        assertThat(driver.lastMessage())
                .isEqualTo("virtio0 (block 'data'): queue 0, head 0: sectors 63 to 64 of a disk of 64");
        assertThat(driver.request(OUT, -1, 512)).isEqualTo(1);
        assertThat(driver.request(IN, 0, 500)).isEqualTo(1);
        assertThat(driver.read(Register.STATUS)).as("the device works on").isEqualTo(15);
        assertThat(driver.request(IN, 0, 512)).isZero();
    }

    @Test
    void a_disk_that_cannot_write_gives_the_guest_an_error_and_the_user_a_message() {
        FrontEnd full = new FrontEnd(new Peripheral.Block("full", 0, new CopyOnWrite(disk, 1))).start(0);
        assertThat(full.request(OUT, 0, 512)).isZero();
        assertThat(full.request(OUT, 1, 512)).isEqualTo(1);
        assertThat(full.lastMessage()).contains("full").contains("sector 1 was not written");
        assertThat(full.request(OUT, 0, 512)).as("what has room still has").isZero();
    }

    @Test
    void a_completion_interrupts_by_the_line_until_it_is_acknowledged() {
        driver.start(Features.EVENT_IDX);
        driver.request(IN, 0, 512);
        assertThat(driver.read(Register.INTERRUPT_STATUS)).isEqualTo(1);
        assertThat(driver.board.platform().interrupts().acknowledge()).isEqualTo(0x25);
        driver.write(Register.INTERRUPT_ACK, 1);
        assertThat(driver.read(Register.INTERRUPT_STATUS)).isZero();
        driver.board.platform().ports().out(8, 0x20, 0x20);
        assertThat(driver.board.platform().interrupts().pending()).isFalse();
    }

    @Test
    void with_the_flag_no_interrupt_comes() {
        driver.start(Features.EVENT_IDX);
        driver.put16(driver.available(0), 1);
        driver.request(IN, 0, 512);
        assertThat(driver.collect(0)).hasSize(1);
        assertThat(driver.read(Register.INTERRUPT_STATUS)).isZero();
    }

    @Test
    void a_working_device_asks_for_no_notification_and_an_idle_one_does() {
        driver.start(Features.EVENT_IDX);
        driver.chain(0, 0, driver.block(0, IN, 0, 512));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(QueueService.WAKE_TICKS);
        assertThat(driver.get16(driver.used(0))).as("NO_NOTIFY").isEqualTo(1);
        driver.chain(0, 3, driver.block(1, IN, 1, 512));
        driver.offer(0, 3);
        driver.pass(100_000);
        assertThat(driver.collect(0)).as("the second one too").hasSize(2);
        assertThat(driver.get16(driver.used(0))).isZero();
    }

    @Test
    void a_notification_through_the_port_does_the_same() {
        driver.start(0);
        driver.chain(0, 0, driver.block(0, IN, 0, 512));
        driver.offer(0, 0);
        driver.board.platform().ports().out(32, VirtioCards.NOTIFY_PORT, 0);
        driver.pass(100_000);
        assertThat(driver.collect(0)).hasSize(1);
    }

    @Test
    void any_division_of_a_request_into_buffers_will_do() {
        driver.start(0);
        List<FrontEnd.Buffer> whole = driver.block(0, IN, 7, 512);
        int header = (int) whole.get(0).pa();
        driver.chain(
                0,
                0,
                List.of(
                        new FrontEnd.Buffer(header, 5, 0),
                        new FrontEnd.Buffer(header + 5, 11, 0),
                        new FrontEnd.Buffer(driver.data(0), 100, FrontEnd.WRITE),
                        new FrontEnd.Buffer(driver.data(0) + 100, 412, FrontEnd.WRITE),
                        new FrontEnd.Buffer(driver.status(0), 1, FrontEnd.WRITE)));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(100_000);
        assertThat(driver.collect(0)).containsExactly(new int[] {0, 513});
        assertThat(driver.bytes(driver.data(0), 512)).isEqualTo(java.util.Arrays.copyOfRange(content(), 3584, 4096));
    }

    @Test
    void an_indirect_table_holds_a_whole_request() {
        driver.start(0);
        int table = FrontEnd.BUFFERS + 0x8000;
        List<FrontEnd.Buffer> buffers = driver.block(0, IN, 9, 512);
        for (int i = 0; i < 3; i++) {
            FrontEnd.Buffer buffer = buffers.get(i);
            driver.descriptor(table + 16 * i, buffer.pa(), buffer.bytes(), buffer.flags() | (i < 2 ? 1 : 0), i + 1);
        }
        driver.descriptor(driver.descriptors(0) + 16 * 4, table, 48, FrontEnd.INDIRECT, 0);
        driver.offer(0, 4);
        driver.notifyQueue(0);
        driver.pass(100_000);
        assertThat(driver.collect(0)).containsExactly(new int[] {4, 513});
        assertThat(driver.bytes(driver.data(0), 512)).isEqualTo(java.util.Arrays.copyOfRange(content(), 4608, 5120));
    }

    @Test
    void everything_is_counted_exactly() {
        driver.start(Features.EVENT_IDX);
        driver.request(IN, 0, 1024);
        driver.write(Register.INTERRUPT_ACK, 1);
        driver.request(OUT, 0, 512);
        driver.write(Register.INTERRUPT_ACK, 1);
        driver.request(FLUSH, 0, 0);
        assertThat(driver.cards.counters().asMap())
                .containsEntry(DeviceCounts.REQUESTS, 3L)
                .containsEntry(DeviceCounts.REQUEST_BYTES, 1536L)
                .containsEntry(DeviceCounts.BYTES_COPIED, 16 + 1024 + 1L + 16 + 512 + 1 + 16 + 1)
                .containsEntry(DeviceCounts.NOTIFICATIONS, 3L)
                .containsEntry(DeviceCounts.INTERRUPTS, 3L)
                .containsEntry("misuses", 0L);
    }

    @Test
    void completion_takes_time_and_a_halted_processor_may_wait_for_it() {
        driver.start(0);
        assertThat(driver.board.platform().mayInterrupt()).isFalse();
        driver.chain(0, 0, driver.block(0, IN, 0, 512));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        assertThat(driver.board.platform().mayInterrupt()).isTrue();
        driver.pass(QueueService.WAKE_TICKS + 1000);
        assertThat(driver.collect(0)).isEmpty();
        driver.pass(100);
        assertThat(driver.collect(0)).hasSize(1);
    }

    @Test
    void a_reset_forgets_a_request_that_was_not_completed() {
        driver.start(0);
        driver.fill(driver.data(0), 512, 1);
        driver.chain(0, 0, driver.block(0, OUT, 0, 512));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(QueueService.WAKE_TICKS + 10);
        driver.write(Register.STATUS, 0);
        assertThat(driver.read(Register.STATUS)).isZero();
        driver.pass(100_000);
        assertThat(requests).isEmpty();
        assertThat(driver.start(0).request(IN, 0, 512)).isZero();
        assertThat(driver.bytes(driver.data(0), 512)).isEqualTo(java.util.Arrays.copyOf(content(), 512));
    }

    @Test
    void failures_are_shown_as_such_to_whoever_compares_models() {
        driver.start(0);
        driver.request(IN, SECTORS, 512);
        assertThat(requests)
                .containsExactly(
                        "read 64+1 " + BlockRequest.Status.FAILED.name().toLowerCase());
    }
}
