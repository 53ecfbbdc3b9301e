package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.observe.Counters;
import ringside.vmm.frames.Layout;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;
import ringside.vmm.spi.CostEvent;

/** A trap is one hypercall whatever came of it, a batch is one trap, and what is priced is what is counted. */
class HypercallCountsTest {
    private static final int DIRECTORY = 0x200000, TABLE = 0x201000, SPARE = 0x203000, WORDS = 8;

    /** Six traps of which two are refused; two of four calls in the batch are. */
    private static Run run(String memory) {
        int[] table = new int[1024];
        for (int i = 0; i < table.length; i++) {
            table[i] = i << 12 | 3;
        }
        int update = PortedProgram.number("update_va_mapping");
        int[] batch = new int[4 * WORDS];
        int[][] calls = {
            {update, 0x300000, SPARE | 3, 1},
            {update, 0x301000, 0x7ffff000 | 3, 1},
            {PortedProgram.number("sched_op"), 2, 9},
            {update, 0x302000, SPARE | 1, 1}
        };
        for (int i = 0; i < calls.length; i++) {
            System.arraycopy(calls[i], 0, batch, i * WORDS, calls[i].length);
        }
        return new PortedProgram()
                .memory(memory, Layout.CONTIGUOUS)
                .data(TABLE, table)
                .data(DIRECTORY, TABLE | 3)
                .data(DATA, batch)
                .call("load_page_table", DIRECTORY)
                .call("multicall", DATA, 4)
                .call(39)
                .call("unpin_table", SPARE)
                .call("version")
                .run();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shadow", "perReference", "direct"})
    void traps_calls_in_batches_and_refusals_are_counted_apart(String memory) {
        Run run = run(memory);
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        Counters counters = run.machine().counters();
        assertThat(counters.get("hypercalls")).isEqualTo(6);
        assertThat(counters.get("batched")).isEqualTo(4);
        assertThat(counters.get("refused")).isEqualTo(4);
        assertThat(counters.get("pageTableEntries")).isEqualTo(2);
        long byName = run.machine().exits().asMap().entrySet().stream()
                .filter(exit -> exit.getKey().startsWith("HYPERCALL "))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(byName).isEqualTo(6);
        assertThat(run.machine().exits().get("HYPERCALL multicall")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shadow", "perReference", "direct"})
    void the_bill_has_each_trap_once_and_each_call_of_a_batch_once(String memory) {
        Run run = run(memory);
        Counters activity = run.machine().activity();
        assertThat(activity.get(CostEvent.HYPERCALL.word())).isEqualTo(6);
        assertThat(activity.get(CostEvent.BATCHED.word())).isEqualTo(4);
        assertThat(activity.get(CostEvent.TRAP.word()))
                .as("arrivals by fault")
                .isEqualTo(run.machine().counters().get("hiddenFaults"));
    }
}
