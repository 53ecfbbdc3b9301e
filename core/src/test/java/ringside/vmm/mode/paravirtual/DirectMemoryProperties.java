package ringside.vmm.mode.paravirtual;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import ringside.vmm.frames.Layout;
import ringside.vmm.mode.paravirtual.DirectLife.Step;

/**
 * Whatever a kernel asks for about its tables, a model that is written down apart says the same answer and error number,
 * and after each call the tables that the real CR3 leads to hold nothing that a frame's type forbids.
 */
class DirectMemoryProperties {
    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.longs()
                .map(seed -> DirectLife.step(new SplittableRandom(seed)))
                .list()
                .ofMinSize(20)
                .ofMaxSize(60);
    }

    @Property(tries = 60, seed = "20030055")
    void a_guest_gets_what_the_model_says_and_its_tables_never_hold_what_types_forbid(
            @ForAll("steps") List<Step> steps, @ForAll Layout layout) {
        DirectLife life = new DirectLife(layout);
        life.live(steps);
        assertLively(life);
    }

    /** Guests that only crash, or are only refused, would show nothing. */
    private static void assertLively(DirectLife life) {
        int accepted = life.results.getOrDefault(0, 0);
        int all = life.results.values().stream().mapToInt(Integer::intValue).sum();
        Statistics.label("half accepted")
                .collect(accepted * 2 >= all)
                .coverage(c -> c.check(true).percentage(p -> p > 60));
        Statistics.label("three tables made and two ended")
                .collect(life.model.made >= 3 && life.model.ended >= 2)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        for (Errno errno : List.of(Errno.EPERM, Errno.EBUSY, Errno.EINVAL)) {
            Statistics.label(errno.name())
                    .collect(life.results.containsKey(errno.result()))
                    .coverage(c -> c.check(true).percentage(p -> p > 15));
        }
        Statistics.label("undone").collect(life.guest.machine().memory().get("undone") > 0);
    }
}
