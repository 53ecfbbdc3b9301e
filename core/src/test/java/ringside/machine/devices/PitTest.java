package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.time.VirtualClock;

/** The 8254 data sheet's modes, CLK by CLK, and the timer as a whole. */
class PitTest {
    private static final int LOW_HIGH = 0x30;

    private final PitChannel channel = new PitChannel(true, high -> {});

    private void program(int mode, int count) {
        channel.control(LOW_HIGH | mode << 1);
        channel.write(count & 0xff);
        channel.write(count >> 8);
    }

    /** OUT after each of so many CLK pulses. */
    private String wave(int clocks) {
        StringBuilder wave = new StringBuilder();
        for (int i = 0; i < clocks; i++) {
            channel.clock();
            wave.append(channel.out() ? '#' : '_');
        }
        return wave.toString();
    }

    private int count() {
        return channel.read() | channel.read() << 8;
    }

    @Test
    void mode_0_rises_n_plus_1_clocks_after_the_count_and_goes_on_counting() {
        program(0, 4);
        assertThat(wave(8)).isEqualTo("____####");
        assertThat(count()).isEqualTo(0xfffd);
    }

    @Test
    void mode_0_stands_still_while_the_gate_is_low() {
        program(0, 3);
        wave(2);
        channel.gate(false);
        assertThat(wave(5)).isEqualTo("_____");
        channel.gate(true);
        assertThat(wave(3)).isEqualTo("_##");
    }

    @Test
    void mode_0_starts_anew_with_a_new_count_and_waits_between_its_bytes() {
        program(0, 2);
        assertThat(wave(3)).isEqualTo("__#");
        channel.write(2);
        assertThat(wave(4)).isEqualTo("____");
        channel.write(0);
        assertThat(wave(3)).isEqualTo("__#");
    }

    @Test
    void mode_1_is_a_one_shot_that_the_gate_triggers_again() {
        channel.gate(false);
        program(1, 3);
        assertThat(wave(2)).isEqualTo("##");
        channel.gate(true);
        assertThat(wave(2)).isEqualTo("__");
        channel.gate(false);
        channel.gate(true);
        assertThat(wave(5)).isEqualTo("___##");
    }

    @Test
    void mode_2_is_low_for_one_clock_in_n() {
        program(2, 4);
        assertThat(wave(10)).isEqualTo("###_###_##");
    }

    @Test
    void mode_2_takes_a_new_count_at_the_end_of_the_period() {
        program(2, 3);
        wave(1);
        channel.write(5);
        channel.write(0);
        assertThat(wave(9)).isEqualTo("#_####_##");
    }

    @Test
    void mode_2_and_3_stop_high_when_the_gate_drops_and_reload_when_it_rises() {
        for (int mode = 2; mode <= 3; mode++) {
            program(mode, 2);
            assertThat(wave(2)).endsWith("_");
            channel.gate(false);
            assertThat(wave(3)).isEqualTo("###");
            channel.gate(true);
            assertThat(wave(2)).isEqualTo("#_");
        }
    }

    @Test
    void mode_3_is_a_square_wave_whose_odd_clock_goes_to_the_high_half() {
        program(3, 4);
        assertThat(wave(9)).isEqualTo("##__##__#");
        program(3, 5);
        assertThat(wave(11)).isEqualTo("###__###__#");
    }

    @Test
    void mode_3_counts_by_two() {
        program(3, 8);
        wave(2);
        assertThat(count()).isEqualTo(6);
    }

    @Test
    void mode_4_strobes_once_n_plus_1_clocks_after_the_count() {
        program(4, 3);
        assertThat(wave(7)).isEqualTo("###_###");
        assertThat(wave(0x10000)).doesNotContain("_");
    }

    @Test
    void mode_5_strobes_after_a_trigger() {
        channel.gate(false);
        program(5, 2);
        assertThat(wave(3)).isEqualTo("###");
        channel.gate(true);
        assertThat(wave(5)).isEqualTo("##_##");
    }

    @Test
    void bcd_counts_in_decimal() {
        channel.control(LOW_HIGH | 1);
        channel.write(0x00);
        channel.write(0x10);
        wave(2);
        assertThat(count()).isEqualTo(0x0999);
    }

    @Test
    void a_latched_count_stands_until_it_is_read() {
        program(2, 100);
        wave(10);
        channel.latchCount();
        wave(5);
        channel.latchCount();
        assertThat(count()).isEqualTo(91);
        assertThat(count()).isEqualTo(86);
    }

    @Test
    void status_tells_output_null_count_and_control_word() {
        channel.control(LOW_HIGH | 2 << 1);
        channel.latchStatus();
        assertThat(channel.read()).isEqualTo(0x80 | 0x40 | 0x34);
        channel.write(4);
        channel.write(0);
        wave(4);
        channel.latchStatus();
        assertThat(channel.read()).isEqualTo(0x34);
    }

    @Test
    void status_is_read_before_a_count_latched_with_it() {
        TestMachine machine = new TestMachine();
        machine.out(0x43, 0xb0).out(0x42, 7, 0).out(0x43, 0xc8);
        assertThat(List.of(machine.in(0x42), machine.in(0x42), machine.in(0x42)))
                .containsExactly(0x70, 0, 0);
    }

    @Test
    void a_thousand_seconds_of_irq_0_do_not_drift() {
        TestMachine machine = new TestMachine().initialisePics();
        machine.out(0x21, 0xfe).out(0x43, 0x34).out(0x40, 0, 0);
        long interrupts = 0;
        for (int i = 0; i < 100_000; i++) {
            machine.pass(1_000_000);
            if (machine.intr) {
                machine.platform.interrupts().acknowledge();
                machine.out(0x20, 0x20);
                interrupts++;
            }
        }
        // the first period begins with the CLK that loads the count
        assertThat(interrupts).isEqualTo((1000L * Pit.HERTZ - 1) / 65_536);
    }

    @Test
    void gate_and_output_of_channel_2_are_at_port_61() {
        TestMachine machine = new TestMachine();
        machine.out(0x43, 0xb0).out(0x42, 100, 0).pass(1_000_000);
        assertThat(machine.in(0x61) & 0x23).isZero();
        machine.out(0x61, 1).pass(VirtualClock.TICKS_PER_SECOND / 10_000);
        assertThat(machine.in(0x61) & 0x23).isEqualTo(0x21);
    }

    @Test
    void an_unprogrammed_timer_never_interrupts() {
        TestMachine machine = new TestMachine().initialisePics();
        assertThat(machine.platform.mayInterrupt()).isFalse();
        machine.out(0x43, 0x34).out(0x40, 0, 1);
        assertThat(machine.platform.mayInterrupt()).isTrue();
        machine.out(0x21, 1);
        assertThat(machine.platform.mayInterrupt()).isFalse();
    }
}
