package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.spi.Peripheral;

/** What no driver does: each trick is contained, and told to the user in words that name queue, head and descriptor. */
class MaliciousFrontEndTest {
    private static final int IN = 0, NEEDS_RESET = 0x40, DATA = 0x6_0000;
    private static final FrontEnd.Buffer HEADER = new FrontEnd.Buffer(FrontEnd.BUFFERS, 16, 0);
    private static final FrontEnd.Buffer STATUS = new FrontEnd.Buffer(FrontEnd.BUFFERS + 0x10, 1, FrontEnd.WRITE);

    private final FrontEnd driver = new FrontEnd(new Peripheral.Block("data", 0, new MemoryBacking(new byte[8192])));

    @BeforeEach
    void start() {
        driver.board.bus().rom(0xf_0000, new byte[4096]);
        driver.start(Features.EVENT_IDX);
        driver.block(0, IN, 0, 0);
    }

    /** Offers head 0 and lets the device work; its last message, without the device's name. */
    private String told() {
        driver.offer(0, 0);
        driver.notifyQueue(0);
        return afterwards();
    }

    private String afterwards() {
        driver.pass(1_000_000);
        return driver.lastMessage().replace("virtio0 (block 'data'): ", "");
    }

    private String chain(FrontEnd.Buffer... buffers) {
        driver.chain(0, 0, List.of(buffers));
        return told();
    }

    private void assertBroken() {
        assertThat(driver.read(Register.STATUS)).isEqualTo(15 | NEEDS_RESET);
        assertThat(driver.read(Register.INTERRUPT_STATUS) & 2)
                .as("a change of configuration")
                .isEqualTo(2);
        assertThat(driver.collect(0)).isEmpty();
        driver.start(0);
        assertThat(driver.request(IN, 0, 512)).as("after a reset all is well").isZero();
    }

    private static FrontEnd.Buffer data(long pa, int bytes) {
        return new FrontEnd.Buffer(pa, bytes, FrontEnd.WRITE);
    }

    @Test
    void a_head_beyond_the_queue() {
        driver.put16(driver.available(0) + 4, 16);
        driver.put16(driver.available(0) + 2, 1);
        driver.notifyQueue(0);
        assertThat(afterwards()).isEqualTo("queue 0, head 16: the queue has 16 descriptors");
        assertBroken();
    }

    @Test
    void an_available_index_that_jumps() {
        driver.put16(driver.available(0) + 2, 17);
        driver.notifyQueue(0);
        assertThat(afterwards()).isEqualTo("queue 0: the available index went from 0 to 17, in a queue of 16");
        assertBroken();
    }

    @Test
    void an_available_index_that_goes_back() {
        driver.chain(0, 0, List.of(HEADER, data(DATA, 512), STATUS));
        told();
        driver.put16(driver.available(0) + 2, 0);
        driver.notifyQueue(0);
        assertThat(afterwards()).isEqualTo("queue 0: the available index went from 1 to 0, in a queue of 16");
    }

    @Test
    void a_loop_of_descriptors() {
        driver.descriptor(driver.descriptors(0), FrontEnd.BUFFERS, 16, FrontEnd.NEXT, 1);
        driver.descriptor(driver.descriptors(0) + 16, FrontEnd.BUFFERS, 16, FrontEnd.NEXT, 0);
        assertThat(told())
                .isEqualTo("queue 0, head 0: descriptor 0: the chain is a loop, or longer than 16 descriptors");
        assertBroken();
    }

    @Test
    void a_next_beyond_the_table() {
        driver.descriptor(driver.descriptors(0), FrontEnd.BUFFERS, 16, FrontEnd.NEXT, 99);
        assertThat(told()).isEqualTo("queue 0, head 0: descriptor 0: it goes on at 99, where there is no descriptor");
        assertBroken();
    }

    @Test
    void pages_that_are_not_the_guest_s_ram() {
        assertThat(chain(HEADER, data(FrontEnd.RAM, 512), STATUS))
                .isEqualTo("queue 0, head 0: descriptor 1: 512 bytes at PA 00100000 are not all RAM of the guest");
        assertBroken();
    }

