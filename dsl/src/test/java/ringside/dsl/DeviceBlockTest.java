package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;
import ringside.lab.Experiment;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.machine.board.Platform;
import ringside.machine.bus.PortBus;
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
    void a_method_reference_is_a_read_block() {
        Platform platform = platform("""
                import groovy.transform.CompileStatic
                @CompileStatic
                int answer(int port, int width) { port + width }
                device('d') {
                    ports 0x500..0x501
                    read this.&answer
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

    // ---- registers

    private static final String REGISTERS = """
            device('r') {
                ports 0x500..0x50f
                register 'a', at: 0, bits: 32, reset: 0x11223344
                register 'b', at: 4, bits: 8, access: 'ro', reset: 7
                register 'c', at: 5, bits: 8, access: 'w1c', reset: 0xff
                register 'd', at: 6, bits: 16, access: 'wo', write: { value -> a = value * 2 }
                register 'e', at: 8, bits: 8, access: 'ro', read: { b + 1 }
                read { port, width -> 0x5a }
            }
            """;

    @Test
    void registers_have_their_width_access_and_reset_value() {
        PortBus ports = platform(REGISTERS).ports();
        assertThat(ports.in(32, 0x500)).isEqualTo(0x11223344);
        ports.out(8, 0x501, 0xaa);
        assertThat(ports.in(32, 0x500)).isEqualTo(0x1122aa44);
        assertThat(ports.in(16, 0x502)).isEqualTo(0x1122);
        ports.out(8, 0x504, 1);
        assertThat(ports.in(8, 0x504)).as("read-only").isEqualTo(7);
        ports.out(8, 0x505, 0x0f);
        assertThat(ports.in(8, 0x505)).as("ones clear").isEqualTo(0xf0);
        ports.out(16, 0x506, 0x1234);
        assertThat(ports.in(32, 0x500)).isEqualTo(0x2468);
        assertThat(ports.in(16, 0x506)).as("write-only").isZero();
        assertThat(ports.in(8, 0x508)).isEqualTo(8);
        assertThat(ports.in(8, 0x50c)).as("where no register lies").isEqualTo(0x5a);
        assertThat(ports.in(32, 0x504)).as("three registers at once").isEqualTo(0x0000f007);
    }

    @Test
    void the_reference_lists_the_registers() {
        assertThat(Scripts.output("println(" + REGISTERS.strip() + ".reference)"))
                .startsWith("""
                device 'r'   ports 0500-050f
                  offset  register      bits  access  reset
                  00      a             32    rw      11223344
                  04      b             8     ro      07
                """);
    }

    private static void refused(String script, String message) {
        assertThatThrownBy(() -> Scripts.run(script)).hasMessage(message);
    }

    @Test
    void registers_that_meet_or_lie_outside_are_refused() {
        refused(
                "device('r') {\n ports 0x500..0x503\n register 'a', at: 0, bits: 16\n register 'b', at: 1\n}",
                "(test.groovy, line 4) register 'b' at 1-1 meets register 'a' at 0-1; give each its own name and place");
        refused(
                "device('r') {\n ports 0x500\n register 'a', at: 0, bits: 16\n}",
                "(test.groovy, line 1) register 'a' at 0-1 lies outside the device's range; give the device more ports, or"
                        + " the register another place");
        refused(
                "device('r') {\n ports 0x500\n register 'a', at: 0, acces: 'ro'\n}",
                "(test.groovy, line 3) unknown setting 'acces' of register 'a'; did you mean 'access'?");
    }

    @Test
    void ranges_that_overlap_are_refused_naming_both_and_where_both_were_described() {
        String two = "device('one') { ports 0x500..0x505 }\ndevice('two') { ports 0x505 }";
        assertThatThrownBy(() -> platform(two))
                .hasMessage("ports of two 0505-0505 (test.groovy, line 2) overlap those of one 0500-0505"
                        + " (test.groovy, line 1); choose ports that are free");
        assertThatThrownBy(() -> platform("device('mine') { ports 0x43 }"))
                .hasMessage("ports of mine 0043-0043 (test.groovy, line 1) overlap those of pit 0040-0043"
                        + " (8254 timer); choose ports that are free");
    }

    @Test
    void time_passes_for_a_device_that_does_something_again_and_again() {
        Platform platform = platform(
                "device('clock') {\n ports 0x500\n register 'count', at: 0\n every(10.us) { count = count + 1 }\n}");
        for (int i = 0; i < 5; i++) {
            platform.clock().advance(1_000);
            platform.clock().fire();
        }
        assertThat(platform.ports().in(8, 0x500)).isEqualTo(5);
    }

    @Test
    void a_failing_device_ends_the_run_with_its_line_and_where_the_guest_was() {
        String script = """
                device('bad') {
                    ports 0x500
                    read { port, width -> [][1].size() }
                }
                experiment('e') {
                    run guest('g') {
                        kernel {
                            nop
                            mov dx, 0x500
                            in al, dx
                            hlt
                        }
                    }, under: [%s]
                }
                """;
        for (String mode : List.of("bare", "deprivileged")) {
            ExperimentSpec spec =
                    Scripts.run(script.formatted(mode)).experiments().getFirst();
            assertThatThrownBy(() -> Experiment.run(spec))
                    .isInstanceOf(RingsideException.class)
                    .hasMessageStartingWith("(test.groovy, line 3) NullPointerException")
                    .hasMessageContaining("the guest at CS:EIP 0008:00100005, ring 0");
        }
    }

    @Test
    void a_device_at_physical_addresses_answers_a_bare_guest() {
        String script = """
                device('far') {
                    mmio 0xd0000000..0xd0000fff
                    register 'a', at: 0x10, bits: 32, reset: 5
                    dma { memory.write32(0x190000, a) }
                    write { pa, width, value -> startDma(0) }
                }
                experiment('e') {
                    run guest('g') {
                        kernel {
                            mov ebx, 0xd0000000
                            add dword[ebx + 0x10], 3
                            mov byte[ebx], 1
                            mov ecx, 100
                            loop $
                            mov eax, [ebx + 0x10]
                            checkpoint 'done', eax, dword[0x190000]
                            hlt
                        }
                    }, under: [bare]
                    expect bare.stops('halt')
                }
                """;
        String text =
                Experiment.run(Scripts.run(script).experiments().getFirst()).text();
        assertThat(text).containsSubsequence("eax", "00000008", "dword[0x190000]", "00000008");
    }
}
