package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.net.Capture;
import ringside.machine.devices.net.Switch;
import ringside.vmm.spi.Peripheral;

/** Virtio network adapters on a switch, and a virtio console. */
class SplitNetworkConsoleTest {
    private static final int RX = 0, TX = 1, HEADER = 12, ROOM = 1526;
    private static final long MAC_A = 0x0200_0000_000aL, MAC_B = 0x0200_0000_000bL;

    private final Switch lan = new Switch("lan");
    private final FrontEnd a = new FrontEnd(new Peripheral.Network("lan", MAC_A, lan));
    private final FrontEnd b = new FrontEnd(new Peripheral.Network("lan", MAC_B, lan));

    private static int slot(int i) {
        return FrontEnd.BUFFERS + i * 0x800;
    }

    private void send(FrontEnd from, long to, long source, int bytes, int seed) {
        int pa = slot(0);
        for (int i = 0; i < HEADER; i++) {
            from.board.bus().write(8, pa + i, 0);
        }
        from.fill(pa + HEADER, bytes, seed);
        for (int i = 0; i < 6; i++) {
            from.board.bus().write(8, pa + HEADER + i, (int) (to >> 8 * (5 - i)));
            from.board.bus().write(8, pa + HEADER + 6 + i, (int) (source >> 8 * (5 - i)));
        }
        from.chain(TX, 0, List.of(new FrontEnd.Buffer(pa, HEADER + bytes, 0)));
        from.offer(TX, 0);
        from.notifyQueue(TX);
    }

    private void receiveInto(FrontEnd driver, int slot, int bytes) {
        driver.chain(RX, slot, List.of(new FrontEnd.Buffer(slot(slot), bytes, FrontEnd.WRITE)));
        driver.offer(RX, slot);
        driver.notifyQueue(RX);
    }

    private void pass(long ticks) {
        a.pass(ticks);
        b.pass(ticks);
        a.pass(1);
    }

    @Test
    void the_configuration_holds_the_address_and_that_the_link_is_up() {
        assertThat(a.read(Register.DEVICE_ID)).isEqualTo(1);
        assertThat(a.configuration(8, 0)).isEqualTo(2);
        assertThat(a.configuration(8, 5)).isEqualTo(0x0a);
        assertThat(a.configuration(16, 6)).isEqualTo(1);
    }

    @Test
    void a_frame_goes_from_one_machine_to_the_other_and_into_a_capture() {
        Capture capture = new Capture(LocalDateTime.of(2005, 1, 3, 12, 0));
        lan.capture(capture);
        a.start(0);
        b.start(0);
        receiveInto(b, 1, ROOM);
        send(a, MAC_B, MAC_A, 100, 3);
        pass(100_000);
        assertThat(a.collect(TX)).containsExactly(new int[] {0, 0});
        assertThat(b.collect(RX)).containsExactly(new int[] {1, HEADER + 100});
        assertThat(b.bytes(slot(1) + HEADER, 100)).isEqualTo(a.bytes(slot(0) + HEADER, 100));
        assertThat(b.get16(slot(1) + 10)).as("num_buffers").isEqualTo(1);
        assertThat(b.read(Register.INTERRUPT_STATUS)).isEqualTo(1);
        assertThat(capture.frames()).isEqualTo(1);
        assertThat(a.cards.counters().get(DeviceCounts.REQUEST_BYTES)).isEqualTo(100);
        assertThat(b.cards.counters().get(DeviceCounts.BYTES_COPIED)).isEqualTo(112);
    }

    @Test
    void frames_wait_for_buffers_in_their_order() {
        a.start(0);
        b.start(0);
        for (int i = 0; i < 3; i++) {
            send(a, MAC_B, MAC_A, 60, 10 + i);
            pass(100_000);
        }
        assertThat(b.collect(RX)).isEmpty();
        for (int slot = 1; slot <= 3; slot++) {
            receiveInto(b, slot, ROOM);
        }
        b.pass(1_000);
        assertThat(b.collect(RX)).extracting(pair -> pair[0]).containsExactly(1, 2, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(b.bytes(slot(1 + i) + HEADER + 20, 1)[0]).isEqualTo((byte) (10 + i + 20 * 7));
        }
    }

    @Test
    void a_buffer_too_small_loses_the_frame_and_the_user_reads_it() {
        a.start(0);
        b.start(0);
        receiveInto(b, 1, 40);
        send(a, MAC_B, MAC_A, 60, 1);
        pass(100_000);
        assertThat(b.collect(RX)).containsExactly(new int[] {1, 0});
        assertThat(b.lastMessage()).contains("queue 0, head 1: a buffer of 40 bytes for a frame of 60");
        assertThat(b.read(Register.STATUS)).isEqualTo(15);
    }

    @Test
    void frames_of_impossible_length_and_unasked_offloads_are_not_sent() {
        a.start(0);
        b.start(0);
        receiveInto(b, 1, ROOM);
        send(a, MAC_B, MAC_A, 1515, 1);
        pass(100_000);
        assertThat(a.lastMessage()).contains("a frame of 1515 bytes is not sent");
        send(a, MAC_B, MAC_A, 60, 1);
        a.board.bus().write(8, slot(0) + 1, 1);
        pass(100_000);
        assertThat(a.lastMessage()).contains("not negotiated");
        assertThat(b.collect(RX)).isEmpty();
        assertThat(a.collect(TX)).hasSize(2);
    }

    @Test
    void what_arrives_before_a_driver_is_lost() {
        a.start(0);
        send(a, MAC_B, MAC_A, 60, 1);
        pass(100_000);
        b.start(0);
        receiveInto(b, 1, ROOM);
        pass(100_000);
        assertThat(b.collect(RX)).isEmpty();
    }

    // ---- console

    private final FrontEnd terminal = new FrontEnd(new Peripheral.Stream("tty"));

    @Test
    void a_console_sends_and_receives_bytes() {
        terminal.start(0);
        assertThat(terminal.read(Register.DEVICE_ID)).isEqualTo(3);
        assertThat(terminal.configuration(16, 0)).isEqualTo(80);
        byte[] text = "hello".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length; i++) {
            terminal.board.bus().write(8, slot(0) + i, text[i]);
        }
        terminal.chain(TX, 0, List.of(new FrontEnd.Buffer(slot(0), text.length, 0)));
        terminal.offer(TX, 0);
        terminal.notifyQueue(TX);
        terminal.pass(10_000);
        assertThat(terminal.board.platform().console("tty").text()).isEqualTo("hello");

        terminal.board.platform().console("tty").type("what");
        terminal.pass(10_000);
        receiveInto(terminal, 2, 3);
        receiveInto(terminal, 3, 3);
        terminal.pass(10_000);
        assertThat(terminal.collect(RX)).containsExactly(new int[] {2, 3}, new int[] {3, 1});
        assertThat(terminal.bytes(slot(2), 3)).isEqualTo(Arrays.copyOf("wha".getBytes(StandardCharsets.US_ASCII), 3));
    }

    @Test
    void a_driver_in_trouble_writes_a_byte_through_the_configuration() {
        terminal.board.bus().write(32, terminal.pa(Register.CONFIGURATION + 8), '!');
        assertThat(terminal.board.platform().console("tty").text()).isEqualTo("!");
    }
}