    @Test
    void rom_device_memory_and_addresses_beyond_32_bits() {
        List<Long> places = List.of(0xf_0000L, VirtioCards.pa(0) & 0xffff_ffffL, 0x1_0000_0000L, -512L, 0xffff_ff00L);
        for (long pa : places) {
            driver.start(Features.EVENT_IDX);
            assertThat(chain(HEADER, data(pa, 512), STATUS))
                    .isEqualTo(String.format(
                            "queue 0, head 0: descriptor 1: 512 bytes at PA %08x are not all RAM of the guest", pa));
            assertBroken();
        }
    }

    @Test
    void a_length_past_the_end_of_memory() {
        assertThat(chain(HEADER, data(FrontEnd.RAM - 256, 512), STATUS))
                .contains("descriptor 1: 512 bytes at PA 000fff00");
        assertBroken();
    }

    @Test
    void a_length_that_overflows() {
        assertThat(chain(HEADER, data(0x1000, -1), STATUS))
                .isEqualTo(
                        "queue 0, head 0: descriptor 1: 4294967295 bytes at PA 00001000 are not all RAM of the guest");
        assertBroken();
    }

    @Test
    void an_empty_buffer() {
        assertThat(chain(HEADER, data(DATA, 0), STATUS)).isEqualTo("queue 0, head 0: descriptor 1: it is empty");
        assertBroken();
    }

    @Test
    void a_buffer_to_read_behind_one_to_write() {
        assertThat(chain(data(DATA, 16), HEADER, STATUS))
                .isEqualTo("queue 0, head 0: descriptor 1: it is to be read, and one before it to be written");
        assertBroken();
    }

    @Test
    void a_header_that_can_only_be_written_and_a_status_that_can_only_be_read() {
        assertThat(chain(data(FrontEnd.BUFFERS, 16), STATUS))
                .isEqualTo("queue 0, head 0: a request of 0 bytes to read and 17 to write has no room for header and"
                        + " status");
        assertBroken();
        driver.start(Features.EVENT_IDX);
        assertThat(chain(HEADER)).contains("16 bytes to read and 0 to write has no room for header and status");
        assertBroken();
    }

    @Test
    void a_request_that_broke_the_queue_leaves_nothing_to_the_next_one() {
        assertThat(chain(HEADER)).contains("has no room for header and status");
        driver.start(0);
        assertThat(driver.request(IN, 5000, 512)).as("its own header counts").isEqualTo(1);
        assertThat(driver.lastMessage()).contains("sectors 5000 to 5000 of a disk of 16");
    }

    @Test
    void an_indirect_table_within_another_or_going_on_or_of_odd_length() {
        int table = 0x7_0000;
        driver.descriptor(table, table, 16, FrontEnd.INDIRECT, 0);
        driver.descriptor(driver.descriptors(0), table, 16, FrontEnd.INDIRECT, 0);
        assertThat(told()).isEqualTo("queue 0, head 0: descriptor 0 of its table: it is indirect in an indirect table");
        assertBroken();
        driver.start(Features.EVENT_IDX);
        driver.descriptor(driver.descriptors(0), table, 16, FrontEnd.INDIRECT | FrontEnd.NEXT, 1);
        assertThat(told()).isEqualTo("queue 0, head 0: descriptor 0: it is indirect and goes on");
        assertBroken();
        for (int bytes : new int[] {0, 15, 17 * 16}) {
            driver.start(Features.EVENT_IDX);
            driver.descriptor(driver.descriptors(0), table, bytes, FrontEnd.INDIRECT, 0);
            assertThat(told()).contains("an indirect table of " + bytes + " bytes in a queue of 16 descriptors");
            assertBroken();
        }
        driver.start(Features.EVENT_IDX | Features.INDIRECT_DESC);
        driver.descriptor(driver.descriptors(0), table, 16, FrontEnd.INDIRECT, 0);
        assertThat(told()).contains("it is indirect, which was not negotiated");
    }

    @Test
    void an_indirect_table_that_loops() {
        int table = 0x7_0000;
        driver.descriptor(table, FrontEnd.BUFFERS, 16, FrontEnd.NEXT, 0);
        driver.descriptor(driver.descriptors(0), table, 16, FrontEnd.INDIRECT, 0);
        assertThat(told())
                .isEqualTo("queue 0, head 0: descriptor 0 of its table: the chain is a loop, or longer than 16"
                        + " descriptors");
        assertBroken();
    }

