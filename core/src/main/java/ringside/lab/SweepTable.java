package ringside.lab;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import ringside.lab.SweepResult.Cell;
import ringside.lab.SweepResult.Line;
import ringside.lab.cost.Bill;
import ringside.vmm.spi.CostEvent;

/** Lays a sweep out: values of the quantity side by side, below them the settings, at the end where two cost the same. */
final class SweepTable {
    private static final int LABEL = 36, NARROWEST = 9, WIDTH = 118;
    /** Cycles by which costs must differ to be different. */
    private static final double SAME = 0.5;

    private final SweepResult result;
    private final SweepSpec spec;
    private final StringBuilder out = new StringBuilder();

    SweepTable(SweepResult result) {
        this.result = result;
        this.spec = result.spec();
    }

    /** Counters of modes and of memory, exits, and the words of the cost model. */
    static List<String> rowNames() {
        Set<String> names = new LinkedHashSet<>(ResultTable.counterLabels().keySet());
        names.removeAll(List.of("cycles", "direct", "hypercalls"));
        names.add("exits");
        for (CostEvent event : CostEvent.values()) {
            names.add(event.word());
        }
        return List.copyOf(names);
    }

    String render() {
        line(Screen.apart(spec.title(), spec.server().title(), 51));
        line("one repetition; events: counted; cycles: modelled, at the prices of a "
                + spec.costs().generation());
        line("");
        row("  " + spec.quantity(), line -> Long.toString(line.at()));
        for (Setting setting : spec.settings()) {
            line("");
            line("  " + setting.label());
            for (String row : spec.rows()) {
                if (result.lines().stream().anyMatch(line -> count(line.cells().get(setting.label()), row) != 0)) {
                    row("    " + label(row), line -> number(count(line.cells().get(setting.label()), row)));
                }
            }
            row(
                    "    cycles, modelled",
                    line -> Long.toString(
                            line.cells().get(setting.label()).bill().cycles()));
        }
        line("");
        cheapest();
        for (Line line : result.lines()) {
            if (line.ends().size() > 1) {
                line("  at " + line.at() + " the runs end differently: " + String.join("; ", line.ends()));
            }
        }
        return out.toString();
    }

    /** How often something happened: an event of the cost model, or what a counter of that name says. */
    static double count(Cell cell, String row) {
        return CostEvent.named(row)
                .map(event -> cell.bill().count(event))
                .orElseGet(() -> cell.counters().getOrDefault(row, 0.0));
    }

    private static String label(String row) {
        return ResultTable.counterLabels().getOrDefault(row, row);
    }

    private static String number(double count) {
        return count == 0 ? "." : Bill.number(count);
    }

    private void cheapest() {
        List<String> labels = result.contenders();
        if (labels.size() < 2) {
            return;
        }
        line("  the cheapest but bare");
        for (String label : labels) {
            row("    " + label, line -> isCheapest(line, labels, label) ? "*" : "");
        }
        crossings();
    }

    private static boolean isCheapest(Line line, List<String> labels, String label) {
        double least = labels.stream().mapToDouble(line::cycles).min().orElseThrow();
        return line.cycles(label) - least < SAME;
    }

    private void crossings() {
        List<SweepResult.Crossing> crossings = result.crossings();
        if (crossings.isEmpty()) {
            line("");
            line("  no two of them cross here");
        }
        for (SweepResult.Crossing crossing : crossings) {
            line("");
            line(String.format(
                    Locale.ROOT,
                    "  crossover at %.1f %s (on a straight line from %d to %d):",
                    crossing.at(),
                    spec.quantity(),
                    crossing.from(),
                    crossing.to()));
            line("    below, " + crossing.below() + " is cheaper; above, " + crossing.above());
        }
    }

    private void line(String text) {
        out.append(text.stripTrailing()).append('\n');
    }

    private void row(String label, Function<Line, String> cell) {
        int points = result.lines().size();
        int width = Math.max(NARROWEST, Math.min(12, (WIDTH - LABEL) / Math.max(1, points)));
        StringBuilder text = new StringBuilder(Screen.pad(label, LABEL));
        result.lines().forEach(line -> text.append(String.format("%" + width + "s", cell.apply(line))));
        line(text.toString());
    }
}
