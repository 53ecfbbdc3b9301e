package ringside.dsl;

import java.util.List;

/** The rows that a table can show by name. */
final class CounterWords {
    private static final List<String> NAMES =
            List.of("cycles", "direct", "emulated", "exits", "hiddenFaults", "instructions", "trueFaults");

    private CounterWords() {}

    static List<String> names() {
        return NAMES;
    }
}
