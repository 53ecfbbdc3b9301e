package ringside.machine.devices.apic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.time.VirtualClock;

/** Messages among several local APICs: who is addressed, and by what. */
class ApicBusTest {
    private static final int SELF = 1 << 18, ALL = 2 << 18, OTHERS = 3 << 18;

    private final ApicBus bus = new ApicBus();
    private final List<LocalApic> apics = new ArrayList<>();
    private final IoApic io = new IoApic(9, bus);

    ApicBusTest() {
        VirtualClock clock = new VirtualClock();
        for (int id = 0; id < 4; id++) {
            LocalApic apic = new LocalApic("cpu" + id, id, bus, clock, high -> {});
            apic.write(32, 0xf0, 0x1ff);
            apic.write(32, 0xd0, 1 << 24 + id);
            apics.add(apic);
        }
    }

    private void command(int from, int destination, int low) {
        apics.get(from).write(32, 0x310, destination << 24);
        apics.get(from).write(32, 0x300, low);
    }

    /** Ids of those that have the vector requested; acknowledged and ended. */
    private List<Integer> reached(int vector) {
        List<Integer> ids = new ArrayList<>();
        for (LocalApic apic : apics) {
            if (apic.pending()) {
                assertThat(apic.acknowledge()).isEqualTo(vector);
                apic.write(32, 0xb0, 0);
                ids.add(apic.id());
            }
        }
        return ids;
    }

    @Test
    void physical_destinations_are_ids_and_ff_is_everybody() {
        command(0, 2, 0x40);
        assertThat(reached(0x40)).containsExactly(2);
        command(1, 0xff, 0x41);
        assertThat(reached(0x41)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void flat_logical_destinations_are_masks() {
        command(0, 0b1010, 0x800 | 0x50);
        assertThat(reached(0x50)).containsExactly(1, 3);
    }

    @Test
    void clusters_are_addressed_by_number_and_mask() {
        for (LocalApic apic : apics) {
            apic.write(32, 0xe0, 0x0fff_ffff);
            apic.write(32, 0xd0, (apic.id() / 2 << 4 | 1 << apic.id() % 2) << 24);
        }
        command(0, 0x12, 0x800 | 0x60);
        assertThat(reached(0x60)).containsExactly(3);
        command(0, 0x03, 0x800 | 0x61);
        assertThat(reached(0x61)).containsExactly(0, 1);
    }

    @Test
    void shorthands_need_no_destination() {
        command(1, 0, SELF | 0x70);
        assertThat(reached(0x70)).containsExactly(1);
        command(1, 0, ALL | 0x71);
        assertThat(reached(0x71)).containsExactly(0, 1, 2, 3);
        command(1, 0, OTHERS | 0x72);
        assertThat(reached(0x72)).containsExactly(0, 2, 3);
    }

    @Test
    void lowest_priority_goes_to_the_least_busy_and_among_equals_to_the_first() {
        apics.get(0).write(32, 0x80, 0x30);
        apics.get(1).write(32, 0x80, 0x20);
        command(3, 0b0111, 0x800 | 0x100 | 0x80);
        assertThat(reached(0x80)).containsExactly(2);
        apics.get(2).write(32, 0x80, 0x20);
        command(3, 0b0111, 0x800 | 0x100 | 0x81);
        assertThat(reached(0x81)).containsExactly(1);
    }

    @Test
    void a_pin_reaches_the_processor_its_entry_names_and_the_end_there_frees_it() {
        io.write(32, 0, 0x10 + 2 * 17 + 1);
        io.write(32, 0x10, 3 << 24);
        io.write(32, 0, 0x10 + 2 * 17);
        io.write(32, 0x10, 0x8000 | 0x90);
        io.pin(17, true);
        assertThat(reached(0x90)).containsExactly(3);
        assertThat(apics.get(3).pending()).as("the level lasts").isTrue();
        io.pin(17, false);
        assertThat(reached(0x90)).containsExactly(3);
        assertThat(apics.get(3).pending()).isFalse();
    }
}