    @Test
    void a_request_so_long_that_it_would_fill_memory_many_times() {
        FrontEnd.Buffer[] buffers = new FrontEnd.Buffer[16];
        buffers[0] = HEADER;
        for (int i = 1; i < 15; i++) {
            buffers[i] = data(0x8_0000, 0x6_0000);
        }
        buffers[15] = STATUS;
        assertThat(chain(buffers)).contains("a request of 5505024 bytes, neither whole sectors nor at most 4194304");
        assertThat(driver.board.bus().read(8, driver.status(0))).isEqualTo(1);
        assertThat(driver.read(Register.STATUS)).isEqualTo(15);
    }

    // ---- queues

    private String ready(int size, int descriptors, int available, int used) {
        driver.write(Register.STATUS, 0);
        driver.write(Register.STATUS, 3);
        driver.negotiate(driver.offered());
        driver.write(Register.QUEUE_SEL, 0);
        driver.write(Register.QUEUE_NUM, size);
        driver.write(Register.QUEUE_DESC_LOW, descriptors);
        driver.write(Register.QUEUE_DRIVER_LOW, available);
        driver.write(Register.QUEUE_DEVICE_LOW, used);
        driver.write(Register.QUEUE_READY, 1);
        assertThat(driver.read(Register.QUEUE_READY)).isZero();
        assertThat(driver.read(Register.STATUS)).isEqualTo(11 | NEEDS_RESET);
        return afterwards();
    }

    @Test
    void queues_of_impossible_size_place_or_alignment() {
        assertThat(ready(0, 0x1000, 0x2000, 0x3000)).contains("queue 0: a size of 0, which is no power of 2");
        assertThat(ready(12, 0x1000, 0x2000, 0x3000)).contains("a size of 12");
        assertThat(ready(256, 0x1000, 0x2000, 0x3000)).contains("a size of 256");
        assertThat(ready(-1, 0x1000, 0x2000, 0x3000)).contains("a size of -1");
        assertThat(ready(16, 0x1008, 0x2000, 0x3000)).contains("descriptor table: 00001008 is not a multiple of 16");
        assertThat(ready(16, 0x1000, 0x2001, 0x3000)).contains("available ring: 00002001 is not a multiple of 2");
        assertThat(ready(16, 0x1000, 0x2000, 0x3002)).contains("used ring: 00003002 is not a multiple of 4");
        assertThat(ready(16, 0xf_0000, 0x2000, 0x3000)).contains("descriptor table: 256 bytes at PA 000f0000");
        assertThat(ready(16, 0x1000, 0x2000, FrontEnd.RAM - 64)).contains("used ring: 134 bytes at PA 000fffc0");
        assertThat(ready(16, 0x1000, VirtioCards.pa(0), 0x3000)).contains("available ring: 38 bytes at PA fe000000");
    }

    @Test
    void rings_that_lie_over_each_other() {
        assertThat(ready(16, 0x1000, 0x2000, 0x10f0)).contains("the used ring lies over the descriptors");
        assertThat(ready(16, 0x1000, 0x2000, 0x2024)).contains("the used ring lies over");
    }

    @Test
    void a_request_whose_data_go_over_the_ring_itself() {
        assertThat(chain(HEADER, data(driver.used(0) - 0x200, 1024), STATUS)).isEmpty();
        driver.pass(200_000);
        assertThat(driver.read(Register.STATUS)).as("its own loss").isEqualTo(15);
    }

    @Test
    void a_queue_changed_while_it_is_ready() {
        driver.write(Register.QUEUE_SEL, 0);
        driver.write(Register.QUEUE_NUM, 8);
        assertThat(afterwards()).isEqualTo("queue 0: QUEUE_NUM is written while the queue is ready");
        driver.write(Register.QUEUE_DEVICE_LOW, 0);
        assertThat(driver.request(IN, 0, 512)).isZero();
    }

    // ---- notifications, status, features, configuration

    @Test
    void notifications_of_queues_that_do_not_exist_or_are_not_in_use() {
        driver.notifyQueue(7);
        assertThat(afterwards()).isEqualTo("queue 7 is notified, there are 1");
        driver.notifyQueue(-1);
        assertThat(afterwards()).isEqualTo("queue 4294967295 is notified, there are 1");
        driver.write(Register.STATUS, 0);
        driver.notifyQueue(0);
        assertThat(afterwards()).isEqualTo("queue 0 is notified before it is in use");
    }

