package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import ringside.machine.time.ClockRate;

/** The timer takes shortcuts through time that nobody can see. */
class PitProperties {
    @Property(tries = 300, seed = "20050653")
    void many_clocks_at_once_equal_single_ones(
            @ForAll @IntRange(max = 5) int mode,
            @ForAll boolean bcd,
            @ForAll @IntRange(max = 40) int count,
            @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 300) Integer> steps) {
        PitChannel[] channels = {new PitChannel(true, high -> {}), new PitChannel(true, high -> {})};
        for (PitChannel each : channels) {
            each.control(0x10 | mode << 1 | (bcd ? 1 : 0));
            each.write(count);
        }
        boolean gate = true;
        for (int clocks : steps) {
            for (int i = 0; i < clocks; i++) {
                channels[0].clock();
            }
            channels[1].advance(clocks);
            for (PitChannel each : channels) {
                each.gate(gate);
                each.latchStatus();
                each.latchCount();
            }
            gate = clocks % 3 != 0;
            assertThat(List.of(channels[1].read(), channels[1].read()))
                    .isEqualTo(List.of(channels[0].read(), channels[0].read()));
        }
    }

    @Property(tries = 1000, seed = "20050287")
    void rates_agree_in_both_directions(@ForAll @IntRange(max = 1 << 30) int cycle, @ForAll boolean crystal) {
        ClockRate rate = new ClockRate(crystal ? 32_768 : Pit.HERTZ);
        long tick = rate.tickOf(cycle);
        assertThat(rate.cyclesAt(tick)).isEqualTo(cycle);
        assertThat(tick == 0 || rate.cyclesAt(tick - 1) < cycle).isTrue();
    }
}
