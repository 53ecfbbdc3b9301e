package ringside.benchmarks;

import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks whose names match the first argument (all without one): a line of result for each of JMH. */
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) throws RunnerException, IOException {
        boolean all = args.length == 0;
        if (all || MemoryFigures.class.getSimpleName().startsWith(args[0])) {
            MemoryFigures.print();
            if (!all) {
                return;
            }
        }
        Options options = new OptionsBuilder()
                .include(all ? "ringside\\.benchmarks\\." : args[0])
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        for (RunResult result : results) {
            String work = result.getParams().getParamsKeys().stream()
                    .map(key -> " " + result.getParams().getParam(key))
                    .reduce("", String::concat);
            String name = result.getParams().getBenchmark().replaceFirst(".*\\.(\\w+)\\.(\\w+)$", "$1.$2");
            System.out.printf(
                    Locale.ROOT,
                    "%s%s: %,.1f +- %,.1f %s%n",
                    name,
                    work,
                    result.getPrimaryResult().getScore(),
                    result.getPrimaryResult().getScoreError(),
                    result.getPrimaryResult().getScoreUnit());
        }
    }
}
