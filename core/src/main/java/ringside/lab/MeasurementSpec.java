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
            Repeated repeated = new Repeated(bench.few(), bench.many(), bench.iterations());
            for (Setting setting : settings) {
                Repeated.Counted counted = repeated.under(setting);
                counts.put(setting.label(), counted.events());
                ends.add(counted.ends());
            }
            lines.add(new MeasurementResult.Line(bench, counts, distinct(ends)));
        }
        return new MeasurementResult(this, lines);
    }

    /** The ends that are not alike; one that names no count is like any that begins so. */
    static List<String> distinct(List<String> ends) {
        List<String> plain = ends.stream()
                .map(end -> end.replaceAll(" after \\d+", ""))
                .distinct()
                .toList();
        List<String> counted =
                ends.stream().filter(end -> end.contains(" after ")).distinct().toList();
        return plain.size() > 1 || counted.isEmpty() ? plain : counted;
    }
}
