package ringside.lab;

import java.util.List;
import java.util.stream.Stream;
import ringside.lab.cost.CostModel;

/**
 * The same requests to the same disk on several ways: by several drivers, through several device models, each run without
 * requests and with all of them, so that what the requests themselves are made of is left.
 *
 * @param ways the columns
 * @param requests how many more the second run of each way makes
 * @param bounds what is expected of the figures
 * @param alike whether all ways are expected to make the same requests in the same order, and to leave the same content
 */
public record ModelsSpec(
        String title,
        ServerSpec server,
        List<Way> ways,
        int requests,
        List<Bound> bounds,
        boolean alike,
        CostModel costs)
        implements Study {
    /** One way: {@code few} is the guest that only makes ready, {@code many} the one that also makes the requests. */
    public record Way(String name, Setting setting, ExperimentSpec few, ExperimentSpec many) {}

    /**
     * That a figure of one way is at most so many times that of another.
     *
     * @param row the figure's word
     */
    public record Bound(String row, String way, double factor, String of) {
        /** {@code exits of split at most 0.01 of those of PIO}. */
        public String text() {
            return row + " of '" + way + "' at most " + ModelsTable.plain(factor) + " of '" + of + "'";
        }
    }

    public ModelsSpec {
        ways = List.copyOf(ways);
        bounds = List.copyOf(bounds);
    }

    /** The words of the figures that a script can speak of. */
    public static List<String> rowNames() {
        return ModelsResult.ROWS;
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return ways.stream().flatMap(way -> Stream.of(way.few(), way.many())).toList();
    }

    @Override
    public ModelsResult investigate() {
        return new ModelsResult(
                this,
                ways.stream()
                        .map(way -> new ModelsResult.Column(
                                way.name(),
                                DiskRun.of(way.few(), way.setting()),
                                DiskRun.of(way.many(), way.setting())))
                        .toList());
    }
}
