package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import ringside.machine.time.VirtualClock;

/** The clock tells virtual time and interrupts by it. */
class CmosTest {
    private static final long SECOND = VirtualClock.TICKS_PER_SECOND;

    private final TestMachine machine = new TestMachine(
                    DeviceSettings.of(64 << 20).withStart(LocalDateTime.of(1999, 12, 31, 23, 59, 58)))
            .initialisePics();

    private int read(int cell) {
        return machine.out(0x70, cell).in(0x71);
    }

    private void write(int cell, int value) {
        machine.out(0x70, cell).out(0x71, value);
    }

    private String date() {
        return String.format(
                "%02x%02x-%02x-%02x %02x:%02x:%02x day %d",
                read(0x32), read(9), read(8), read(7), read(4), read(2), read(0), read(6));
    }

    @Test
    void the_date_starts_as_configured_and_rolls_over() {
        assertThat(date()).isEqualTo("1999-12-31 23:59:58 day 6");
        machine.pass(2 * SECOND);
        assertThat(date()).isEqualTo("2000-01-01 00:00:00 day 7");
    }

    @Test
    void a_day_passes_in_one_go() {
        machine.pass(60 * 86_400 * SECOND);
        assertThat(date()).isEqualTo("2000-02-29 23:59:58 day 3");
    }

    @Test
    void binary_and_12_hour_formats_are_kept() {
        write(11, 0x84);
        write(4, 0x80 | 11);
        write(2, 59);
        write(0, 59);
        write(7, 31);
        write(8, 12);
        write(9, 99);
        write(0x32, 19);
        write(11, 0x04);
        machine.pass(SECOND);
        assertThat(new int[] {read(4), read(2), read(0)}).containsExactly(12, 0, 0);
        assertThat(new int[] {read(7), read(8), read(9), read(0x32)}).containsExactly(1, 1, 0, 20);
    }

    @Test
    void set_holds_the_date_until_a_second_after_it_is_released() {
        write(11, 0x82);
        machine.pass(5 * SECOND);
        write(0, 0x10);
        write(11, 0x02);
        machine.pass(SECOND - 1);
        assertThat(read(0)).isEqualTo(0x10);
        machine.pass(1);
        assertThat(read(0)).isEqualTo(0x11);
    }

    @Test
    void garbage_in_the_date_stands_still() {
        write(8, 0xff);
        machine.pass(10 * SECOND);
        assertThat(read(8)).isEqualTo(0xff);
    }

    @Test
    void an_update_is_announced_244_microseconds_before_it() {
        machine.pass(SECOND - 24_401);
        assertThat(read(10) & 0x80).isZero();
        machine.pass(1);
        assertThat(read(10) & 0x80).isEqualTo(0x80);
        machine.pass(24_400);
        assertThat(read(10) & 0x80).isZero();
    }

    @Test
    void the_periodic_interrupt_comes_1024_times_a_second_and_waits_for_register_c() {
        write(11, 0x42);
        int interrupts = 0;
        for (int i = 0; i < 100_000; i++) {
            machine.pass(1000);
            if (machine.intr) {
                assertThat(machine.platform.interrupts().acknowledge()).isEqualTo(0x28);
                assertThat(read(12) & 0xc0).isEqualTo(0xc0);
                machine.out(0xa0, 0x20).out(0x20, 0x20);
                interrupts++;
            }
        }
        assertThat(interrupts).isEqualTo(1024);
    }

    @Test
    void without_reading_register_c_no_second_interrupt_can_come() {
        write(11, 0x42);
        machine.pass(SECOND / 100);
        assertThat(machine.platform.interrupts().acknowledge()).isEqualTo(0x28);
        machine.out(0xa0, 0x20).out(0x20, 0x20).pass(SECOND);
        assertThat(machine.intr).isFalse();
        assertThat(machine.platform.mayInterrupt()).isFalse();
        read(12);
        assertThat(machine.platform.mayInterrupt()).isTrue();
    }

    @Test
    void the_alarm_matches_with_wildcards() {
        write(1, 0x03);
        write(3, 0xff);
        write(5, 0xff);
        write(11, 0x22);
        machine.pass(4 * SECOND);
        assertThat(machine.intr).isFalse();
        machine.pass(SECOND);
        assertThat(machine.intr).isTrue();
        assertThat(read(12)).isEqualTo(0xb0 | 0x40);
    }

    @Test
    void the_update_interrupt_comes_each_second() {
        write(11, 0x12);
        machine.pass(SECOND);
        assertThat(machine.intr).isTrue();
        assertThat(read(12)).isEqualTo(0x90 | 0x40);
    }

    @Test
    void memory_size_and_checksum_are_a_bios_s() {
        assertThat(read(0x15) | read(0x16) << 8).isEqualTo(640);
        assertThat(read(0x17) | read(0x18) << 8).isEqualTo(63 * 1024);
        assertThat(read(0x34) | read(0x35) << 8).isEqualTo((64 - 16) * 16);
        int sum = 0;
        for (int cell = 0x10; cell <= 0x2d; cell++) {
            sum += read(cell);
        }
        assertThat(read(0x2e) << 8 | read(0x2f)).isEqualTo(sum);
    }

    @Test
    void plain_cells_keep_what_is_written() {
        write(0x0f, 5);
        assertThat(read(0x0f)).isEqualTo(5);
        assertThat(read(13)).isEqualTo(0x80);
    }
}
