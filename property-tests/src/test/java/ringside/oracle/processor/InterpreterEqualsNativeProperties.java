package ringside.oracle.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** The interpreter equals the native processor, on random single instructions in ring 3. */
@AddLifecycleHook(InterpreterEqualsNativeProperties.NeedsHost.class)
class InterpreterEqualsNativeProperties {
    private static final int TRIES = 50;
    private static final int CASES = Integer.getInteger("ringside.native.cases", 500_000);

    private static NativeProcessor real;
    private static SimulatedProcessor simulated;
    private static int base;
    private static long agreed;
    private static long dropped;

    @BeforeContainer
    static void start() throws IOException {
        base = NativeProcessor.lowestBase();
        real = NativeProcessor.start(base);
        simulated = new SimulatedProcessor(base);
    }

    @AfterContainer
    static void report() throws IOException {
        real.close();
        System.out.printf(
                "native processor: %,d cases over %d rows agreed (%,d more dropped: they reach memory of the host process)%n",
                agreed, CaseGenerator.rows(), dropped);
    }

    @Property(tries = TRIES, seed = "1", edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void registers_defined_flags_memory_and_exceptions_agree(@ForAll long seed) throws IOException {
        CaseGenerator generator = new CaseGenerator(seed, base);
        List<String> disagreements = new ArrayList<>();
        Batch running = new Batch();
        for (int left = CASES / TRIES; left > 0; ) {
            // the host executes one batch while the next is drawn and simulated
            Batch next = new Batch();
            next.simulate(generator, Math.min(left, NativeProcessor.BATCH / 2));
            left -= next.cases.size();
            running.compare(disagreements);
            real.send(next.cases);
            running = next;
        }
        running.compare(disagreements);
        assertThat(disagreements.stream().limit(20))
                .as("%d disagreements", disagreements.size())
                .isEmpty();
    }

    /** Skips where no native processor can be reached, with the reason. */
    static final class NeedsHost implements SkipExecutionHook {
        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            return NativeProcessor.missing()
                    .map(reason -> {
                        System.out.println("native processor: skipped, " + reason);
                        return SkipResult.skip(reason);
                    })
                    .orElse(SkipResult.doNotSkip());
        }

        @Override
        public PropagationMode propagateTo() {
            return PropagationMode.NO_DESCENDANTS;
        }
    }

    /** Cases with what the simulated processor made of them. */
    private static final class Batch {
        private final List<ProcessorCase> cases = new ArrayList<>();
        private final List<ProcessorResult> results = new ArrayList<>();

        void simulate(CaseGenerator generator, int size) {
            while (cases.size() < size) {
                ProcessorCase drawn = generator.next();
                ProcessorResult result = simulated.execute(drawn);
                if (result == null) {
                    dropped++;
                } else {
                    cases.add(drawn);
                    results.add(result);
                }
            }
        }

        /** Waits for the host's results of this batch, if it was sent. */
        void compare(List<String> disagreements) throws IOException {
            List<ProcessorResult> fromHost = real.receive(cases.size());
            for (int i = 0; i < cases.size(); i++) {
                List<String> lines =
                        results.get(i).differences(fromHost.get(i), cases.get(i).undefined());
                if (lines.isEmpty()) {
                    agreed++;
                } else {
                    disagreements.add("\n" + cases.get(i) + "\n  " + String.join("\n  ", lines));
                }
            }
        }
    }
}
