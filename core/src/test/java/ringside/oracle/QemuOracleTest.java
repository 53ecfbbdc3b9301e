package ringside.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import ringside.tools.Tool;

/**
 * Whole small kernels on QEMU and on Ringside: their traces agree line by line.
 *
 * <p>QEMU 7.2 errs in places; the manual decides, and each place is data beside the scenario, with its reason.
 */
class QemuOracleTest {
    private static final AtomicInteger COMPARED = new AtomicInteger();
    private static final AtomicInteger CORRECTED = new AtomicInteger();
    private static final AtomicInteger BY_MANUAL = new AtomicInteger();
    private static final AtomicInteger LINES = new AtomicInteger();

    @TempDir
    private static Path folder;

    @TestFactory
    Stream<DynamicTest> small_kernels_leave_the_trace_that_qemu_or_the_manual_says() throws IOException {
        Tool.require("nasm");
        return Scenario.all().stream().map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> check(scenario)));
    }

    private static void check(Scenario scenario) throws IOException, InterruptedException {
        Path place = Files.createTempDirectory(folder, "kernel");
        SmallKernel kernel = SmallKernel.assemble(place, scenario.code());
        List<String> ours = kernel.onRingside();
        List<String> theirs = scenario.expected();
        if (scenario.withoutQemu() == null) {
            Tool qemu = Tool.require("qemu-system-i386");
            theirs = scenario.corrected(Trace.withoutResume(kernel.onQemu(qemu)));
            COMPARED.incrementAndGet();
            CORRECTED.addAndGet(scenario.departures().isEmpty() ? 0 : 1);
        } else {
            BY_MANUAL.incrementAndGet();
        }
        LINES.addAndGet(ours.size());
        assertThat(Trace.withoutResume(ours)).isEqualTo(theirs);
        assertThat(Trace.withWrongResume(ours))
                .as("reports whose RF is not what the manual says")
                .isEmpty();
    }

    @AfterAll
    static void print_the_counts() {
        System.out.printf(
                "QEMU oracle: %d kernels agree with QEMU (%d after listed corrections), %d with the manual alone;"
                        + " %d lines of trace%n",
                COMPARED.get(), CORRECTED.get(), BY_MANUAL.get(), LINES.get());
    }
}
