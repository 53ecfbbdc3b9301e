package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ringside.dsl.ScriptRunner;
import ringside.lab.road.Place;
import ringside.lab.road.Road;
import ringside.machine.bus.SystemBus.Answer;
import ringside.machine.paging.WalkTrace.Table;

/** Roads of one kernel under every legal pair of mode and memory strategy, with every option that changes how code runs. */
class RoadEverywhereTest {
    private static final String SCRIPT = """
            server { year 2008 }
            device('writer') {
                ports 0x540..0x547
                dma { memory.write32(0x600c, 0x301003) }
                write { port, width, value -> startDma(0) }
            }
            device('far') { mmio 0xd0000000..0xd0000fff; read { pa, width -> 0 } }
            def g = guest('pages') {
                paging true
                kernel {
                    setPte 0x402000, 0x300000 | 3
                    flushPage 0x402000
                    mov dword[0x402ffc], 7
                    setPte 0x404000, 0xd0000000 | 3
                    flushPage 0x404000
                    setPte 0x405000, 0
                    flushPage 0x405000
                    checkpoint 'mapped'
                    mov dx, 0x540
                    mov al, 1
                    out dx, al
                    nop
                    nop
                    checkpoint 'dma'
                    halt
                }
            }
            experiment('x') { run g }
            """;

    private static final ExperimentSpec EXPERIMENT = ScriptRunner.run(
                    SCRIPT, "roads.groovy", new PrintStream(new ByteArrayOutputStream()))
            .experiments()
            .getFirst();

    static Stream<Setting> settings() {
        Stream<Setting> policies = Stream.of("cached", "unsync")
                .flatMap(policy -> Stream.of("deprivileged", "translated", "hardware")
                        .map(mode -> new Setting(mode).with("policy", policy)));
        Setting nested = new Setting("hardware", "nested", "interpreter", new java.util.TreeMap<>());
        return Stream.of(
                        Comparison.Choice.EVERYTHING.settings().stream(),
                        policies,
                        Stream.of(nested.with("format", "npt"), nested.with("dirty", "on")))
                .flatMap(all -> all);
    }

    private static Explanation at(Setting setting, String checkpoint) {
        return Explanation.of(EXPERIMENT, setting, new Explanation.Until.At(checkpoint));
    }

    private static Road road(Explanation explanation, String address, Place.Kind kind) {
        return explanation.road(explanation.place(address, kind));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void a_page_that_was_just_written_is_reached_where_its_frame_lies(Setting setting) {
        Explanation explanation = at(setting, "mapped");
        Road road = road(explanation, "402ffc", Place.Kind.READ);
        Answer.Ram ram = (Answer.Ram) road.answer().orElseThrow();
        assertThat(explanation.machine().silicon().memory().get32(ram.ma())).isEqualTo(7);
        boolean keeps = !setting.memory().equals("perReference");
        assertThat(road.ma()).as(road.text()).isEqualTo(keeps ? Optional.of(ram.ma()) : Optional.empty());
        Road.Step pte = road.steps().stream()
                .filter(step -> step.ofGuest() && step.entry().table() == Table.PTE)
                .findFirst()
                .orElseThrow();
        assertThat(pte.writer().getFirst()).startsWith("written by ").contains("(roads.groovy:11)");
        assertThat(pte.writer().getLast()).startsWith("A or D set by ").contains("(roads.groovy:13)");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void where_a_device_answers_and_what_is_not_mapped_is_said_so(Setting setting) {
        Explanation explanation = at(setting, "mapped");
        Road device = road(explanation, "404010", Place.Kind.WRITE);
        assertThat(device.answer().orElseThrow()).isInstanceOf(Answer.Device.class);
        boolean bare = setting.mode().equals("bare");
        assertThat(device.verdict()).contains(bare ? "reaches the device" : "is hidden from the guest");
        Road missing = road(explanation, "405004", Place.Kind.WRITE);
        assertThat(missing.trueFault()).contains(2);
        assertThat(missing.verdict()).contains("PTE 005 is not present");
        assertThat(missing.ma()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void an_entry_that_a_device_wrote_was_written_by_dma(Setting setting) {
        Road road = road(at(setting, "dma"), "403000", Place.Kind.READ);
        Road.Step pte = road.steps().stream()
                .filter(step -> step.ofGuest() && step.entry().table() == Table.PTE)
                .findFirst()
                .orElseThrow();
        // what a device writes into a table is undone where the processor walks it
        String who = setting.memory().equals("direct") ? "written by the VMM" : "written by a device by DMA";
        assertThat(pte.writer().getFirst()).as(road.text()).startsWith(who);
    }

    @Test
    void a_road_before_the_first_instruction_knows_what_the_image_holds() {
        Explanation explanation = Explanation.of(EXPERIMENT, new Setting("bare"), new Explanation.Until.After(0));
        Road road = road(explanation, "100000", Place.Kind.FETCH);
        assertThat(road.text()).contains("paging is off", "segment   cs 0008").contains("reaches MA 00100000");
    }
}
