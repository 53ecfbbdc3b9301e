package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import ringside.machine.bus.IrqLine;

/** Local APIC and I/O APIC of a board as the SDM and the 82093AA's data sheet tell them. */
class ApicTest {
    private static final int LOCAL = 0xfee0_0000, IO = 0xfec0_0000;
    private static final int TPR = 0x80, PPR = 0xa0, EOI = 0xb0, SPURIOUS = 0xf0, ISR = 0x100, IRR = 0x200;
    private static final int ERRORS = 0x280, COMMAND = 0x300, TIMER = 0x320, LINT0 = 0x350;
    private static final int INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0;
    private static final int LEVEL = 0x8000, MASKED = 0x10000, PERIODIC = 0x20000;

    private final TestMachine machine =
            new TestMachine(DeviceSettings.of(16 << 20).withApic(true)).initialisePics();

    private int local(int register) {
        return machine.addresses.read(32, LOCAL + register);
    }

    private void local(int register, int value) {
        machine.addresses.write(32, LOCAL + register, value);
    }

    private int io(int register) {
        machine.addresses.write(32, IO, register);
        return machine.addresses.read(32, IO + 0x10);
    }

    private void io(int register, int value) {
        machine.addresses.write(32, IO, register);
        machine.addresses.write(32, IO + 0x10, value);
    }

    private void redirect(int pin, int low) {
        io(0x10 + 2 * pin + 1, 0);
        io(0x10 + 2 * pin, low);
    }

    private IrqLine line(int irq) {
        return machine.platform.irq(irq);
    }

    private int acknowledge() {
        return machine.platform.interrupts().acknowledge();
    }

    /** Symmetric mode as systems switch to it: the 8259 masked, the local APIC on. */
    private void symmetric() {
        machine.out(0x21, 0xff).out(0xa1, 0xff);
        local(SPURIOUS, 0x1ff);
        local(LINT0, MASKED);
    }

    @Test
    void without_a_word_to_it_the_8259_speaks_through_it() {
        line(4).set(true);
        assertThat(machine.intr).isTrue();
        assertThat(acknowledge()).isEqualTo(0x24);
        assertThat(machine.intr).isFalse();
        assertThat(local(0x30)).isEqualTo(0x50014);
        local(LINT0, MASKED | 0x700);
        line(5).set(true);
        assertThat(machine.intr).as("LINT0 is masked").isFalse();
    }

    @Test
    void an_edge_goes_through_its_redirection_entry_once() {
        symmetric();
        redirect(4, 0x51);
        line(4).set(true);
        assertThat(machine.intr).isTrue();
        assertThat(local(IRR + 0x20)).isEqualTo(1 << 0x11);
        assertThat(acknowledge()).isEqualTo(0x51);
        assertThat(local(ISR + 0x20)).isEqualTo(1 << 0x11);
        local(EOI, 0);
        assertThat(local(ISR + 0x20)).isZero();
        assertThat(machine.intr)
                .as("the line is still high, but there was no new edge")
                .isFalse();
    }

    @Test
    void line_0_is_pin_2() {
        symmetric();
        redirect(2, 0x40);
        line(0).pulse();
        assertThat(acknowledge()).isEqualTo(0x40);
    }

    @Test
    void a_level_waits_for_its_end_and_asks_again_while_it_lasts() {
        symmetric();
        redirect(11, 0x61 | LEVEL);
        line(11).set(true);
        assertThat(acknowledge()).isEqualTo(0x61);
        assertThat(io(0x10 + 22) & 0x4000).as("remote IRR").isEqualTo(0x4000);
        assertThat(machine.intr).isFalse();
        local(EOI, 0);
        assertThat(machine.intr).isTrue();
        acknowledge();
        line(11).set(false);
        local(EOI, 0);
        assertThat(machine.intr).isFalse();
        assertThat(io(0x10 + 22) & 0x4000).isZero();
    }

    @Test
    void priority_classes_and_tpr_hold_lower_vectors_off() {
        symmetric();
        redirect(4, 0x51);
        redirect(5, 0x55);
        redirect(6, 0x71);
        line(4).set(true);
        assertThat(acknowledge()).isEqualTo(0x51);
        line(5).set(true);
        assertThat(machine.intr).as("the same class").isFalse();
        line(6).set(true);
        assertThat(acknowledge()).isEqualTo(0x71);
        assertThat(local(PPR)).isEqualTo(0x70);
        local(EOI, 0);
        assertThat(machine.intr).isFalse();
        local(EOI, 0);
        local(TPR, 0x60);
        assertThat(machine.intr).isFalse();
        assertThat(machine.platform.interrupts().wouldDeliver(6)).isTrue();
        assertThat(machine.platform.interrupts().wouldDeliver(4)).isFalse();
        local(TPR, 0x4f);
        assertThat(acknowledge()).isEqualTo(0x55);
    }

