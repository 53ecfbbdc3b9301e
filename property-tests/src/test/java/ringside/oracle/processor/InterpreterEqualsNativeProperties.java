package ringside.oracle.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Assumptions;

/** The interpreter equals the native processor, on random single instructions in ring 3. */
class InterpreterEqualsNativeProperties {
    private static final int TRIES = 50;
    private static final int CASES = Integer.getInteger("ringside.native.cases", 500_000);

    private static String missing;
    private static NativeProcessor real;
    private static SimulatedProcessor simulated;
    private static int base;
    private static long agreed;
    private static long dropped;

    @BeforeContainer
    static void start() throws IOException {
        Optional<String> reason = NativeProcessor.missing();
        missing = reason.orElse(null);
        if (missing == null) {
            base = NativeProcessor.lowestBase();
            real = NativeProcessor.start(base);
            simulated = new SimulatedProcessor(base);
        }
    }

    @AfterContainer
    static void report() throws IOException {
        if (missing != null) {
            System.out.println("native processor: skipped, " + missing);
            return;
        }
        real.close();
        System.out.printf(
                "native processor: %,d cases over %d rows agreed (%,d more dropped: they reach memory of the host process)%n",
                agreed, CaseGenerator.rows(), dropped);
    }

    @Property(tries = TRIES, seed = "1", edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void registers_defined_flags_memory_and_exceptions_agree(@ForAll long seed) throws IOException {
        Assumptions.assumeTrue(missing == null, () -> "no native processor: " + missing);
        CaseGenerator generator = new CaseGenerator(seed, base);
        List<String> disagreements = new ArrayList<>();
        for (int left = CASES / TRIES; left > 0; ) {
            left -= compareBatch(generator, Math.min(left, NativeProcessor.BATCH), disagreements);
        }
        assertThat(disagreements).isEmpty();
    }

    /** Runs a batch in both; the host's half goes on while the next call simulates. */
    private static int compareBatch(CaseGenerator generator, int size, List<String> disagreements) throws IOException {
        List<ProcessorCase> cases = new ArrayList<>();
        List<ProcessorResult> expected = new ArrayList<>();
        while (cases.size() < size) {
            ProcessorCase drawn = generator.next();
            ProcessorResult result = simulated.execute(drawn);
            if (result == null) {
                dropped++;
                continue;
            }
            cases.add(drawn);
            expected.add(result);
        }
        real.send(cases);
        List<ProcessorResult> results = real.receive(size);
        for (int i = 0; i < size; i++) {
            List<String> lines = expected.get(i).differences(results.get(i), cases.get(i).undefined());
            if (lines.isEmpty()) {
                agreed++;
            } else {
                disagreements.add("\n" + cases.get(i) + "\n  " + String.join("\n  ", lines));
            }
        }
        return size;
    }
}
