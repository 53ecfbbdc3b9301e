package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.lab.chart.Chart;
import ringside.lab.cost.Bill;
import ringside.observe.Json;

/** What an operation was made of at each value of the quantity, and where two settings cost the same. */
public record SweepResult(SweepSpec spec, List<Line> lines) implements Report {
    /** One repetition under one setting. */
    public record Cell(Map<String, Double> counters, Bill bill) {}

    /**
     * One value of the quantity.
     *
     * @param cells by the label of a setting
     * @param ends how the runs ended; one text where all settings agree
     */
    public record Line(long at, Map<String, Cell> cells, List<String> ends) {
        double cycles(String label) {
            return cells.get(label).bill().total();
        }
    }

    /**
     * Two settings cost the same there, on a straight line between two points that were measured.
     *
     * @param below the setting that is cheaper at lower values
     * @param above the other
     */
    public record Crossing(double at, long from, long to, String below, String above) {}

    public SweepResult {
        lines = List.copyOf(lines);
    }

    /** Where the cheaper of two settings becomes the dearer; {@code bare} is compared with none. */
    public List<Crossing> crossings() {
        List<String> labels = contenders();
        List<Crossing> crossings = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            for (int k = i + 1; k < labels.size(); k++) {
                for (int n = 1; n < lines.size(); n++) {
                    crossing(lines.get(n - 1), lines.get(n), labels.get(i), labels.get(k))
                            .ifPresent(crossings::add);
                }
            }
        }
        return crossings;
    }

    List<String> contenders() {
        return spec.settings().stream()
                .filter(setting -> !setting.mode().equals(Trial.BARE))
                .map(Setting::label)
                .toList();
    }

    private static Optional<Crossing> crossing(Line left, Line right, String one, String other) {
        double before = left.cycles(one) - left.cycles(other);
        double after = right.cycles(one) - right.cycles(other);
        if (before == 0 || before * after > 0 || before == after) {
            return Optional.empty();
        }
        double at = left.at() + (right.at() - left.at()) * before / (before - after);
        return Optional.of(
                before < 0
                        ? new Crossing(at, left.at(), right.at(), one, other)
                        : new Crossing(at, left.at(), right.at(), other, one));
    }

    /** Every run came to the same end under every setting. */
    @Override
    public boolean asExpected() {
        return lines.stream().allMatch(line -> line.ends().size() == 1);
    }

    @Override
    public String text() {
        return new SweepTable(this).render();
    }

    @Override
    public Optional<Chart> chart() {
        List<Chart.Series> series = spec.settings().stream()
                .map(setting -> new Chart.Series(
                        setting.label(),
                        lines.stream()
                                .map(line -> new Chart.Dot(line.at(), line.cycles(setting.label())))
                                .toList()))
                .toList();
        List<Chart.Dot> marks = crossings().stream()
                .map(crossing -> new Chart.Dot(crossing.at(), cyclesAt(crossing)))
                .toList();
        return Optional.of(new Chart(spec.title(), spec.quantity(), "cycles, modelled", series, marks));
    }

    private double cyclesAt(Crossing crossing) {
        Line left = line(crossing.from());
        Line right = line(crossing.to());
        double share = (crossing.at() - left.at()) / (right.at() - left.at());
        return left.cycles(crossing.below()) * (1 - share) + right.cycles(crossing.below()) * share;
    }

    private Line line(long at) {
        return lines.stream().filter(line -> line.at() == at).findFirst().orElseThrow();
    }

    @Override
    public String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sweep", spec.title());
        map.put("prices", spec.costs().generation());
        map.put("quantity", spec.quantity());
        List<Object> points = new ArrayList<>();
        for (Line line : lines) {
            List<Object> settings = new ArrayList<>();
            line.cells().forEach((label, cell) -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("setting", label);
                spec.rows().forEach(row -> one.put(row, SweepTable.count(cell, row)));
                one.put("modelledCycles", cell.bill().total());
                one.put("bill", ResultJson.bill(cell.bill()));
                settings.add(one);
            });
            Map<String, Object> point = new LinkedHashMap<>();
            point.put("at", line.at());
            point.put("settings", settings);
            points.add(point);
        }
        map.put("points", points);
        List<Object> crossings = new ArrayList<>();
        for (Crossing crossing : crossings()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("at", crossing.at());
            one.put("cheaperBelow", crossing.below());
            one.put("cheaperAbove", crossing.above());
            crossings.add(one);
        }
        map.put("crossings", crossings);
        map.put("asExpected", asExpected());
        return Json.write(map);
    }
}
