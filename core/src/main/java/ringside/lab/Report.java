package ringside.lab;

/** What came out of a {@link Study}: the same bytes each time. */
public interface Report {
    /** As it goes to the screen. */
    String text();

    /** As data. */
    String json();

    /** Whether everything came out as the study expects, and nothing is a defect of Ringside. */
    boolean asExpected();
}
