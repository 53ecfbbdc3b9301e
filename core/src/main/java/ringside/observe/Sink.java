package ringside.observe;

/** Takes events in the order in which they happen; must not change what it watches. */
@FunctionalInterface
public interface Sink {
    /** Drops everything. */
    Sink NONE = event -> {};

    void accept(Event event);

    /** Hands each event to this sink, then to {@code other}. */
    default Sink and(Sink other) {
        return event -> {
            accept(event);
            other.accept(event);
        };
    }
}