    @Test
    void a_request_overtaken_by_tpr_gives_the_spurious_vector_and_nothing_in_service() {
        symmetric();
        local(SPURIOUS, 0x1ef);
        redirect(4, 0x51);
        line(4).set(true);
        assertThat(machine.intr).isTrue();
        local(TPR, 0xf0);
        assertThat(acknowledge()).isEqualTo(0xef);
        assertThat(local(ISR + 0x70)).isZero();
    }

    @Test
    void the_timer_fires_once_at_its_tick() {
        symmetric();
        local(DIVIDE, 3); // by 16
        local(TIMER, 0x80);
        local(INITIAL, 1000);
        machine.pass(8_000);
        assertThat(local(CURRENT)).isEqualTo(500);
        assertThat(machine.platform.mayInterrupt()).isTrue();
        machine.pass(7_999);
        assertThat(machine.intr).isFalse();
        machine.pass(1);
        assertThat(acknowledge()).isEqualTo(0x80);
        local(EOI, 0);
        machine.pass(1_000_000);
        assertThat(machine.intr).isFalse();
        assertThat(local(CURRENT)).isZero();
    }

    @Test
    void a_periodic_timer_goes_on_and_a_masked_one_is_silent() {
        symmetric();
        local(DIVIDE, 0xb); // by 1
        local(TIMER, 0x80 | PERIODIC);
        local(INITIAL, 10_000);
        for (int i = 0; i < 5; i++) {
            machine.pass(10_000);
            assertThat(acknowledge()).isEqualTo(0x80);
            local(EOI, 0);
        }
        local(TIMER, 0x80 | PERIODIC | MASKED);
        machine.pass(50_000);
        assertThat(machine.intr).isFalse();
        assertThat(machine.platform.mayInterrupt()).isFalse();
    }

    @Test
    void a_processor_can_interrupt_itself() {
        symmetric();
        local(COMMAND, 0x4_0091); // to self
        assertThat(acknowledge()).isEqualTo(0x91);
        local(EOI, 0);
        local(COMMAND, 0xc_0092); // to all but self
        assertThat(machine.intr).isFalse();
        local(COMMAND + 0x10, 0);
        local(COMMAND, 0x93); // to id 0
        assertThat(acknowledge()).isEqualTo(0x93);
    }

    @Test
    void vectors_that_cannot_be_are_errors() {
        symmetric();
        local(0x370, 0xfe);
        local(COMMAND, 0x4_0005);
        assertThat(acknowledge()).isEqualTo(0xfe);
        local(ERRORS, 0);
        assertThat(local(ERRORS)).isEqualTo(0x20);
        redirect(4, 0x03);
        line(4).set(true);
        local(ERRORS, 0);
        assertThat(local(ERRORS)).isEqualTo(0x40);
    }

    @Test
    void switching_it_off_masks_its_local_vectors() {
        symmetric();
        local(TIMER, 0x80);
        local(SPURIOUS, 0xff);
        assertThat(local(TIMER)).isEqualTo(0x80 | MASKED);
        local(TIMER, 0x80);
        assertThat(local(TIMER)).isEqualTo(0x80 | MASKED);
    }

    @Test
    void the_multiprocessor_table_names_processor_buses_pins_and_adds_up() {
        int pointer = 0x9_fc00;
        assertThat(new String(machine.ram, pointer, 4, StandardCharsets.US_ASCII))
                .isEqualTo("_MP_");
        assertThat(sum(pointer, 16)).isZero();
        int table = pointer + 16;
        int length = machine.ram[table + 4] & 0xff | (machine.ram[table + 5] & 0xff) << 8;
        assertThat(new String(machine.ram, table, 4, StandardCharsets.US_ASCII)).isEqualTo("PCMP");
        assertThat(sum(table, length)).isZero();
        int[] kinds = new int[5];
        int at = table + 44;
        while (at < table + length) {
            kinds[machine.ram[at]]++;
            at += machine.ram[at] == 0 ? 20 : 8;
        }
        assertThat(at).isEqualTo(table + length);
        assertThat(kinds).containsExactly(1, 2, 1, 16, 2);
        assertThat(machine.ram[table + 34]).as("entries").isEqualTo((byte)
                Arrays.stream(kinds).sum());
    }

    private int sum(int from, int length) {
        byte sum = 0;
        for (int i = 0; i < length; i++) {
            sum += machine.ram[from + i];
        }
        return sum;
    }
}
