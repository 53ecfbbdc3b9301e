package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.lab.ModelsResult;
import ringside.lab.ModelsSpec;

/** Blocks that make the same requests on several ways. */
class ModelsBlockTest {
    /** Reads so many times eight sectors from {@code first} on. */
    private static String way(String name, String driver, String setting, String operation, int first) {
        return " way('" + name + "', under: " + setting + ") { n -> guest('g') { include driver('" + driver
                + "'), as: 'd'\n kernel { call d_probe; mov ecx, 8; mov edi, 0x300000; mov esi, edi\n"
                + " mov dword[esi], 0x55\n for (i in 0..<n) { mov ebx, " + first + " + 8*i; call d_" + operation
                + " }; halt } } }\n";
    }

    private static ModelsResult run(String ways) {
        String script = "server { year 2006; disk 'data', size: 1.MiB }\nmodels('m') {\n requests 10\n" + ways + "}";
        return ((ModelsSpec) Scripts.run(script).studies().getFirst()).investigate();
    }

    @Test
    void what_the_requests_are_made_of_is_counted_without_what_comes_before_them() {
        ModelsResult result = run(way("pio", "ide-pio", "hardware", "read", 0)
                + way("own", "ide-pio", "bare", "read", 0)
                + way("split", "virtio-blk", "hardware(devices: 'split')", "read", 0)
                + " expect alike\n expect exits: 'split', atMost: 1/9, of: 'pio'");
        assertThat(result.figure("pio", "exits"))
                .as("five registers, command, five for each sector")
                .isEqualTo(460);
        assertThat(result.figure("own", "exits")).isZero();
        assertThat(result.figure("split", "exits")).isEqualTo(50);
        assertThat(result.figure("split", "notifications")).isEqualTo(10);
        assertThat(result.figure("pio", "deviceInterrupts")).isEqualTo(80);
        assertThat(result.figure("pio", "bytesCopied")).isEqualTo(40_960);
        assertThat(result.asExpected()).as(result.text()).isTrue();
    }

    @Test
    void another_request_is_told_and_fails_the_expectation() {
        ModelsResult result = run(
                way("one", "ide-pio", "bare", "read", 0) + way("two", "ide-dma", "bare", "read", 8) + " expect alike");
        assertThat(result.asExpected()).isFalse();
        assertThat(result.text()).contains("'two': request 1 is read 8+8 done, of 'one' read 0+8 done");
    }

    @Test
    void figures_beyond_their_bound_fail() {
        ModelsResult result = run(way("one", "ide-pio", "hardware", "write", 0)
                + way("two", "ide-dma", "hardware", "write", 0) + " expect exits: 'two', atMost: 0.1, of: 'one'");
        assertThat(result.asExpected()).isFalse();
        assertThat(result.text()).contains("expect  [FAILED]  exits of 'two' at most 0.1 of 'one'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "models('m') { }|models 'm' runs nothing",
                "models('m') { way('a') { n -> 7 } }|does not take",
                "models('m') { way('a', undr: bare) { n -> 7 } }|does not take",
                "models('m') { way('a', under: bare) { n -> 7 } }|makes 7, no guest",
                "models('m') { way('a', under: bare) { n -> 7 }; way('a', under: bare) { n -> 7 } }|already is a way",
                "models('m') { way('a', under: bare) { n -> 7 }; expect exist: 'a', atMost: 1, of: 'a' }|did you mean 'exits'?",
                "models('m') { way('a', under: bare) { n -> 7 }; expect exits: 'b', atMost: 1, of: 'a' }|which is no way",
                "models('m') { expect exits: 'b' }|does not say what and of what",
            })
    void a_mistake_is_told_where_it_stands(String script, String message) {
        assertThatThrownBy(() -> Scripts.run(script))
                .hasMessageStartingWith("(test.groovy, line 1) ")
                .hasMessageContaining(message);
    }
}
