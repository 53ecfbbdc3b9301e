package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.error.RingsideException;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.HostResult;
import ringside.lab.HostSpec;

/** What a script says of a network happens to the frames on it. */
class NetworkBlockTest {
    /** Sends three frames with a mark of 1 to 3 behind the header; another guest notes what it gets, and when. */
    private static final String GUESTS = """
            def talk = guest('talk') {
                include driver('rtl8139'), as: 'nic'
                kernel {
                    call nic_probe
                    mov ebp, 1
                    again:
                    mov edi, 0x300000
                    mov ecx, 12
                    mov al, 0xff
                    rep stosb
                    mov word[0x30000c], 0x5588
                    mov [0x30000e], ebp
                    mov esi, 0x300000
                    mov ecx, 60
                    call nic_send
                    inc ebp
                    cmp ebp, 4
                    jb again
                    halt
                }
            }
            def listen = guest('listen') {
                include driver('rtl8139'), as: 'nic'
                kernel {
                    call nic_probe
                    next:
                    mov edi, 0x300000
                    call nic_receive
                    jnc .heard
                    waitForInterrupt
                    jmp next
                    .heard:
                    checkpoint 'heard', byte[0x30000e], byte[0x30000f]
                    nop
                    jmp next
                }
            }
            server { year 2008; memory 4.MiB }
            """;

    private static HostResult talk(String network) {
        HostSpec spec = (HostSpec) Scripts.run("network('lan') {\n" + network + "\n}\n" + GUESTS + """
                host('h') {
                    vm 'talks', guest: talk, under: hardware, nic: 'lan'
                    vm 'listens', guest: listen, under: hardware, nic: 'lan'
                    budget 5.ms
                }
                """)
                .studies()
                .getFirst();
        return spec.investigate();
    }

    private static List<String> heard(String network) {
        return talk(network).vm("listens").checkpoints().stream()
                .map(ExperimentResult.Arrival::values)
                .map(values -> String.join(":", values.values()))
                .toList();
    }

    @Test
    void frames_pass_where_nothing_is_said() {
        assertThat(heard("")).containsExactly("01:00", "02:00", "03:00");
        assertThat(heard("frame { from, bytes -> }")).containsExactly("01:00", "02:00", "03:00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "if (bytes[14] == 2) drop()      | 01:00 03:00",
                "if (bytes[14] == 2) duplicate() | 01:00 02:00 02:00 03:00",
                "if (bytes[14] == 2) delay 1.ms  | 01:00 03:00 02:00",
                "if (bytes[14] == 2) corrupt(15) | 01:00 02:01 03:00",
                "bytes[15] = from + 7            | 01:07 02:07 03:07",
            })
    void what_is_said_happens(String rule, String heard) {
        assertThat(heard("frame { from, bytes -> " + rule + " }")).containsExactly(heard.split(" "));
    }

    @Test
    void chance_follows_from_the_seed() {
        String network = "frame { from, bytes -> corrupt(); if (random.nextBoolean()) duplicate() }";
        assertThat(heard(network)).isEqualTo(heard(network)).hasSizeGreaterThan(2);
    }

    @Test
    void what_passes_is_the_same_to_the_tick_under_every_mode() {
        List<String> modes = List.of(
                "hardware",
                "hardware(memory: 'nested')",
                "translated",
                "translated(user: 'translated')",
                "deprivileged");
        String script = "network('lan') { latency 5.us }\n" + GUESTS + """
                host('h') {
                    vm 'talks', guest: talk, under: %s, nic: 'lan'
                    vm 'listens', guest: listen, under: %s, nic: 'lan'
                    processors 2
                    budget 5.ms
                }
                """;
        byte[] reference = null;
        for (int i = 0; i < modes.size(); i++) {
            String text = script.formatted(modes.get(i), modes.get((i + 2) % modes.size()));
            HostResult result = ((HostSpec) Scripts.run(text).studies().getFirst()).investigate();
            byte[] frames = result.networks().getFirst().capture().bytes();
            reference = reference == null ? frames : reference;
            assertThat(frames).as(text).isEqualTo(reference);
            assertThat(result.vm("listens").checkpoints()).hasSize(3);
        }
    }

