package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.Argument.Kind;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.VmmRegion;

/** Hypercalls that a script adds: checked like the built-in ones, told apart from them, and to blame for themselves. */
class AddedCallsTest {
    private static final String WHERE = "calls.groovy, line 3";

    private static GuestCall call(int number, String name, GuestCall.Handler handler, Kind... kinds) {
        Argument[] arguments = new Argument[kinds.length];
        Arrays.setAll(arguments, i -> Argument.of("a" + i, kinds[i]));
        return new GuestCall(number, name, List.of(arguments), handler, WHERE);
    }

    @Test
    void its_handler_gets_as_many_arguments_as_it_declares_and_its_result_is_the_guests() {
        GuestCall sum = call(40, "sum", (vm, a) -> a.length * 100 + a[0] + a[1], Kind.VALUE, Kind.VALUE);
        Run run = new PortedProgram().added(sum).call(40, 3, 4, 99, 99, 99).run();
        assertThat(run.result(0)).isEqualTo(207);
        assertThat(run.machine().exits().get("HYPERCALL sum")).isEqualTo(1);
    }

    @Test
    void it_reads_and_writes_guest_memory_through_the_guests_tables() {
        GuestCall reverse = call(
                41,
                "reverse",
                (vm, a) -> {
                    byte[] bytes = vm.read(a[0], a[1]);
                    byte[] reversed = new byte[bytes.length];
                    for (int i = 0; i < bytes.length; i++) {
                        reversed[i] = bytes[bytes.length - 1 - i];
                    }
                    vm.write(a[0], reversed);
                    return bytes.length;
                },
                Kind.VA,
                Kind.LENGTH);
        Run run = new PortedProgram()
                .added(reverse)
                .data(DATA, 0x04030201)
                .call(41, DATA, 4)
                .run();
        assertThat(run.result(0)).isEqualTo(4);
        assertThat(run.word(DATA)).isEqualTo(0x01020304);
    }

    @Test
    void arguments_are_checked_by_their_kind_before_it_runs() {
        GuestCall never = call(
                42,
                "never",
                (vm, a) -> {
                    throw new AssertionError("a call with bad arguments ran");
                },
                Kind.VA,
                Kind.LENGTH,
                Kind.PA);
        Run run = new PortedProgram()
                .added(never)
                .call(42, VmmRegion.BASE, 1, DATA)
                .call(42, RAM - 4, 8, DATA)
                .call(42, DATA, 0x10001, DATA)
                .call(42, DATA, 1, DATA + 1)
                .call(42, DATA, 1, RAM)
                .run();
        int efault = Errno.EFAULT.result();
        int einval = Errno.EINVAL.result();
        assertThat(List.of(run.result(0), run.result(1), run.result(2), run.result(3), run.result(4)))
                .containsExactly(efault, efault, Errno.E2BIG.result(), einval, einval);
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
    }

    @Test
    void memory_beyond_what_was_checked_is_an_error_number_too() {
        GuestCall greedy = call(43, "greedy", (vm, a) -> vm.read(a[0], a[1]).length, Kind.VA, Kind.VALUE);
        Run run = new PortedProgram()
                .added(greedy)
                .call(43, DATA, 16)
                .call(43, DATA, -1)
                .call(43, RAM - 4, 8)
                .call(43, DATA, 0x10001)
                .run();
        assertThat(List.of(run.result(0), run.result(1), run.result(2), run.result(3)))
                .containsExactly(16, Errno.EFAULT.result(), Errno.EFAULT.result(), Errno.EFAULT.result());
    }

    @Test
    void a_handler_that_fails_ends_the_run_with_its_place_and_the_guests() {
        GuestCall broken = call(44, "broken", (vm, a) -> 1 / (a[0] - a[0]), Kind.VALUE);
        PortedProgram program = new PortedProgram().added(broken);
        int trap = program.here() + 5 + 5;
        assertThatThrownBy(() -> program.call(44, 1).run())
                .isInstanceOf(RingsideException.class)
                .hasMessage(String.format(
                        "(%s) ArithmeticException: / by zero (hypercall 'broken' from 0009:%08x);"
                                + " its handler failed here",
                        WHERE, trap));
    }

    @Test
    void a_number_or_name_that_is_taken_is_refused_naming_both() {
        GuestCall log = call(40, "log", (vm, a) -> 0);
        assertThatThrownBy(() -> new Interface(List.of(log, call(40, "trace", (vm, a) -> 0))))
                .hasMessage(
                        "(calls.groovy, line 3) hypercall 'trace' has the number 40 of 'log' (calls.groovy, line 3);"
                                + " choose another from 40 on");
        assertThatThrownBy(() -> new Interface(List.of(call(27, "mine", (vm, a) -> 0))))
                .hasMessage("(calls.groovy, line 3) hypercall 'mine' has the number 27 of 'multicall' (built in);"
                        + " choose another from 40 on");
        assertThatThrownBy(() -> new Interface(List.of(call(50, "iret", (vm, a) -> 0))))
                .hasMessageContaining("hypercall 'iret' has the name of hypercall 26 (built in)");
        assertThatThrownBy(() -> new Interface(List.of(call(128, "far", (vm, a) -> 0))))
                .hasMessageContaining("numbers are 0 to 127");
        Kind[] six = {Kind.VALUE, Kind.VALUE, Kind.VALUE, Kind.VALUE, Kind.VALUE, Kind.VALUE};
        assertThatThrownBy(() -> new Interface(List.of(call(45, "wide", (vm, a) -> 0, six))))
                .hasMessageContaining("hypercall 'wide' has 6 arguments");
    }

    @Test
    void it_may_be_part_of_a_batch() {
        GuestCall twice = call(46, "twice", (vm, a) -> 2 * a[0], Kind.VALUE);
        Run run = new PortedProgram()
                .added(twice)
                .data(DATA, 46, 21, 0, 0, 0, 0, 0, 0)
                .call("multicall", DATA, 1)
                .run();
        assertThat(run.word(DATA + 24)).isEqualTo(42);
    }
}
