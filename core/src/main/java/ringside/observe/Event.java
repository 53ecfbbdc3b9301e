package ringside.observe;

/** Something that happened and may be counted, shown or recorded; each layer declares its own events as records. */
public interface Event {
    /** The word it is counted under: lower case, stable. */
    String kind();
}
