package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;

import org.junit.jupiter.api.Test;
import ringside.machine.cpu.Stop;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;
import ringside.vmm.spi.VmmRegion;

/** LDT, debug registers, lists of pages to flush, and a kernel that stops for good. */
class LocalTablesTest {
    private static final int LDT = 0x1f0000, SEEN = 0x170000, DATA_LOW = 0xffff, DPL_1_DATA = 0xcfb200;

    private static PortedProgram loadFs(PortedProgram program, int selector) {
        // mov eax, selector; mov fs, ax; mov ax, fs; mov [SEEN], eax
        return program.bytes(0xb8, selector, 0, 0, 0, 0x8e, 0xe0, 0x8c, 0xe0, 0xa3, 0, 0, SEEN >> 16, 0);
    }

    @Test
    void a_segment_of_the_ldt_can_be_loaded_once_the_vmm_has_it() {
        Run run = loadFs(new PortedProgram().data(LDT, DATA_LOW, DPL_1_DATA).call("set_ldt", LDT, 1), 0x05)
                .run();
        assertThat(run.result(0)).isZero();
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.word(SEEN)).isEqualTo(5);
        new RealTables(run.machine()).assertDescriptorsAreHarmless();
    }

    @Test
    void without_entries_there_is_no_ldt_any_more() {
        Run run = loadFs(
                        new PortedProgram()
                                .data(LDT, DATA_LOW, DPL_1_DATA)
                                .call("set_ldt", LDT, 1)
                                .call("set_ldt", LDT, 0),
                        0x05)
                .run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector d", 1));
    }

    @Test
    void the_guest_cannot_write_its_ldt_but_ask_for_a_change() {
        Run written = new PortedProgram()
                .data(LDT, DATA_LOW, DPL_1_DATA)
                .call("set_ldt", LDT, 1)
                .store(LDT + 4, 0)
                .run();
        assertThat(written.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector e", 1));

        Run asked = loadFs(
                        new PortedProgram()
                                .data(LDT, 0, 0)
                                .call("set_ldt", LDT, 1)
                                .call("update_descriptor", 0x04, DATA_LOW, DPL_1_DATA),
                        0x05)
                .run();
        assertThat(asked.result(1)).isZero();
        assertThat(asked.word(LDT + 4) & ~0x100).isEqualTo(DPL_1_DATA);
        assertThat(asked.stop()).isEqualTo(SHUTDOWN);
    }

    @Test
    void neither_table_may_lie_in_the_shared_page() {
        Run run = new PortedProgram()
                .call("set_shared_page", SHARED)
                .call("set_ldt", SHARED + 0x100, 1)
                .call("set_ldt", LDT, 1)
                .call("set_shared_page", LDT)
                .call("hypercall_page", LDT)
                .run();
        assertThat(run.result(1)).isEqualTo(Errno.EPERM.result());
        assertThat(run.result(2)).isZero();
        assertThat(run.result(3)).isEqualTo(Errno.EPERM.result());
        assertThat(run.result(4)).isEqualTo(Errno.EPERM.result());
    }

    @Test
    void a_breakpoint_of_the_kernel_is_its_own_trap() {
        PortedProgram program = new PortedProgram().data(DATA, 0x0009_0001, PortedProgram.ENTRY);
        Run run = program.call("set_debug_register", 0, SEEN)
                .call("set_debug_register", 7, 0x000d_0001) // write, four bytes, local
                .call("get_debug_register", 0)
                .call("get_debug_register", 7)
                .store(SEEN, 1)
                .run();
        assertThat(run.result(2)).isEqualTo(SEEN);
        assertThat(run.result(3)).isEqualTo(0x000d_0401);
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector 1", 1));
        assertThat(run.word(SEEN)).as("a data breakpoint is a trap").isEqualTo(1);
    }

    @Test
    void a_list_of_pages_is_flushed_with_one_call() {
        int directory = 0x200000, table = 0x201000, window = 0x300000;
        int[] identity = new int[1024];
        for (int i = 0; i < identity.length; i++) {
            identity[i] = i << 12 | 3;
        }
        int entry = table + (window >>> 12) * 4;
        Run run = new PortedProgram()
                .data(table, identity)
                .data(directory, table | 3)
                .data(DATA, window, VmmRegion.BASE, window + 0x1000)
                .call("load_page_table", directory)
                .store(window, 1)
                .store(window + 0x1000, 2)
                .store(entry, 0x310003)
                .store(entry + 4, 0x311003)
                .call("flush_pages", DATA, 3)
                .store(window, 3)
                .store(window + 0x1000, 4)
                .run();
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(new int[] {run.word(0x300000), run.word(0x301000), run.word(0x310000), run.word(0x311000)})
                .containsExactly(1, 2, 3, 4);
        assertThat(run.machine().exits().get("HYPERCALL flush_pages")).isEqualTo(1);
    }

    @Test
    void a_kernel_that_stops_for_good_is_halted_though_devices_may_come() {
        Run run = new PortedProgram()
                .call("set_shared_page", SHARED)
                .call("bind_timer")
                .call("set_timer", 10)
                .call("unmask_event", 0)
                .call("sched_op", 3, 0)
                .run();
        assertThat(run.stop()).isEqualTo(new Stop.Halted());
    }
}