    @Test
    void a_slower_line_takes_longer() {
        long fast = talk("").machineTime();
        HostResult slow = talk("latency 1.ms; bandwidth 1.Mbps");
        assertThat(slow.vm("talks").stopped()).isEqualTo("halt");
        assertThat(slow.networks().getFirst().frames()).isEqualTo(3);
        // the first frame, then two more at 1 Mbit/s behind it: 84 bytes of 800 ticks each
        assertThat(slow.machineTime() - fast).isBetween(99_000L + 3 * 66_000, 99_000L + 3 * 67_500);
    }

    @Test
    void a_network_can_answer_a_guest_that_is_alone_on_it() {
        ExperimentSpec spec = Scripts.run("""
                network('lan') {
                    frame { from, bytes -> answer([0xff] * 12 + [0x88, 0x55, bytes[14] + 40] + [9] * 45) }
                }
                """ + GUESTS.replace("memory 4.MiB", "memory 4.MiB; nic 'lan'") + """
                def asks = guest('asks') {
                    include driver('rtl8139'), as: 'nic'
                    kernel {
                        call nic_probe
                        mov byte[0x30000e], 2
                        mov esi, 0x300000
                        mov ecx, 60
                        call nic_send
                        wait_:
                        mov edi, 0x300000
                        call nic_receive
                        jnc heard
                        waitForInterrupt
                        jmp wait_
                        heard:
                        checkpoint 'answer', byte[0x30000e], byte[0x30000f]
                        halt
                    }
                }
                experiment('asks') { run asks, under: [bare, hardware, translated] }
                """)
                .experiments()
                .getFirst();
        ExperimentResult result = spec.investigate();
        assertThat(result.runs()).as(result.text()).allSatisfy(run -> {
            assertThat(run.divergence()).isEmpty();
            assertThat(run.checkpoints().getFirst().values().values()).containsExactly("2a", "09");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "latncy 1.us                        | unknown setting 'latncy' in network 'lan' | latency",
                "latency 'x'                        | 'latency' in network 'lan' does not take 'x' | latency 50.us",
                "bandwidth 0                        | a bandwidth of 0 | 100.Mbps",
                "frame { from, bytes -> dorp() }    | unknown setting 'dorp' in frame of network 'lan' | drop",
                "frame { from, bytes -> corrupt(99) } | a frame of 60 bytes has no byte 99 | 0 to 59",
                "frame { from, bytes -> answer(['a']) } | byte 0 of the answer is 'a' | give numbers",
                "frame { from, bytes -> answer 7 }  | 'answer' in frame of network 'lan' does not take 7 | answer bytes",
            })
    void mistakes_are_told_with_what_to_write(String line, String what, String remedy) {
        assertThatThrownBy(() -> talk(line))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining(what)
                .hasMessageContaining("(test.groovy, line 2)")
                .hasMessageContaining(remedy);
    }

    @Test
    void virtual_machines_with_clocks_of_their_own_have_no_network() {
        String host = "host('h') { vm 'a', guest: talk, under: hardware, nic: 'lan'; clocks 'own' }";
        HostSpec spec = (HostSpec) Scripts.run(GUESTS + host).studies().getFirst();
        assertThatThrownBy(spec::investigate).hasMessageContaining("VM 'a' has a network adapter");
    }

    @Test
    void a_guest_of_a_host_has_its_own_attachments_when_it_is_looked_at_alone() {
        String host = "host('h') { vm 'a', guest: talk, under: hardware, nic: 'lan', disk: 1.MiB }";
        assertThat(Scripts.run(GUESTS + host)
                        .studies()
                        .getFirst()
                        .experiments()
                        .getFirst()
                        .server()
                        .title())
                .contains("nic lan")
                .contains("disk disk 1 MiB");
    }

    @Test
    void a_name_is_given_once() {
        assertThatThrownBy(() -> Scripts.run("network('lan') { }\nnetwork('lan') { latency 1.us }"))
                .hasMessageContaining("there already is a network 'lan'");
    }
}
