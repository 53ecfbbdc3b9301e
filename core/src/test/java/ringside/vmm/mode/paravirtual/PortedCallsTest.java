package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.CODE;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.ENTRY;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import org.junit.jupiter.api.Test;
import ringside.arch.Reg;
import ringside.machine.cpu.Stop;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;
import ringside.vmm.spi.VirtualMachine;

/** What calls do when their arguments are right. */
class PortedCallsTest {
    private static final int START_GDT = 0x9e000, EIGHT_BYTES = 0x148000;

    /** A program behind a handler that shuts down with EAX = {@code code}; its address is ENTRY + 5. */
    private static PortedProgram withHandler(int code) {
        PortedProgram handler = new PortedProgram().call("sched_op", 2, code);
        int length = handler.here() - ENTRY;
        return new PortedProgram().bytes(0xe9, length, length >> 8, 0, 0).call("sched_op", 2, code);
    }

    private static final int HANDLER = ENTRY + 5;

    private static PortedProgram withTrap(int vector, int code) {
        return withHandler(code).data(DATA, 0x0009_0000 | vector, HANDLER).call("set_trap_table", DATA, 1);
    }

    private static Stop shutdown(int code) {
        return new Stop.Requested("shutdown", code);
    }

    @Test
    void time_is_the_virtual_clocks_nanoseconds() {
        Run run = new PortedProgram().call("get_time", EIGHT_BYTES).run();
        assertThat(run.word(EIGHT_BYTES)).isBetween(30, 200);
        assertThat(run.word(EIGHT_BYTES + 4)).isZero();
    }

    @Test
    void with_ts_set_a_floating_point_wait_is_the_guests_fault() {
        Run set = withTrap(7, 77).call("fpu_taskswitch", 1).bytes(0x9b).run(); // fwait
        assertThat(set.stop()).isEqualTo(shutdown(77));
        Run clear = withTrap(7, 77)
                .call("fpu_taskswitch", 1)
                .call("fpu_taskswitch", 0)
                .bytes(0x9b)
                .run();
        assertThat(clear.stop()).isEqualTo(SHUTDOWN);
    }

    @Test
    void int_n_goes_to_the_trap_table_with_eip_behind_it() {
        PortedProgram program = withTrap(0x40, 64);
        int behind = program.here() + 2;
        Run run = program.bytes(0xcd, 0x40).run();
        assertThat(run.stop()).isEqualTo(shutdown(64));
        assertThat(run.word(STACK - 12)).isEqualTo(behind);
        assertThat(run.word(STACK - 8)).as("CS as the kernel knows it").isEqualTo(0x09);
        assertThat(run.machine().exits().get("INT 40")).isEqualTo(1);
    }

    @Test
    void int3_goes_to_the_trap_table_too() {
        Run run = withTrap(3, 33).bytes(0xcc).run();
        assertThat(run.stop()).isEqualTo(shutdown(33));
    }

    @Test
    void a_privileged_instruction_is_the_kernels_fault_with_its_error_code() {
        PortedProgram program = withTrap(13, 13);
        int at = program.here();
        Run run = program.bytes(0xfa).run(); // cli
        assertThat(run.stop()).isEqualTo(shutdown(13));
        assertThat(run.word(STACK - 16)).as("error code").isZero();
        assertThat(run.word(STACK - 12)).isEqualTo(at);
    }

    @Test
    void a_return_that_fails_goes_to_the_failsafe_callback() {
        PortedProgram program = withHandler(99).call("set_callbacks", 0, 0, 0x09, HANDLER);
        program.bytes(0x6a, 2, 0x6a, 8, 0x6a, 0, 0x6a, 0); // a frame with CS 8: ring 0
        Run run = program.bytes(0xb8, PortedProgram.number("iret"), 0, 0, 0, 0xcd, Hypercalls.VECTOR)
                .run();
        assertThat(run.stop()).isEqualTo(shutdown(99));
        assertThat(run.machine().counters().get("failedReturns")).isEqualTo(1);
    }

    @Test
    void a_changed_descriptor_of_the_running_code_is_in_force_at_once() {
        // the same segment 4 KiB shorter: still holds the code
        Run shorter = new PortedProgram()
                .call("update_descriptor", 0x08, 0xfffe, 0xcfbb00)
                .run();
        assertThat(shorter.stop()).isEqualTo(SHUTDOWN);
        assertThat(shorter.word(START_GDT + 8)).isEqualTo(0xfffe);
        Run gone = new PortedProgram().call("update_descriptor", 0x08, 0, 0).run();
        assertThat(gone.stop()).isEqualTo(new Stop.Requested("guest crash: its segments cannot be loaded", 1));
        assertThat(gone.machine().run(1000)).as("it stays so").isEqualTo(gone.stop());
    }

    @Test
    void the_console_gets_the_bytes() {
        Run run = new PortedProgram()
                .call("console_write", CODE, 4)
                .call("console_write", CODE, 0)
                .run();
        assertThat(run.result(0)).isEqualTo(4);
        assertThat(run.result(1)).isZero();
        assertThat(run.machine().board().platform().console("com1").text()).isEqualTo("RSPV");
    }

    @Test
    void the_kernel_begins_in_ring_1_and_a_probe_sees_its_virtual_state() {
        PortedProgram program = new PortedProgram().call("version").call("sched_op", 2, 7);
        VirtualMachine machine = program.machine();
        assertThat(machine.state().selector(Reg.CS)).isEqualTo(0x09);
        assertThat(machine.state().selector(Reg.SS)).isEqualTo(0x11);
        assertThat(machine.state().cpl).isEqualTo(1);
        machine.probe(ENTRY + 5);
        assertThat(machine.run(100)).isEqualTo(new Stop.Probe(ENTRY + 5));
        assertThat(machine.retired()).isEqualTo(1);
        assertThat(machine.run(100)).isEqualTo(SHUTDOWN);
    }
}
