package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;
import ringside.lab.ServerSpec;
import ringside.machine.board.Platform;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;

/** A device of a script on a platform's ports. */
class DeviceBlockTest {
    private static final String RUN = "\nexperiment('e') { run guest('g') { kernel { hlt } } }";

    private static Platform platform(String device) {
        ServerSpec server = Scripts.run(device + RUN).experiments().getFirst().server();
        Platform platform = new Platform(
                DeviceSettings.of(16 << 20), new Platform.Wires(high -> {}, high -> {}, null, (why, code) -> {}));
        for (DeviceKind kind : server.devices()) {
            platform.install(kind);
        }
        return platform;
    }

    @Test
    void reads_and_writes_reach_the_closures() {
        Platform platform = platform(
                "def last = 0\ndevice('echo') {\n ports 0x500..0x503\n read { port, width -> last + port - 0x500 }\n"
                        + " write { port, width, value -> last = value + width }\n}");
        platform.ports().out(8, 0x500, 5);
        assertThat(platform.ports().in(8, 0x502)).isEqualTo(15);
    }

    @Test
    void random_numbers_follow_from_the_seed_on_every_machine() {
        String dice = "device('dice') { ports 0x500; read { port, width -> random.nextInt(6) + 1 } }";
        List<Integer> one = rolls(platform("server { seed 7 }\n" + dice));
        assertThat(rolls(platform("server { seed 7 }\n" + dice))).isEqualTo(one);
        assertThat(rolls(platform("server { seed 8 }\n" + dice))).isNotEqualTo(one);
        assertThat(one).allMatch(n -> n >= 1 && n <= 6);
    }

    private static List<Integer> rolls(Platform platform) {
        return java.util.stream.IntStream.range(0, 50)
                .map(i -> platform.ports().in(8, 0x500))
                .boxed()
                .toList();
    }

    @Test
    void a_device_without_a_read_block_answers_all_ones() {
        assertThat(platform("device('d') { ports 0x500 }").ports().in(16, 0x500))
                .isEqualTo(0xffff);
    }

    @Test
    void a_typed_and_statically_compiled_body_works() {
        Platform platform = platform("""
                import groovy.transform.CompileStatic
                @CompileStatic
                int answer(int port, int width) { port + width }
                device('d') {
                    ports 0x500..0x501
                    read { int port, int width -> answer(port, width) }
                }
                """);
        assertThat(platform.ports().in(8, 0x501)).isEqualTo(0x09);
    }

    @Test
    void a_failure_in_a_closure_names_its_line() {
        Platform platform = platform("device('d') {\n ports 0x500\n read { port, width ->\n  randm.nextInt(6)\n }\n}");
        assertThatThrownBy(() -> platform.ports().in(8, 0x500))
                .isInstanceOf(RingsideException.class)
                .hasMessage("(test.groovy, line 4) unknown word 'randm' in device 'd'; did you mean 'random'?");
    }
}
