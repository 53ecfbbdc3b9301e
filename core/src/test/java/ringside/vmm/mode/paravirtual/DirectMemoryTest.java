package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ringside.machine.cpu.Stop;
import ringside.vmm.frames.Layout;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;

/** A guest whose own tables are in force: what it may do with them. */
class DirectMemoryTest {
    private static final int DIRECTORY = 0x200000, TABLE_0 = 0x201000, SPARE = 0x202000, OTHER = 0x203000;
    private static final int PRESENT = 1, WRITABLE = 3;
    private static final int EPERM = Errno.EPERM.result(), EBUSY = Errno.EBUSY.result();

    private static int[] identity(int pages) {
        int[] table = new int[pages];
        for (int i = 0; i < pages; i++) {
            table[i] = i << 12 | WRITABLE;
        }
        return table;
    }

    /** Two directories over one table that maps the first 4 MiB, all of it for writing. */
    private static PortedProgram prepared(Layout layout) {
        return new PortedProgram()
                .memory("direct", layout)
                .data(TABLE_0, identity(1024))
                .data(DIRECTORY, TABLE_0 | WRITABLE)
                .data(OTHER, TABLE_0 | WRITABLE);
    }

    private static PortedProgram paged() {
        return prepared(Layout.CONTIGUOUS).call("load_page_table", DIRECTORY);
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void its_tables_hold_machine_addresses_wherever_its_frames_lie(Layout layout) {
        Run run = prepared(layout)
                .call("load_page_table", DIRECTORY)
                .call("machine_address", SPARE)
                .call("update_va_mapping", 0x300000, SPARE | WRITABLE, 1)
                .store(0x300010, 0x1234)
                .bytes(0xa1, 0x00, 0x1c, 0x20, 0x00) // mov eax, [entry of 0x300000]: it may read its tables
                .bytes(0xa3, 0x20, 0x00, 0x15, 0x00) // mov [DATA + 0x20], eax
                .run();
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.word(SPARE + 0x10)).isEqualTo(0x1234);
        assertThat(run.word(DATA + 0x20) & -0x1000).isEqualTo(run.result(1));
        // scattered is how memory is where nobody says: then one to one
        boolean same = layout == Layout.ONE_TO_ONE || layout == Layout.SCATTERED;
        assertThat(run.result(1) == SPARE).isEqualTo(same);
        assertThat(run.word(DATA + 0x20) & 0x60).as("marked by the processor").isEqualTo(0x60);
        assertThat(run.machine().silicon().cr(3))
                .isEqualTo(run.machine().board().bus().direct(DIRECTORY, false));
        FrameAudit.of(run.machine()).assertSound();
    }

    @Test
    void a_store_to_a_table_in_use_is_a_page_fault_and_changes_nothing() {
        Run run = paged().store(TABLE_0 + 0xc00, 0x300000 | WRITABLE).run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector e", 1));
        FrameAudit.of(run.machine()).assertSound();
    }

    @Test
    void a_table_is_validated_once_and_counted_by_each_directory() {
        Run run = paged().call("update_va_mapping", OTHER, OTHER | PRESENT, 1)
                .call("load_page_table", OTHER)
                .call("load_page_table", DIRECTORY)
                .run();
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.machine().memory().get("validated"))
                .as("two directories, one table")
                .isEqualTo(3);
        FrameAudit audit = FrameAudit.of(run.machine());
        assertThat(audit.count(TABLE_0)).isEqualTo(2);
        assertThat(audit.count(DIRECTORY)).isEqualTo(1);
        assertThat(audit.count(OTHER)).isZero();
    }

    @Test
    void neither_a_shared_page_nor_a_descriptor_table_can_be_a_page_table() {
        Run shared = paged().call("set_shared_page", TABLE_0)
                .call("set_shared_page", SHARED)
                .call("load_page_table", SHARED)
                .call("set_gdt", TABLE_0, 1)
                .call("hypercall_page", TABLE_0)
                .run();
        assertThat(shared.stop()).isEqualTo(SHUTDOWN);
        assertThat(shared.result(1)).isEqualTo(EBUSY);
        assertThat(shared.result(2)).isZero();
        assertThat(shared.result(3)).isEqualTo(EBUSY);
        assertThat(shared.result(4)).as("no descriptors either").isEqualTo(EPERM);
        assertThat(shared.result(5)).isEqualTo(EBUSY);
        FrameAudit.of(shared.machine()).assertSound();
    }

    @Test
    void other_strategies_have_no_types() {
        Run run = new PortedProgram()
                .call("pin_table", DATA, 1)
                .call("unpin_table", DATA)
                .call("machine_address", DATA)
                .run();
        for (int i = 0; i < 3; i++) {
            assertThat(run.result(i)).isEqualTo(Errno.ENOSYS.result());
        }
    }
}
