package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import ringside.engine.Engines;
import ringside.machine.board.Board;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;

/** Random bytes as a guest never crash, hang or leave a budget unreported. */
class RandomBytesProperties {
    private static final int BUDGET = 3_000;

    /** What is compared: the reason, the place, the count. */
    private record Outcome(Stop stop, int eip, long retired) {}

    @Provide
    Arbitrary<Rubbish> rubbish() {
        return Rubbish.any();
    }

    @Property(tries = 600, seed = "20050103")
    void a_run_ends_with_a_reason_within_its_budget_and_the_same_one_each_time(@ForAll("rubbish") Rubbish rubbish) {
        Outcome first = run(rubbish);
        assertThat(first.retired()).isLessThanOrEqualTo(BUDGET);
        assertThat(run(rubbish)).isEqualTo(first);
    }

    private static Outcome run(Rubbish rubbish) {
        Board board = rubbish.loaded();
        Engine engine = Engines.named("interpreter");
        Stop stop = engine.run(board.cpu(), BUDGET);
        long retired = board.cpu().retired;
        if (stop instanceof Stop.Budget && retired < BUDGET) {
            engine.run(board.cpu(), 1);
            assertThat(board.cpu().retired - retired)
                    .as("instructions of a guest that had been called stuck before its budget was used up")
                    .isLessThanOrEqualTo(1);
        }
        return new Outcome(stop, board.cpu().eip, retired);
    }
}
