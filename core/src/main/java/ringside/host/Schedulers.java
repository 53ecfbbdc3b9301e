package ringside.host;

import java.util.List;
import java.util.function.LongFunction;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** Every scheduler that there is without a script: one line each. */
public final class Schedulers {
    /** 1 ms. */
    public static final long DEFAULT_SLICE = 100_000;

    /**
     * A kind of scheduler.
     *
     * @param make one with this slice in ticks
     */
    public record Kind(String name, String title, LongFunction<Scheduler> make) {}

    /** The default first. */
    public static final List<Kind> ALL = List.of(
            new Kind("roundRobin", "whoever waited longest, for a slice", RoundRobin::new),
            new Kind("weighted", "time in proportion to weights, by stride scheduling", Weighted::new));

    private Schedulers() {}

    public static List<String> names() {
        return ALL.stream().map(Kind::name).toList();
    }

    /** The kind of this name; an unknown one is refused with what there is. */
    public static Kind named(String name) {
        return ALL.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "unknown scheduler '" + name + "'",
                        "",
                        NearMiss.hint(name, names(), "schedulers are " + String.join(", ", names()))));
    }
}
