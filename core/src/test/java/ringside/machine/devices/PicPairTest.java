package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The 8259A data sheet's rules, one by one. */
class PicPairTest {
    private static final int EOI = 0x20;
    private static final int READ_IRR = 0x0a;
    private static final int READ_ISR = 0x0b;

    private boolean intr;
    private final PicPair pics = new PicPair(high -> intr = high);

    @BeforeEach
    void initialise() {
        master(0x11, 0x20, 0x04, 0x01);
        slave(0x28, 0x02, 0x01);
        pics.out8(0x21, 0);
        pics.out8(0xa1, 0);
    }

    private void master(int icw1, int... rest) {
        pics.out8(0x20, icw1);
        IntStream.of(rest).forEach(icw -> pics.out8(0x21, icw));
    }

    private void slave(int... icws) {
        pics.out8(0xa0, 0x11);
        IntStream.of(icws).forEach(icw -> pics.out8(0xa1, icw));
    }

    private void raise(int... irqs) {
        IntStream.of(irqs).forEach(irq -> pics.line(irq).set(true));
    }

    private void lower(int... irqs) {
        IntStream.of(irqs).forEach(irq -> pics.line(irq).set(false));
    }

    private int isr() {
        pics.out8(0x20, READ_ISR);
        return pics.in8(0x20);
    }

    private int irr() {
        pics.out8(0x20, READ_IRR);
        return pics.in8(0x20);
    }

    @Test
    void lower_lines_win_and_a_request_in_service_holds_lower_ones_off() {
        raise(5, 3);
        assertThat(pics.acknowledge()).isEqualTo(0x23);
        assertThat(intr).isFalse();
        raise(1);
        assertThat(intr).isTrue();
        assertThat(pics.acknowledge()).isEqualTo(0x21);
        assertThat(isr()).isEqualTo(0b1010);
        pics.out8(0x20, EOI);
        assertThat(isr()).isEqualTo(0b1000);
        assertThat(intr).isFalse();
        pics.out8(0x20, EOI);
        assertThat(pics.acknowledge()).isEqualTo(0x25);
    }

    @Test
    void an_edge_counts_once_and_only_while_the_line_stays_high() {
        raise(4);
        assertThat(irr()).isEqualTo(0x10);
        lower(4);
        assertThat(irr()).isZero();
        assertThat(intr).isFalse();
        raise(4);
        pics.acknowledge();
        pics.out8(0x20, EOI);
        assertThat(intr).as("the line is still high, but there was no new edge").isFalse();
    }

    @Test
    void a_level_asks_again_until_it_drops() {
        pics.out8(0x4d0, 0x20);
        raise(5);
        pics.acknowledge();
        pics.out8(0x20, EOI);
        assertThat(intr).isTrue();
        lower(5);
        assertThat(intr).isFalse();
    }

    @Test
    void icw1_can_make_every_line_a_level() {
        master(0x19, 0x20, 0x04, 0x01);
        raise(3);
        assertThat(pics.acknowledge()).isEqualTo(0x23);
        assertThat(irr()).isEqualTo(8);
    }

    @Test
    void only_lines_of_the_isa_bus_can_be_levels_by_elcr() {
        pics.out8(0x4d0, 0xff);
        pics.out8(0x4d1, 0xff);
        assertThat(List.of(pics.in8(0x4d0), pics.in8(0x4d1))).containsExactly(0xf8, 0xde);
    }

    @Test
    void masked_requests_wait_in_irr() {
        pics.out8(0x21, 0x10);
        raise(4);
        assertThat(intr).isFalse();
        assertThat(irr()).isEqualTo(0x10);
        assertThat(pics.in8(0x21)).isEqualTo(0x10);
        pics.out8(0x21, 0);
        assertThat(intr).isTrue();
    }

    @Test
    void initialisation_forgets_edges_masks_and_priorities() {
        raise(4);
        pics.out8(0x21, 0xff);
        master(0x11, 0x40, 0x04, 0x01);
        assertThat(pics.in8(0x21)).isZero();
        assertThat(irr()).isZero();
        lower(4);
        raise(4);
        assertThat(pics.acknowledge()).isEqualTo(0x44);
    }

    @Test
    void single_mode_without_icw4_takes_one_more_word_only() {
        master(0x12, 0x60);
        pics.out8(0x21, 0xf7);
        assertThat(pics.in8(0x21)).isEqualTo(0xf7);
        raise(3);
        assertThat(pics.acknowledge()).isEqualTo(0x63);
    }

    @Test
    void specific_eoi_ends_the_level_it_names() {
        raise(2 + 4, 3);
        pics.acknowledge();
        pics.out8(0x21, 0x08);
        pics.out8(0x20, 0x60 | 3);
        assertThat(isr()).isZero();
    }

