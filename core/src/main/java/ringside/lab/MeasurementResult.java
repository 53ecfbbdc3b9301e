package ringside.lab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import ringside.lab.cost.Bill;
import ringside.lab.cost.CostModel;
import ringside.observe.Json;
import ringside.vmm.spi.CostEvent;

/** What the operations of a measurement were made of, and what they would have cost. */
public record MeasurementResult(MeasurementSpec spec, List<Line> lines) implements Report {
    /** Cycles by which costs must differ to be different. */
    private static final double SAME = 0.5;

    /**
     * One operation.
     *
     * @param counts events in one repetition, by the label of a setting
     * @param ends how the runs ended; one text where all settings agree
     */
    public record Line(MeasurementSpec.Bench bench, Map<String, Map<String, Double>> counts, List<String> ends) {
        /** One repetition under a setting, priced. */
        public Bill bill(String label, CostModel costs) {
            return costs.price(counts.get(label));
        }

        /** The setting with the least published cycles among those that have any but {@code bare}; empty if there is none. */
        String publishedWinner() {
            return least(bench.published()::get);
        }

        /** The setting that these prices make the cheapest among the same; empty where two are equally cheap. */
        String winner(CostModel costs) {
            return least(label -> bill(label, costs).total());
        }

        private String least(ToDoubleFunction<String> cycles) {
            List<String> order = contenders().stream()
                    .sorted(Comparator.comparingDouble(cycles))
                    .toList();
            boolean tie = order.size() > 1
                    && cycles.applyAsDouble(order.get(1)) - cycles.applyAsDouble(order.getFirst()) < SAME;
            return order.isEmpty() || tie ? "" : order.getFirst();
        }

        private List<String> contenders() {
            return counts.keySet().stream()
                    .filter(label -> !label.equals("bare") && bench.published().containsKey(label))
                    .toList();
        }

        boolean orderHolds(CostModel costs) {
            return bench.published().isEmpty() || winner(costs).equals(publishedWinner());
        }
    }

    /**
     * A price that, varied, turns the order of an operation round.
     *
     * @param factor what it was multiplied by
     */
    public record Flip(String bench, CostEvent event, double factor, String winner) {}

    public MeasurementResult {
        lines = List.copyOf(lines);
    }

    /** Every price varied up and down, one at a time: where the cheapest setting is another one then. */
    public List<Flip> flips() {
        List<Flip> flips = new ArrayList<>();
        for (CostEvent event : CostEvent.values()) {
            for (double factor : List.of(1 - spec.vary() / 100.0, 1 + spec.vary() / 100.0)) {
                CostModel varied = spec.costs().scaled(event, factor);
                for (Line line : lines) {
                    if (!line.winner(varied).equals(line.winner(spec.costs()))) {
                        flips.add(new Flip(line.bench().name(), event, factor, line.winner(varied)));
                    }
                }
            }
        }
        return flips;
    }

    /** Every run came to the same end under every setting, and the published order is the modelled one. */
    @Override
    public boolean asExpected() {
        return lines.stream().allMatch(line -> line.ends().size() == 1 && line.orderHolds(spec.costs()));
    }

    @Override
    public String text() {
        return new MeasurementTable(this).render();
    }

    @Override
    public String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("measurement", spec.title());
        map.put("prices", spec.costs().generation());
        List<Object> benches = new ArrayList<>();
        for (Line line : lines) {
            Map<String, Object> bench = new LinkedHashMap<>();
            bench.put("bench", line.bench().name());
            List<Object> settings = new ArrayList<>();
            for (Setting setting : spec.settings()) {
                Bill bill = line.bill(setting.label(), spec.costs());
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("setting", setting.label());
                one.put("modelledCycles", bill.total());
                one.put("publishedCycles", line.bench().published().get(setting.label()));
                one.put("bill", ResultJson.bill(bill));
                settings.add(one);
            }
            bench.put("settings", settings);
            bench.put("winner", line.winner(spec.costs()));
            bench.put("publishedWinner", line.publishedWinner());
            benches.add(bench);
        }
        map.put("benches", benches);
        map.put("asExpected", asExpected());
        return Json.write(map);
    }
}
