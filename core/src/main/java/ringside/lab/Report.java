package ringside.lab;

import java.util.Optional;
import ringside.lab.chart.Chart;

/** What came out of a {@link Study}: the same bytes each time. */
public interface Report {
    /** As it goes to the screen. */
    String text();

    /** As data. */
    String json();

    /** As a picture, where one says more. */
    default Optional<Chart> chart() {
        return Optional.empty();
    }

    /** Whether everything came out as the study expects, and nothing is a defect of Ringside. */
    boolean asExpected();
}
