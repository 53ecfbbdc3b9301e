package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ringside.lab.cost.CostModel;

/**
 * One operation, of which one quantity is varied: counted and priced under several settings, to see where which is cheaper.
 *
 * @param quantity what is varied, in words
 * @param points in rising order
 * @param rows counters to show beside the cycles
 * @param costs prices of what is counted
 */
public record SweepSpec(
        String title,
        ServerSpec server,
        List<Setting> settings,
        String quantity,
        List<Point> points,
        List<String> rows,
        CostModel costs)
        implements Study {
    /**
     * One value of the quantity.
     *
     * @param few runs the guest with few repetitions; {@code many} with {@code iterations} more
     */
    public record Point(long at, ExperimentSpec few, ExperimentSpec many, int iterations) {}

    public SweepSpec {
        settings = List.copyOf(settings);
        points = List.copyOf(points);
        rows = List.copyOf(rows);
    }

    /** The rows that a sweep can show. */
    public static List<String> rowNames() {
        return SweepTable.rowNames();
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return points.stream()
                .flatMap(point -> Stream.of(point.few(), point.many()))
                .toList();
    }

    @Override
    public SweepResult investigate() {
        List<SweepResult.Line> lines = new ArrayList<>();
        for (Point point : points) {
            Repeated repeated = new Repeated(point.few(), point.many(), point.iterations());
            Map<String, SweepResult.Cell> cells = new LinkedHashMap<>();
            List<String> ends = new ArrayList<>();
            for (Setting setting : settings) {
                Repeated.Counted counted = repeated.under(setting);
                cells.put(setting.label(), new SweepResult.Cell(counted.counters(), costs.price(counted.events())));
                ends.add(counted.ends());
            }
            lines.add(new SweepResult.Line(point.at(), cells, MeasurementSpec.distinct(ends)));
        }
        return new SweepResult(this, lines);
    }
}
