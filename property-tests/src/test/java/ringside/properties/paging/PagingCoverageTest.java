package ringside.properties.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.lab.ServerSpec;
import ringside.vmm.spi.ServerMemory;

/** The random programs really do what they are drawn for: measured by what retires, not by what is drawn. */
class PagingCoverageTest {
    private static final int PROGRAMS = 50, PIECES = 150, BUDGET = 12_000, ENOUGH = 3;

    private static final Set<String> NEVER =
            Set.of("PAE refused", "jump to a page without execution", "read by a table that is not there (PAE)");

    private static final ServerSpec SERVER =
            new ServerSpec(2010, CpuModel.ofYear(2010), 6, 1, List.of(TableWriter.KIND), ServerMemory.DEFAULT);

    private static final PagingCoverage TWO_LEVEL = new PagingCoverage();
    private static final PagingCoverage BOTH = new PagingCoverage();

    @BeforeAll
    static void programs_run_bare() {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            TWO_LEVEL.add(PagingProgram.of(seed, PIECES, false, true), SERVER, BUDGET);
            BOTH.add(PagingProgram.of(seed, PIECES, true, true), SERVER, BUDGET);
        }
    }

    /** Every mark that some program of this kind carries retires often enough; those that are meant to fault never do. */
    private static void allRetire(boolean mayBeWide, PagingCoverage coverage) {
        Set<String> drawn = new TreeSet<>();
        for (long seed = 0; seed < PROGRAMS; seed++) {
            drawn.addAll(PagingProgram.of(seed, PIECES, mayBeWide, true).marks().values());
        }
        drawn.removeIf(mark -> mark.endsWith("without its gate") || NEVER.contains(mark));
        for (String mark : drawn) {
            assertThat(coverage.retired().getOrDefault(mark, 0)).as(mark).isGreaterThanOrEqualTo(ENOUGH);
        }
        assertThat(drawn).hasSizeGreaterThan(40);
    }

    private static void comes(Map<String, Integer> faults, String... names) {
        for (String name : names) {
            assertThat(faults).as(name).containsKey(name);
        }
    }

    @Test
    void whatever_is_drawn_of_two_level_tables_retires() {
        allRetire(false, TWO_LEVEL);
        assertThat(TWO_LEVEL.percentRetired()).isGreaterThan(80);
    }

    @Test
    void whatever_is_drawn_of_both_formats_retires() {
        allRetire(true, BOTH);
        assertThat(BOTH.percentRetired()).isGreaterThan(80);
        assertThat(BOTH.retired()).containsKeys("PAE on", "PAE off");
    }

    @Test
    void every_page_fault_that_two_level_tables_can_raise_comes() {
        // absent, protected, by reads and writes, of both privileges; reserved bits of large pages
        comes(TWO_LEVEL.faults(), "#PF 00", "#PF 02", "#PF 03", "#PF 04", "#PF 05", "#PF 06", "#PF 07", "#PF 09");
        assertThat(TWO_LEVEL.retired().get("in ring 3")).isGreaterThan(200);
    }

    @Test
    void execution_and_reserved_bits_fault_with_pae() {
        comes(BOTH.faults(), "#PF 10", "#PF 11", "#PF 15", "#PF 09", "#PF 0b", "vector 13 at PAE refused");
    }

    @Test
    void programs_without_flushes_meet_translations_that_their_tables_hold_no_more() {
        int stale = 0;
        for (long seed = 0; seed < 8; seed++) {
            PagingProgram program = PagingProgram.withoutFlushes(seed, PIECES, true, true);
            MaySetJudge judge = new MaySetJudge(PagingCoverage.bare(program, SERVER, BUDGET));
            assertThat(judge.judge(BUDGET)).isEmpty();
            stale += judge.stale();
        }
        assertThat(stale).isGreaterThan(20);
    }

    @Test
    void a_page_fault_comes_while_each_of_four_exceptions_is_delivered() {
        for (String exception : new String[] {"#UD", "#BP", "#GP", "#DE"}) {
            comes(TWO_LEVEL.faults(), "#PF 00 at " + exception + " without its gate");
        }
    }
}
