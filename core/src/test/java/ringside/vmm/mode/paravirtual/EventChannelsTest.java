package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import org.junit.jupiter.api.Test;
import ringside.arch.Reg;
import ringside.machine.cpu.Stop;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;

/** Events, the virtual interrupt flag in the shared page, and how a kernel comes back from an upcall. */
class EventChannelsTest {
    private static final int COUNT = 0x148000, FLAG_SEEN = 0x148004, FRAME_FLAGS = 0x148008;
    private static final int IF = 0x200;

    /** JMP over a handler that counts, keeps what it sees, clears the pending word and returns by hypercall. */
    private static PortedProgram withHandler() {
        PortedProgram program = new PortedProgram();
        int handler = program.here() + 5;
        PortedProgram body = new PortedProgram();
        upcall(body);
        int length = body.here() - PortedProgram.ENTRY;
        program.bytes(0xe9, length, length >> 8, 0, 0);
        upcall(program);
        return program.call("set_shared_page", SHARED).call("set_callbacks", 0x09, handler, 0, 0);
    }

    private static void upcall(PortedProgram program) {
        program.bytes(0x50); // push eax
        program.bytes(0xff, 0x05, COUNT & 0xff, COUNT >> 8 & 0xff, COUNT >> 16, 0); // inc dword [COUNT]
        program.bytes(0xa1, SHARED & 0xff, SHARED >> 8 & 0xff, SHARED >> 16, 0); // mov eax, [flag]
        program.bytes(0xa3, FLAG_SEEN & 0xff, FLAG_SEEN >> 8 & 0xff, FLAG_SEEN >> 16, 0);
        program.bytes(0x8b, 0x44, 0x24, 12); // mov eax, [esp + 12]: EFLAGS of the frame
        program.bytes(0xa3, FRAME_FLAGS & 0xff, FRAME_FLAGS >> 8 & 0xff, FRAME_FLAGS >> 16, 0);
        program.store(SHARED + SharedPage.UPCALL_PENDING, 0).store(SHARED + SharedPage.PENDING, 0);
        program.bytes(0xb8, PortedProgram.number("iret"), 0, 0, 0, 0xcd, Hypercalls.VECTOR);
    }

    @Test
    void an_event_waits_until_the_guest_lets_events_in() {
        Run run = withHandler()
                .call("bind_none")
                .call("unmask_event", 0)
                .call("send_event", 0)
                .store(FLAG_SEEN, 0x55)
                .call("version")
                .bytes(0xff, 0x35, COUNT & 0xff, COUNT >> 8 & 0xff, COUNT >> 16, 0) // push [COUNT]: still 0
                .store(SHARED + SharedPage.INTERRUPTS, 1)
                .call("deliver_events")
                .run();
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.word(STACK - 4)).as("count before the flag was set").isZero();
        assertThat(run.word(COUNT)).isEqualTo(1);
        assertThat(run.word(FLAG_SEEN))
                .as("the handler runs with events shut out")
                .isZero();
        assertThat(run.word(FRAME_FLAGS) & IF)
                .as("the frame has the flag as it was")
                .isEqualTo(IF);
        assertThat(run.word(SHARED + SharedPage.INTERRUPTS))
                .as("the return sets it again")
                .isEqualTo(1);
        assertThat(run.machine().counters().get("upcalls")).isEqualTo(1);
    }

    @Test
    void a_masked_channel_is_pending_and_makes_no_upcall_until_it_is_unmasked() {
        Run run = withHandler()
                .store(SHARED + SharedPage.INTERRUPTS, 1)
                .call("bind_none")
                .call("send_event", 0)
                .bytes(0xff, 0x35, COUNT & 0xff, COUNT >> 8 & 0xff, COUNT >> 16, 0)
                .bytes(0xff, 0x35, SHARED + SharedPage.PENDING & 0xff, SHARED >> 8 & 0xff, SHARED >> 16, 0)
                .call("unmask_event", 0)
                .run();
        assertThat(run.word(STACK - 4)).as("upcalls while masked").isZero();
        assertThat(run.word(STACK - 8)).as("pending bits").isEqualTo(1);
        assertThat(run.word(COUNT)).isEqualTo(1);
    }

    @Test
    void the_timer_wakes_a_guest_that_blocks() {
        Run run = withHandler()
                .call("bind_timer")
                .call("unmask_event", 0)
                .call("set_timer", 1000)
                .call("sched_op", 1, 0)
                .call("sched_op", 1, 0)
                .run();
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.word(COUNT)).isEqualTo(2);
        assertThat(run.machine().board().platform().clock().now()).isBetween(200_000L, 201_000L);
    }

    @Test
    void a_guest_that_blocks_without_anything_that_could_wake_it_has_halted() {
        Run run = withHandler().call("sched_op", 1, 0).run();
        assertThat(run.stop()).isEqualTo(new Stop.Halted());
    }

    @Test
    void a_device_interrupt_comes_as_an_event() {
        PortedProgram program = withHandler()
                .call("bind_irq", 4)
                .call("unmask_event", 0)
                .bytes(0xba, 0xf9, 3, 0, 0, 0xb0, 1, 0xee) // COM1: interrupt when a byte is received
                .bytes(0xba, 0xfc, 3, 0, 0, 0xb0, 8, 0xee) // OUT2 lets the line through
                .call("sched_op", 1, 0)
                .call("sched_op", 2, 7);
        var machine = program.machine();
        machine.board().platform().console("com1").type("x");
        assertThat(machine.run(100_000)).isEqualTo(SHUTDOWN);
        assertThat(machine.board().bus().read(32, COUNT)).isEqualTo(1);
    }

    @Test
    void ports_of_the_vmms_own_devices_are_the_kernels_fault() {
        Run run = new PortedProgram().bytes(0xe4, 0x21).run(); // in al, 0x21, with no handler for #GP
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector d", 1));
        assertThat(run.machine().state().r[Reg.ESP]).isEqualTo(STACK);
    }
}
