package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ringside.lab.cost.CostModel;

/**
 * Small operations, counted and priced under several settings: each guest is run with few and with many repetitions, and
 * the difference is what the repetitions themselves cost.
 *
 * @param benches one for each line of the report
 * @param costs prices of what is counted
 * @param vary percent by which each price is varied to see whether the order holds; 0 for not at all
 * @param source where the published figures are from; empty where there are none
 */
public record MeasurementSpec(
        String title,
        ServerSpec server,
        List<Setting> settings,
        List<Bench> benches,
        CostModel costs,
        int vary,
        String source)
        implements Study {
    /**
     * One operation.
     *
     * @param few runs the guest with few repetitions; {@code many} with {@code iterations} more
     * @param published cycles that somebody measured, by the label of a setting
     */
    public record Bench(
            String name, ExperimentSpec few, ExperimentSpec many, int iterations, Map<String, Double> published) {}

    public MeasurementSpec {
        settings = List.copyOf(settings);
        benches = List.copyOf(benches);
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return benches.stream()
                .flatMap(bench -> Stream.of(bench.few(), bench.many()))
                .toList();
    }

    @Override
    public MeasurementResult investigate() {
        List<MeasurementResult.Line> lines = new ArrayList<>();
        for (Bench bench : benches) {
            Map<String, Map<String, Double>> counts = new LinkedHashMap<>();
            List<String> ends = new ArrayList<>();
            for (Setting setting : settings) {
                Recording few = new Recording(bench.few(), setting).run();
                Recording many = new Recording(bench.many(), setting).run();
                counts.put(setting.label(), average(few, many, bench.iterations()));
                ends.add(end(few) + ", " + end(many));
            }
            lines.add(new MeasurementResult.Line(bench, counts, distinct(ends)));
        }
        return new MeasurementResult(this, lines);
    }

    /** The ends that are not alike; one that names no count is like any that begins so. */
    private static List<String> distinct(List<String> ends) {
        List<String> plain = ends.stream()
                .map(end -> end.replaceAll(" after \\d+", ""))
                .distinct()
                .toList();
        List<String> counted =
                ends.stream().filter(end -> end.contains(" after ")).distinct().toList();
        return plain.size() > 1 || counted.isEmpty() ? plain : counted;
    }

    /** Why a run ended and after how many instructions; a ported kernel has others than the bare machine's. */
    private static String end(Recording run) {
        boolean ported = run.setting.mode().equals("paravirtual");
        return run.stopped + (ported ? "" : " after " + run.machine.retired());
    }

    private static Map<String, Double> average(Recording few, Recording many, int iterations) {
        Map<String, Double> average = new LinkedHashMap<>();
        Map<String, Long> before = few.machine.activity().asMap();
        many.machine.activity().asMap().forEach((event, count) -> {
            double each = (count - before.get(event)) / (double) iterations;
            if (each != 0) {
                average.put(event, each);
            }
        });
        return average;
    }
}