    @Test
    void a_storm_of_notifications_costs_one_look() {
        driver.chain(0, 0, List.of(HEADER, data(DATA, 512), STATUS));
        driver.offer(0, 0);
        for (int i = 0; i < 10_000; i++) {
            driver.notifyQueue(0);
        }
        driver.pass(100_000);
        assertThat(driver.collect(0)).hasSize(1);
        assertThat(driver.cards.counters().get("notifications")).isEqualTo(10_000);
        assertThat(driver.cards.messages()).isEmpty();
    }

    @Test
    void features_that_were_not_offered_or_the_old_interface() {
        driver.write(Register.STATUS, 0);
        driver.write(Register.STATUS, 3);
        driver.negotiate(driver.offered() | 1L << 50);
        assertThat(driver.read(Register.STATUS)).isEqualTo(3);
        assertThat(afterwards()).isEqualTo("FEATURES_OK is refused: feature 50 was not offered");
        driver.negotiate(driver.offered() & ~Features.VERSION_1);
        assertThat(driver.read(Register.STATUS)).isEqualTo(3);
        assertThat(afterwards()).contains("VERSION_1 was not accepted");
        driver.write(Register.STATUS, 7);
        assertThat(driver.read(Register.STATUS))
                .as("DRIVER_OK without FEATURES_OK")
                .isEqualTo(3);
    }

    @Test
    void features_changed_after_the_device_agreed() {
        driver.write(Register.DRIVER_FEATURES_SEL, 0);
        driver.write(Register.DRIVER_FEATURES, -1);
        assertThat(afterwards()).isEqualTo("features are changed after FEATURES_OK");
        assertThat(driver.request(IN, 0, 512)).isZero();
    }

    @Test
    void a_status_that_goes_back_or_that_only_the_device_may_set() {
        driver.write(Register.STATUS, 3);
        assertThat(afterwards()).isEqualTo("status 0f is followed by 03, which only the device, or a reset, may do");
        driver.write(Register.STATUS, 15 | NEEDS_RESET);
        assertThat(driver.read(Register.STATUS)).isEqualTo(15);
        driver.write(Register.STATUS, 0x100);
        assertThat(driver.read(Register.STATUS)).isEqualTo(15);
    }

    @Test
    void registers_and_configuration_that_do_not_exist_or_are_used_wrongly() {
        List<String> before = new ArrayList<>(driver.cards.messages());
        assertThat(driver.board.bus().read(32, driver.pa(0xfc0))).isZero();
        assertThat(driver.board.bus().read(8, driver.pa(0))).isZero();
        assertThat(driver.board.bus().read(32, driver.pa(0x30))).isZero();
        assertThat(driver.configuration(32, 57)).isZero();
        driver.board.bus().write(32, driver.pa(0), 1);
        driver.board.bus().write(32, driver.pa(0x100), 1);
        driver.board.bus().write(32, driver.pa(0xffc), 1);
        driver.write(Register.QUEUE_SEL, 5);
        driver.write(Register.QUEUE_READY, 1);
        assertThat(driver.cards.messages()).hasSize(before.size() + 8);
        assertThat(driver.read(Register.STATUS)).isEqualTo(15);
    }

    @Test
    void a_device_that_needs_a_reset_does_nothing_until_it_gets_one() {
        driver.put16(driver.available(0) + 2, 17);
        driver.notifyQueue(0);
        driver.pass(10_000);
        driver.write(Register.INTERRUPT_ACK, 3);
        driver.write(Register.QUEUE_SEL, 0);
        driver.write(Register.QUEUE_READY, 1);
        assertThat(driver.read(Register.QUEUE_READY)).isZero();
        driver.notifyQueue(0);
        driver.pass(10_000);
        assertThat(driver.read(Register.INTERRUPT_STATUS)).isZero();
        assertThat(driver.read(Register.STATUS)).isEqualTo(15 | NEEDS_RESET);
        driver.start(0);
        assertThat(driver.request(IN, 0, 512)).isZero();
    }
}
