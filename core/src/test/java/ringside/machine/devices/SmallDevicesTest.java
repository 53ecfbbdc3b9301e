package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;

/** Ports that do one thing, the disk of the firmware, and the platform around them. */
class SmallDevicesTest {
    private final TestMachine machine = new TestMachine(DeviceSettings.of(16 << 20)
            .withExit(0x501, ExitPort.Coding.QEMU)
            .withDisks(List.of(new Disk(0x80, new byte[1025]))));

    @Test
    void the_exit_port_codes_as_configured() {
        machine.out(0x501, 16);
        assertThat(machine.stopped).isEqualTo("exit-port 33");
        assertThat(machine.platform.takeStop())
                .hasValueSatisfying(stop -> assertThat(stop.code()).isEqualTo(33));
        assertThat(machine.platform.takeStop()).isEmpty();
        assertThat(new TestMachine().out(0xf4, 16).stopped).isEqualTo("exit-port 16");
    }

    @Test
    void the_debug_port_prints_and_tells_that_it_is_there() {
        StringBuilder live = new StringBuilder();
        machine.platform.console("e9").live(c -> live.append((char) c));
        machine.out(0xe9, 'h', 'i');
        assertThat(machine.in(0xe9)).isEqualTo(0xe9);
        assertThat(machine.platform.console("e9").text()).isEqualTo("hi").isEqualTo(live.toString());
    }

    @Test
    void post_codes_are_kept_in_order() {
        machine.out(0x80, 1, 2, 0x55);
        assertThat(machine.platform.device(PostPort.class).codes()).containsExactly(1, 2, 0x55);
        assertThat(machine.in(0x80)).isEqualTo(0x55);
    }

    @Test
    void the_screen_shows_what_lies_at_b8000() {
        byte[] text = "Hello".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < text.length; i++) {
            machine.ram[TextScreen.MEMORY + 160 + 2 * i] = text[i];
        }
        TextScreen screen = machine.platform.device(TextScreen.class);
        assertThat(screen.text()).isEqualTo("\nHello");
        machine.out(0x3d4, 14).out(0x3d5, 1).out(0x3d4, 15).out(0x3d5, 4);
        assertThat(screen.cursor()).isEqualTo(260);
        machine.out(0x3d4, 13).out(0x3d5, 80);
        assertThat(screen.text()).isEqualTo("Hello");
    }

    @Test
    void sectors_go_between_disk_and_memory() {
        machine.ram[0x7000] = 0x5a;
        platformOut(8, 0, 0x80);
        assertThat(machine.platform.ports().in(32, FirmwareDisk.BASE + 4))
                .as("sectors")
                .isEqualTo(3);
        platformOut(32, 4, 2);
        platformOut(32, 8, 0x7000);
        platformOut(16, 2, 1);
        platformOut(8, 1, 2);
        assertThat(machine.in(FirmwareDisk.BASE)).isZero();
        platformOut(32, 8, 0x9000);
        platformOut(8, 1, 1);
        assertThat(machine.ram[0x9000]).isEqualTo((byte) 0x5a);
        platformOut(16, 2, 2);
        platformOut(8, 1, 1);
        assertThat(machine.in(FirmwareDisk.BASE)).as("beyond the end").isEqualTo(4);
        platformOut(8, 0, 0);
        platformOut(8, 1, 1);
        assertThat(machine.in(FirmwareDisk.BASE)).as("no such drive").isEqualTo(0x80);
    }

    private void platformOut(int bits, int register, int value) {
        machine.platform.ports().out(bits, FirmwareDisk.BASE + register, value);
    }

    @Test
    void an_empty_disk_image_is_refused() {
        assertThatThrownBy(() -> new Disk(0x80, new byte[0]))
                .isInstanceOf(RingsideException.class)
                .hasMessage("the disk image is empty; give an image of at least one sector");
    }

    @Test
    void wide_accesses_across_owners_are_split() {
        assertThat(machine.platform.ports().in(32, 0x3df)).isEqualTo(0xffffff00);
        assertThat(machine.platform.ports().in(16, 0xffff)).isEqualTo(0xffff);
        machine.platform.ports().out(16, 0x3df, 0x1234);
        assertThat(machine.in(0x3df)).isEqualTo(0x34);
    }

    @Test
    void a_watched_port_shows_its_accesses() {
        List<String> seen = new ArrayList<>();
        machine.platform.watch(0x80, (write, bits, port, value) -> seen.add(write + " " + bits + " " + value));
        machine.out(0x80, 7).out(0x81, 8);
        machine.in(0x80);
        assertThat(seen).containsExactly("true 8 7", "false 8 7");
    }

    @Test
    void no_port_access_of_any_width_makes_a_device_throw() {
        for (int port = 0; port < 0x10000; port++) {
            for (int bits = 8; bits <= 32; bits *= 2) {
                machine.platform.ports().in(bits, port);
                machine.platform.ports().out(bits, port, 0xffffffff);
                machine.platform.ports().out(bits, port, 0);
            }
        }
        assertThat(machine.stopped).isNotEmpty();
    }

    @Test
    void every_device_is_declared_once_and_says_what_it_is() {
        assertThat(Devices.ALL).extracting(DeviceKind::name).doesNotHaveDuplicates();
        assertThat(Devices.ALL).extracting(DeviceKind::title).doesNotContain("");
        assertThat(Devices.named("com2")).isPresent();
        assertThat(machine.platform.deviceNames())
                .containsExactlyElementsOf(
                        Devices.ALL.stream().map(DeviceKind::name).toList());
    }
}