    @Test
    void automatic_eoi_leaves_nothing_in_service() {
        master(0x11, 0x20, 0x04, 0x03);
        raise(3, 5);
        assertThat(pics.acknowledge()).isEqualTo(0x23);
        assertThat(isr()).isZero();
        assertThat(pics.acknowledge()).isEqualTo(0x25);
    }

    @Test
    void rotation_on_eoi_puts_the_served_line_last() {
        raise(4);
        pics.acknowledge();
        pics.out8(0x20, 0xa0);
        lower(4);
        raise(4, 6);
        assertThat(pics.acknowledge()).isEqualTo(0x26);
    }

    @Test
    void rotation_in_automatic_eoi_serves_in_turn() {
        master(0x11, 0x20, 0x04, 0x03);
        pics.out8(0x20, 0x80);
        raise(0, 1);
        assertThat(pics.acknowledge()).isEqualTo(0x20);
        lower(0);
        raise(0);
        assertThat(pics.acknowledge()).isEqualTo(0x21);
        pics.out8(0x20, 0x00);
        assertThat(pics.acknowledge()).isEqualTo(0x20);
    }

    @Test
    void priorities_can_be_set() {
        pics.out8(0x20, 0xc0 | 4);
        raise(0, 5);
        assertThat(pics.acknowledge()).isEqualTo(0x25);
    }

    @Test
    void rotation_on_specific_eoi_sets_and_ends() {
        raise(2 + 1);
        pics.acknowledge();
        pics.out8(0x20, 0xe0 | 3);
        assertThat(isr()).isZero();
        raise(0, 4);
        assertThat(pics.acknowledge()).isEqualTo(0x24);
    }

    @Test
    void special_mask_mode_lets_lower_lines_through_a_masked_one_in_service() {
        raise(4);
        pics.acknowledge();
        raise(6);
        assertThat(intr).isFalse();
        pics.out8(0x21, 0x10);
        pics.out8(0x20, 0x68);
        assertThat(pics.acknowledge()).isEqualTo(0x26);
        pics.out8(0x20, EOI);
        assertThat(isr()).as("a plain EOI passes the masked level over").isEqualTo(0x10);
        pics.out8(0x20, 0x48);
        pics.out8(0x20, EOI);
        assertThat(isr()).isZero();
    }

    @Test
    void a_poll_acknowledges_by_reading() {
        pics.out8(0x20, 0x0c);
        assertThat(pics.in8(0x20)).isZero();
        raise(5);
        pics.out8(0x20, 0x0c);
        assertThat(pics.in8(0x20)).isEqualTo(0x85);
        assertThat(isr()).isEqualTo(0x20);
        assertThat(intr).isFalse();
    }

    @Test
    void nobody_asking_gives_the_spurious_vector_and_nothing_in_service() {
        assertThat(pics.acknowledge()).isEqualTo(0x27);
        assertThat(isr()).isZero();
    }

    @Test
    void a_slave_request_that_vanishes_behind_a_level_cascade_gives_the_slaves_spurious_vector() {
        master(0x19, 0x20, 0x04, 0x01);
        raise(12);
        pics.out8(0xa1, 0xff);
        assertThat(intr).isFalse();
        assertThat(pics.acknowledge()).isEqualTo(0x27);
    }

    @Test
    void slave_lines_come_through_line_2() {
        raise(12, 3);
        assertThat(pics.acknowledge()).isEqualTo(0x2c);
        assertThat(isr()).isEqualTo(4);
        assertThat(intr).isFalse();
        pics.out8(0xa0, EOI);
        pics.out8(0x20, EOI);
        assertThat(pics.acknowledge()).isEqualTo(0x23);
    }

    @Test
    void the_next_slave_request_comes_after_both_eois() {
        raise(9, 10);
        assertThat(pics.acknowledge()).isEqualTo(0x29);
        pics.out8(0x20, EOI);
        assertThat(intr).as("the slave still serves line 9").isFalse();
        pics.out8(0xa0, EOI);
        assertThat(pics.acknowledge()).isEqualTo(0x2a);
    }

    @Test
    void a_higher_slave_line_nests_only_in_special_fully_nested_mode() {
        raise(12);
        pics.acknowledge();
        raise(8);
        assertThat(intr).isFalse();
        master(0x11, 0x20, 0x04, 0x11);
        slave(0x28, 0x02, 0x01);
        lower(8, 12);
        raise(12);
        pics.acknowledge();
        raise(8);
        assertThat(pics.acknowledge()).isEqualTo(0x28);
    }

    @Test
    void would_deliver_tells_whether_a_line_gets_through() {
        assertThat(pics.wouldDeliver(0)).isTrue();
        pics.out8(0x21, 0x04);
        assertThat(pics.wouldDeliver(8)).as("the cascade is masked").isFalse();
        raise(1);
        pics.acknowledge();
        assertThat(pics.wouldDeliver(0)).isTrue();
        assertThat(pics.wouldDeliver(3)).as("line 1 is in service").isFalse();
    }
}
