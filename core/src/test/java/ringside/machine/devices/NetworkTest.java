package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.board.Snapshot;
import ringside.machine.devices.net.Capture;
import ringside.machine.devices.net.Switch;
import ringside.tools.Tool;

/** Network adapters on a switch: rings, filters, interrupts, time, and what a capture shows. */
class NetworkTest {
    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    private static final LocalDateTime NOON = LocalDateTime.of(2005, 1, 3, 12, 0);

    private final Switch network = new Switch("lan", 1_000, Switch.FAST_ETHERNET);
    private final NicDriver a = driver(0x0200_0000_000aL);
    private final NicDriver b = driver(0x0200_0000_000bL);
    private final NicDriver c = driver(0x0200_0000_000cL);

    private NicDriver driver(long mac) {
        TestMachine machine = new TestMachine(DeviceSettings.of(16 << 20).withMac(mac)).initialisePics();
        NicDriver driver = new NicDriver(machine);
        network.connect(driver.port());
        return driver;
    }

    private void pass(long ticks) {
        a.machine.pass(ticks);
        b.machine.pass(ticks);
        c.machine.pass(ticks);
    }

    private static void assertOnly(NicDriver driver, byte[] frame) {
        List<byte[]> received = driver.receive();
        assertThat(received).hasSize(1);
        assertThat(received.getFirst()).isEqualTo(frame);
    }

    @Test
    void a_frame_goes_from_one_machine_to_the_other_and_nobody_else() {
        a.send(NicDriver.frame(BROADCAST, a.mac(), 100, 1));
        pass(100_000);
        assertOnly(b, NicDriver.frame(BROADCAST, a.mac(), 100, 1));
        assertThat(c.receive()).hasSize(1);
        assertThat(a.receive()).as("not to where it came from").isEmpty();

        byte[] answer = NicDriver.frame(a.mac(), b.mac(), 1514, 2);
        b.send(answer);
        pass(100_000);
        pass(1); // the first machine was ahead: the frame is there at its next boundary
        assertOnly(a, answer);
        assertThat(c.receive()).as("the switch has learned").isEmpty();
        assertThat(network.portOf(0x0200_0000_000aL)).isZero();
        assertThat(network.frames()).isEqualTo(2);
    }

    @Test
    void sending_and_receiving_interrupt_on_the_line_that_firmware_routed() {
        assertThat(a.line).isEqualTo(11);
        a.send(NicDriver.frame(BROADCAST, a.mac(), 60, 0));
        assertThat(a.machine.platform.mayInterrupt()).isTrue();
        pass(100_000);
        assertThat(a.machine.platform.interrupts().acknowledge()).isEqualTo(0x20 + 8 + 3);
        assertThat(a.in(16, 0x3e)).isEqualTo(4);
        a.machine.out(0xa0, 0x20).out(0x20, 0x20);
        assertThat(a.machine.intr)
                .as("a level asks until the driver took it back")
                .isTrue();
        a.out(16, 0x3e, 4);
        assertThat(a.machine.intr).isFalse();
        assertThat(b.in(16, 0x3e)).isEqualTo(1);
        assertThat(b.machine.intr).isTrue();
        b.out(16, 0x3c, 0);
        assertThat(b.machine.intr).isFalse();
    }

    @Test
    void time_follows_from_length_bandwidth_and_latency() {
        a.send(NicDriver.frame(BROADCAST, a.mac(), 976, 0));
        long sent = 1_000 * 8, through = 1_000 * 8;
        pass(sent + 1_000 + through - 1);
        assertThat(b.in(8, 0x37) & 1).as("empty one tick before").isEqualTo(1);
        pass(1);
        assertThat(b.in(8, 0x37) & 1).isZero();
    }

    @Test
    void two_frames_for_one_port_wait_for_each_other() {
        a.send(NicDriver.frame(b.mac(), a.mac(), 976, 1));
        c.send(NicDriver.frame(b.mac(), c.mac(), 976, 2));
        pass(17_000);
        assertThat(b.receive()).hasSize(1);
        pass(8_000);
        assertThat(b.receive()).hasSize(1);
    }

    @Test
    void filters_take_own_broadcast_hashed_groups_or_everything() {
        byte[] group = {1, 0, 0x5e, 0, 0, 1};
        byte[] stranger = {2, 0, 0, 0, 0, 0x77};
        for (byte[] to : List.of(group, stranger, b.mac(), BROADCAST)) {
            a.send(NicDriver.frame(to, a.mac(), 60, 3));
        }
        pass(200_000);
        assertThat(b.receive()).extracting(f -> f[0]).containsExactly((byte) 2, (byte) 0xff);
        b.out(32, 0x08, -1);
        b.out(32, 0x0c, -1);
        b.out(32, 0x44, 0x0e);
        c.out(32, 0x44, 0x0f);
        for (byte[] to : List.of(group, stranger)) {
            a.send(NicDriver.frame(to, a.mac(), 60, 4));
        }
        pass(200_000);
        assertThat(b.receive()).extracting(f -> f[0]).containsExactly((byte) 1);
        assertThat(c.receive()).as("promiscuous, and the broadcast before").hasSize(3);
        b.out(32, 0x44, 0);
        a.send(NicDriver.frame(b.mac(), a.mac(), 60, 5));
        pass(200_000);
        assertThat(b.receive()).isEmpty();
    }

