package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The 16550A as drivers probe and use it. */
class UartTest {
    private static final int DATA = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCRATCH = 7;

    private boolean irq;
    private int edges;
    private final Console console = new Console("com1");
    private final Uart uart = new Uart("com1", this::line, console);

    private void line(boolean high) {
        edges += high && !irq ? 1 : 0;
        irq = high;
    }

    private UartTest out(int register, int... values) {
        for (int value : values) {
            uart.out8(register, value);
        }
        return this;
    }

    private int in(int register) {
        return uart.in8(register);
    }

    @Test
    void what_is_written_reaches_the_console_at_once() {
        out(DATA, 'o', 'k');
        assertThat(console.text()).isEqualTo("ok");
        assertThat(in(LSR)).isEqualTo(0x60);
    }

    @Test
    void the_divisor_hides_data_and_interrupt_enable() {
        out(IER, 5).out(LCR, 0x83).out(DATA, 1).out(IER, 2);
        assertThat(in(DATA)).isEqualTo(1);
        assertThat(in(IER)).isEqualTo(2);
        out(LCR, 3);
        assertThat(in(IER)).isEqualTo(5);
        assertThat(console.text()).isEmpty();
    }

    @Test
    void it_is_a_16550a_once_its_fifos_are_on() {
        assertThat(in(IIR)).isEqualTo(1);
        out(FCR, 1);
        assertThat(in(IIR)).isEqualTo(0xc1);
        out(SCRATCH, 0xa5);
        assertThat(in(SCRATCH)).isEqualTo(0xa5);
    }

    @Test
    void received_bytes_interrupt_one_by_one_without_fifos() {
        out(MCR, 8).out(IER, 1);
        console.type("ab");
        assertThat(irq).isTrue();
        assertThat(in(IIR)).isEqualTo(4);
        assertThat(in(DATA)).isEqualTo('a');
        assertThat(edges).as("the next byte makes a new edge").isEqualTo(2);
        assertThat(in(DATA)).isEqualTo('b');
        assertThat(irq).isFalse();
        assertThat(in(LSR) & 1).isZero();
    }

    @Test
    void the_trigger_level_divides_data_available_from_timeout() {
        out(MCR, 8).out(FCR, 0x41).out(IER, 1);
        console.type("abc");
        assertThat(in(IIR)).isEqualTo(0xcc);
        console.type("d");
        assertThat(in(IIR)).isEqualTo(0xc4);
    }

    @Test
    void input_waits_outside_while_the_fifo_is_full() {
        out(FCR, 1);
        console.type("0123456789abcdefgh");
        StringBuilder read = new StringBuilder();
        while ((in(LSR) & 1) != 0) {
            read.append((char) in(DATA));
        }
        assertThat(read.toString()).isEqualTo("0123456789abcdefgh");
    }

    @Test
    void transmitter_empty_is_announced_after_enabling_and_after_each_byte() {
        out(MCR, 8).out(IER, 2);
        assertThat(irq).isTrue();
        assertThat(in(IIR)).isEqualTo(2);
        assertThat(irq).as("reading IIR took it back").isFalse();
        out(DATA, 'x');
        assertThat(edges).isEqualTo(2);
        out(DATA, 'y');
        assertThat(edges)
                .as("a byte written takes the request back and makes it anew")
                .isEqualTo(3);
    }

    @Test
    void out2_gates_the_line() {
        out(IER, 2);
        assertThat(irq).isFalse();
        out(MCR, 8);
        assertThat(irq).isTrue();
    }

    @Test
    void loopback_returns_data_and_modem_lines() {
        out(MCR, 0x1a).out(DATA, 0xae);
        assertThat(in(DATA)).isEqualTo(0xae);
        assertThat(in(MSR) >> 4).as("RTS is seen as CTS, OUT2 as DCD").isEqualTo(9);
        assertThat(console.text()).isEmpty();
        out(MCR, 0);
        assertThat(in(MSR) >> 4).isEqualTo(0xb);
        assertThat(in(MSR) & 15).as("reading took the changes back").isZero();
    }

    @Test
    void a_byte_too_many_in_loopback_is_an_overrun() {
        out(MCR, 0x10).out(DATA, 1, 2);
        assertThat(in(LSR)).isEqualTo(0x63);
        assertThat(in(LSR)).isEqualTo(0x61);
        assertThat(in(DATA)).isEqualTo(2);
    }

    @Test
    void errors_come_before_data_before_transmitter_before_modem() {
        out(MCR, 0x10).out(IER, 15).out(DATA, 1, 2);
        assertThat(in(IIR)).isEqualTo(6);
        in(LSR);
        assertThat(in(IIR)).isEqualTo(4);
        in(DATA);
        assertThat(in(IIR)).isEqualTo(2);
        assertThat(in(IIR)).isEqualTo(0);
        in(MSR);
        assertThat(in(IIR)).isEqualTo(1);
    }
}
