package ringside.vmm.device.stack;

import java.util.Comparator;
import java.util.List;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/**
 * In which order a store serves what waits: one line each in {@link #ALL}.
 *
 * @param name the word for it
 * @param title what it does, in a line
 */
public record Discipline(String name, String title, Choice choice) {
    /** Chooses among the requests that may be served, at least one. */
    @FunctionalInterface
    interface Choice {
        /**
         * @param head where the request before ended
         * @param upwards whether that one was reached upwards
         */
        Waiting of(List<Waiting> ready, long head, boolean upwards);
    }

    private static final Comparator<Waiting> ARRIVAL = Comparator.comparingLong(Waiting::order);

    /** The default first. */
    public static final List<Discipline> ALL = List.of(
            new Discipline("fifo", "whoever came first", (ready, head, upwards) -> first(ready, ARRIVAL)),
            new Discipline("elevator", "the nearest in the direction of the last one, then back", Discipline::elevator),
            new Discipline(
                    "fair",
                    "whose disk was served least so far",
                    (ready, head, upwards) ->
                            first(ready, Comparator.comparingLong(Waiting::used).thenComparing(ARRIVAL))));

    private static Waiting first(List<Waiting> ready, Comparator<Waiting> order) {
        return ready.stream().min(order).orElseThrow();
    }

    private static Waiting elevator(List<Waiting> ready, long head, boolean upwards) {
        Comparator<Waiting> nearest = Comparator.<Waiting>comparingLong(w -> Math.abs(w.sector() - head))
                .thenComparing(ARRIVAL);
        return ready.stream()
                .filter(w -> upwards ? w.sector() >= head : w.sector() <= head)
                .min(nearest)
                .orElseGet(() -> first(ready, nearest));
    }

    public static List<String> names() {
        return ALL.stream().map(Discipline::name).toList();
    }

    /** The discipline of this name; an unknown one is refused with what there is. */
    public static Discipline named(String name) {
        return ALL.stream()
                .filter(one -> one.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "unknown queue '" + name + "'",
                        "",
                        NearMiss.hint(name, names(), "queues are " + String.join(", ", names()))));
    }
}