    @Test
    void one_bit_of_the_multicast_hash_lets_one_group_through() {
        byte[] group = {1, 0, 0x5e, 0, 0, 1};
        int admitting = 0;
        for (int bit = 0; bit < 64; bit++) {
            b.out(32, 0x08, bit < 32 ? 1 << bit : 0);
            b.out(32, 0x0c, bit < 32 ? 0 : 1 << bit - 32);
            b.out(32, 0x44, 0x04);
            a.send(NicDriver.frame(group, a.mac(), 60, 6));
            pass(100_000);
            admitting = b.receive().isEmpty() ? admitting : bit;
        }
        // Linux's ether_crc(6, 01:00:5e:00:00:01) >> 26
        assertThat(admitting).isEqualTo(31);
    }

    @Test
    void the_ring_wraps_and_what_does_not_fit_is_counted() {
        for (int i = 0; i < 20; i++) {
            a.send(NicDriver.frame(b.mac(), a.mac(), 1000 + i, i));
            pass(50_000);
            assertOnly(b, NicDriver.frame(b.mac(), a.mac(), 1000 + i, i));
        }
        for (int i = 0; i < 12; i++) {
            a.send(NicDriver.frame(b.mac(), a.mac(), 1000, i));
            pass(50_000);
        }
        assertThat(b.in(16, 0x3e) & 0x10).isEqualTo(0x10);
        assertThat(b.in(32, 0x4c)).isEqualTo(12 - b.receive().size());
    }

    @Test
    void all_four_descriptors_are_sent_in_turn() {
        for (int i = 0; i < 4; i++) {
            a.send(NicDriver.frame(b.mac(), a.mac(), 60, i));
        }
        assertThat(a.in(16, 0x60) & 15).as("none is done").isZero();
        pass(200_000);
        assertThat(a.in(16, 0x60)).isEqualTo(0xf00f);
        assertThat(b.receive()).extracting(f -> f[20]).containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 3);
    }

    @Test
    void the_address_can_be_read_from_the_serial_rom() {
        StringBuilder bytes = new StringBuilder();
        for (int word = 7; word <= 9; word++) {
            int value = rom(word);
            bytes.append(String.format("%02x%02x", value & 0xff, value >> 8));
        }
        assertThat(rom(0)).isEqualTo(0x8129);
        assertThat(bytes.toString()).isEqualTo("02000000000a");
    }

    /** As drivers read a 93C46. */
    private int rom(int word) {
        a.out(8, 0x50, 0x80);
        a.out(8, 0x50, 0x88);
        for (int i = 8; i >= 0; i--) {
            int bit = (0b110 << 6 | word) >> i & 1;
            a.out(8, 0x50, 0x88 | bit << 1);
            a.out(8, 0x50, 0x8c | bit << 1);
        }
        a.out(8, 0x50, 0x88);
        int value = 0;
        for (int i = 0; i < 16; i++) {
            a.out(8, 0x50, 0x8c);
            value = value << 1 | a.in(8, 0x50) & 1;
            a.out(8, 0x50, 0x88);
        }
        a.out(8, 0x50, 0);
        return value;
    }

    @Test
    void a_network_saved_with_frames_on_their_way_goes_on_as_if_nothing_had_been() {
        a.send(NicDriver.frame(b.mac(), a.mac(), 500, 9));
        pass(5_000);
        Snapshot net = Snapshot.of(java.util.Map.of(), List.of(network));
        Snapshot machine = Snapshot.of(java.util.Map.of(), b.machine.platform.parts());
        pass(100_000);
        assertThat(b.receive()).hasSize(1);
        net.load(java.util.Map.of(), List.of(network));
        machine.load(java.util.Map.of(), b.machine.platform.parts());
        b.machine.pass(100_000);
        assertThat(b.in(16, 0x3e)).isEqualTo(1);
        assertThat(b.in(16, 0x3a)).isEqualTo(508);
    }

    @Test
    void a_capture_opens_in_tcpdump() throws Exception {
        Tool tcpdump = Tool.require("tcpdump");
        Capture capture = captured();
        Path folder = Files.createTempDirectory("pcap");
        Path file = folder.resolve("lan.pcap");
        try {
            capture.write(file);
            String shown = tcpdump.succeed(folder, "-tt", "-n", "-e", "-r", file.toString());
            assertThat(shown)
                    .contains("1104753600.000123 02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff, ethertype Unknown (0x88b5)")
                    .contains("length 1514");
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    @Test
    void a_capture_opens_in_tshark() throws Exception {
        Tool tshark = Tool.require("tshark");
        Capture capture = captured();
        Path folder = Files.createTempDirectory("pcap");
        Path file = folder.resolve("lan.pcap");
        try {
            capture.write(file);
            String shown =
                    tshark.succeed(folder, "-r", file.toString(), "-T", "fields", "-e", "eth.src", "-e", "frame.len");
            assertThat(shown).contains("02:00:00:00:00:0a\t1514");
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private Capture captured() {
        Capture capture = new Capture(NOON);
        network.capture(capture);
        a.send(NicDriver.frame(BROADCAST, a.mac(), 1514, 7));
        b.send(NicDriver.frame(a.mac(), b.mac(), 60, 8));
        pass(200_000);
        assertThat(capture.frames()).isEqualTo(2);
        return capture;
    }

    @Test
    void a_capture_has_the_format_and_virtual_times() {
        byte[] file = captured().bytes();
        assertThat(HexFormat.of().formatHex(file, 0, 24))
                .isEqualTo("4d3cb2a10200040000000000" + "00000000ffff000001000000");
        assertThat(file).hasSize(24 + 16 + 60 + 16 + 1514);
    }
}
