package ringside.machine.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import ringside.arch.Control;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.WalkTrace.Access;
import ringside.machine.paging.WalkTrace.Outcome;
import ringside.machine.paging.WalkTrace.Table;

/** Walks looked at: entries in their order, where they end, and memory as it was. */
@Timeout(10)
class WalkTraceTest {
    private static final int DIRECTORY = 0x1000, TABLE = 0x2000, EPT = 0x8000, LA = 0x00402345;
    private static final Access USER_WRITE = new Access(true, true, false);
    private static final NestedWalk.Format FOUR_LEVELS = new NestedWalk.Format(EPT, 4, false);

    private final PhysicalMemory memory = new PhysicalMemory(0x20000);

    private WalkTrace.Paging paging(int cr4, NestedWalk.Format nested) {
        Walker.Regime regime =
                new Walker.Regime(Control.CR0_PE | Control.CR0_PG | Control.CR0_WP, DIRECTORY, cr4, Control.EFER_NXE);
        long[] pdptes = {TABLE | Walker.P, 0, 0, 0};
        return new WalkTrace.Paging(regime, pdptes, Optional.ofNullable(nested), new Walker.Tables() {
            @Override
            public int read32(int ma) {
                return memory.get32(ma);
            }

            @Override
            public void write32(int ma, int value) {
                throw new AssertionError("a look writes");
            }
        });
    }

    private WalkTrace walk(Access access) {
        return WalkTrace.of(paging(Control.CR4_PSE, null), LA, access);
    }

    private void mapped(int pdeBits, int pteBits) {
        memory.put32(DIRECTORY + 4, TABLE | pdeBits);
        memory.put32(TABLE + 8, 0x5000 | pteBits);
    }

    @Test
    void two_entries_lead_to_the_page_and_stay_as_they_are() {
        mapped(7, 7);
        WalkTrace walk = walk(USER_WRITE);
        assertThat(walk.page()).contains(new Outcome.Page(0x5345, 0x5345));
        assertThat(walk.entries().stream().map(WalkTrace.Entry::table)).containsExactly(Table.PDE, Table.PTE);
        assertThat(walk.entries().stream().map(WalkTrace.Entry::index)).containsExactly(1, 2);
        assertThat(walk.entries().stream().map(WalkTrace.Entry::shift)).containsExactly(0, 12);
        assertThat(walk.references()).isEqualTo(2);
        assertThat(memory.get32(TABLE + 8)).isEqualTo(0x5000 | 7);
    }

    @Test
    void faults_have_the_error_code_that_the_processor_pushes() {
        mapped(7, 0);
        assertThat(walk(USER_WRITE).outcome()).isEqualTo(new Outcome.Fault(6));
        mapped(7, 3);
        assertThat(walk(USER_WRITE).outcome()).isEqualTo(new Outcome.Fault(7));
        mapped(7, 1);
        assertThat(walk(new Access(true, false, false)).outcome()).isEqualTo(new Outcome.Fault(3));
        memory.put32(DIRECTORY + 4, 0x00402000 | Walker.PS | 7);
        assertThat(walk(Access.READ).outcome()).as("reserved bit 13").isEqualTo(new Outcome.Fault(9));
    }

    @Test
    void a_large_page_ends_at_the_directory() {
        memory.put32(DIRECTORY + 4, Walker.PS | 7);
        WalkTrace walk = walk(Access.READ);
        assertThat(walk.entries()).hasSize(1);
        assertThat(walk.entries().getFirst().shift()).isEqualTo(22);
        assertThat(walk.page()).contains(new Outcome.Page(LA & 0x3fffff, LA & 0x3fffff));
    }

    @Test
    void with_pae_the_pointer_in_its_register_comes_first_and_is_no_reference() {
        memory.put64(TABLE + 2 * 8, 0x3000 | 7);
        memory.put64(0x3000 + 2 * 8, 1L << 63 | 0x5000 | 7);
        WalkTrace.Paging pae = paging(Control.CR4_PAE, null);
        WalkTrace walk = WalkTrace.of(pae, LA, Access.READ);
        assertThat(walk.entries().stream().map(WalkTrace.Entry::table))
                .containsExactly(Table.PDPTE, Table.PDE, Table.PTE);
        assertThat(walk.references()).isEqualTo(2);
        assertThat(walk.page()).isPresent();
        assertThat(WalkTrace.of(pae, LA, new Access(false, false, true)).outcome())
                .isEqualTo(new Outcome.Fault(0x11));
    }

    /** PML4E, PDPTE and PDE, then a PTE for each page below 20000. */
    private void nested() {
        memory.put64(EPT, 0x9000 | 7);
        memory.put64(0x9000, 0xa000 | 7);
        memory.put64(0xa000, 0xb000 | 7);
        for (int page = 0; page < 0x20; page++) {
            memory.put64(0xb000 + page * 8, page << 12 | 6 << 3 | 7);
        }
    }

    @Test
    void each_address_of_two_dimensions_goes_down_four_levels() {
        mapped(7, 7);
        nested();
        memory.put64(0xb000 + 5 * 8, 0x6000 | 6 << 3 | 5);
        WalkTrace walk = WalkTrace.of(paging(0, FOUR_LEVELS), LA, Access.READ);
        assertThat(walk.page()).contains(new Outcome.Page(0x5345, 0x6345));
        assertThat(walk.references()).isEqualTo(14);
        assertThat(walk.entries()).allSatisfy(entry -> assertThat(entry.way()).hasSize(4));
        assertThat(walk.way().stream().map(WalkTrace.Entry::table))
                .containsExactly(Table.EPT_PML4E, Table.EPT_PDPTE, Table.EPT_PDE, Table.EPT_PTE);
    }

    @Test
    void a_violation_names_the_address_and_what_was_allowed() {
        mapped(7, 7 | Walker.A | Walker.D);
        nested();
        memory.put64(0xb000 + 5 * 8, 0x6000 | 6 << 3 | 5);
        WalkTrace write = WalkTrace.of(paging(0, FOUR_LEVELS), LA, USER_WRITE);
        assertThat(write.outcome()).isEqualTo(new Outcome.Violation(0x5000, NestedWalk.WRITE, 5));
        memory.put64(0xb000 + 2 * 8, 0);
        WalkTrace ofTable = WalkTrace.of(paging(0, FOUR_LEVELS), LA, Access.READ);
        assertThat(ofTable.outcome()).isEqualTo(new Outcome.Violation(0x2008, NestedWalk.READ, 0));
        assertThat(ofTable.entries().getLast().ma()).isEqualTo(-1);
        assertThat(ofTable.entries().getLast().way()).hasSize(4);
    }

    @Test
    void marking_an_entry_whose_page_is_read_only_is_a_violation_too() {
        mapped(7, 7);
        nested();
        memory.put64(0xb000 + 2 * 8, 0x2000 | 6 << 3 | 5);
        WalkTrace walk = WalkTrace.of(paging(0, FOUR_LEVELS), LA, Access.READ);
        assertThat(walk.outcome()).isInstanceOf(Outcome.Violation.class);
    }

    @Test
    void an_entry_that_none_may_hold_is_a_misconfiguration() {
        mapped(7, 7);
        nested();
        memory.put64(0xb000 + 5 * 8, 0x6000 | 6 << 3 | 2);
        assertThat(WalkTrace.of(paging(0, FOUR_LEVELS), LA, Access.READ).outcome())
                .isEqualTo(new Outcome.Misconfiguration(0x5000));
    }
}
