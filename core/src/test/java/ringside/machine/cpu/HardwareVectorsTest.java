package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Instructions captured from a real 80286, register for register and byte for byte. */
class HardwareVectorsTest {
    private static final int CASES = 13_000;

    @Test
    void every_case_does_what_the_80286_did_or_is_a_listed_difference() throws IOException {
        List<HardwareVector> vectors = HardwareVector.all(folder());
        RealModeMachine machine = new RealModeMachine();
        Map<Difference80286, Integer> listed = new LinkedHashMap<>();
        Difference80286.ALL.forEach(difference -> listed.put(difference, 0));
        List<String> failures = new ArrayList<>();
        int passed = 0;
        for (HardwareVector vector : vectors) {
            List<String> differences = machine.run(vector);
            Optional<Difference80286> known = Difference80286.of(vector);
            if (differences.isEmpty()) {
                passed++;
            } else if (known.isPresent()) {
                listed.merge(known.get(), 1, Integer::sum);
            } else {
                failures.add(vector + " " + differences);
            }
        }
        report(passed, listed);
        assertThat(failures).isEmpty();
        assertThat(vectors).hasSize(CASES);
        assertThat(listed).as("every listed difference is met").doesNotContainValue(0);
    }

    private static void report(int passed, Map<Difference80286, Integer> listed) {
        int total = listed.values().stream().mapToInt(Integer::intValue).sum();
        String reasons = listed.entrySet().stream()
                .map(entry -> entry.getKey().reason() + ": " + entry.getValue())
                .collect(Collectors.joining(" | "));
        System.out.printf("80286 vectors: %,d passed, %,d listed differences (%s)%n", passed, total, reasons);
    }

    private static Path folder() {
        String root = System.getProperty("ringside.root", ".");
        Path vectors = Path.of(root).resolve(System.getProperty("ringside.vectors", "../shared/vectors"));
        Path folder = vectors.resolve("80286");
        Assumptions.assumeTrue(Files.isDirectory(folder), () -> "80286 vectors: skipped, there is no " + folder);
        return folder;
    }
}
