package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;

class KeyboardControllerTest {
    private final TestMachine machine = new TestMachine().initialisePics();
    private final KeyboardController keyboard = machine.platform.device(KeyboardController.class);

    /** Reads what comes until nothing more does. */
    private List<Integer> received() {
        List<Integer> bytes = new ArrayList<>();
        machine.pass(20_000);
        while ((machine.in(0x64) & 1) != 0) {
            bytes.add(machine.in(0x60));
            machine.pass(20_000);
        }
        return bytes;
    }

    private int answer(int command) {
        machine.out(0x64, command);
        return machine.in(0x60);
    }

    @Test
    void keys_arrive_in_set_1_with_an_interrupt_each() {
        keyboard.type("aB");
        machine.pass(20_000);
        assertThat(machine.platform.interrupts().acknowledge()).isEqualTo(0x21);
        assertThat(received()).containsExactly(0x1e, 0x9e, 0x2a, 0x30, 0xb0, 0xaa);
    }

    @Test
    void without_translation_they_arrive_in_set_2() {
        machine.out(0x64, 0x60).out(0x60, 0x05);
        keyboard.type("1");
        assertThat(received()).containsExactly(0x16, 0xf0, 0x16);
    }

    @Test
    void every_printable_character_has_a_key() {
        for (char c = ' '; c < 0x7f; c++) {
            assertThat(ScanCodes.press(c)).as("%c", c).isPresent();
        }
        assertThat(ScanCodes.press('\n')).contains(List.of(0x1c, 0x9c));
        assertThat(ScanCodes.press('/')).contains(List.of(0x35, 0xb5));
        assertThat(ScanCodes.press(' ')).contains(List.of(0x39, 0xb9));
        assertThatThrownBy(() -> keyboard.type("ä"))
                .isInstanceOf(RingsideException.class)
                .hasMessage("no key of a US keyboard makes character 00e4; type ASCII, or give scan codes");
    }

    @Test
    void the_controller_passes_its_tests_and_keeps_its_command_byte() {
        assertThat(answer(0xaa)).isEqualTo(0x55);
        assertThat(answer(0xab)).isZero();
        machine.out(0x64, 0x60).out(0x60, 0x41);
        assertThat(answer(0x20)).isEqualTo(0x41);
    }

    @Test
    void the_keyboard_identifies_and_resets() {
        machine.out(0x60, 0xf2);
        assertThat(received()).containsExactly(0xfa, 0xab, 0x41);
        machine.out(0x60, 0xff);
        assertThat(received()).containsExactly(0xfa, 0xaa);
        machine.out(0x60, 0xed, 7, 0xee);
        assertThat(received()).containsExactly(0xfa, 0xfa, 0xee);
    }

    @Test
    void a_disabled_keyboard_holds_its_bytes_back() {
        machine.out(0x64, 0xad);
        keyboard.type("x");
        assertThat(received()).isEmpty();
        machine.out(0x64, 0xae);
        assertThat(received()).containsExactly(0x2d, 0xad);
    }

    @Test
    void the_a20_gate_follows_the_output_port_and_port_92() {
        machine.out(0x64, 0xd1).out(0x60, 0xcd);
        assertThat(machine.a20).isFalse();
        assertThat(machine.in(0x92) & 2).isZero();
        machine.out(0x92, 2);
        assertThat(machine.a20).isTrue();
        assertThat(answer(0xd0) & 2).isEqualTo(2);
        machine.out(0x64, 0xdd);
        assertThat(machine.a20).isFalse();
    }

    @Test
    void both_ways_of_resetting_ask_for_the_end_of_the_run() {
        machine.out(0x64, 0xfe);
        assertThat(machine.stopped).isEqualTo("reset 0");
        TestMachine other = new TestMachine().out(0x92, 1);
        assertThat(other.stopped).isEqualTo("reset 0");
    }
}
