package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import ringside.lab.cost.Bill;
import ringside.vmm.spi.CostEvent;

/** Lays a measurement out: per operation the events counted, the cycles modelled, the cycles published. */
final class MeasurementTable {
    private static final int LABEL = 22, NARROWEST = 8, WIDTH = 118;

    private final MeasurementResult result;
    private final MeasurementSpec spec;
    private final StringBuilder out = new StringBuilder();

    MeasurementTable(MeasurementResult result) {
        this.result = result;
        this.spec = result.spec();
    }

    String render() {
        line(Screen.apart(spec.title(), spec.server().title(), 51));
        line("events of one repetition: counted; cycles: modelled, at the prices of a "
                + spec.costs().generation());
        if (!spec.source().isEmpty()) {
            Screen.wrap("published: " + spec.source(), WIDTH).forEach(this::line);
        }
        line("");
        row("", Setting::mode);
        if (spec.settings().stream().anyMatch(setting -> !rest(setting).isEmpty())) {
            row("", MeasurementTable::rest);
        }
        result.lines().forEach(this::bench);
        if (result.lines().stream().anyMatch(line -> !line.bench().published().isEmpty())) {
            line("");
            order();
        }
        if (spec.vary() > 0) {
            line("");
            variation();
        }
        return out.toString();
    }

    private void line(String text) {
        out.append(text.stripTrailing()).append('\n');
    }

    private void row(String label, Function<Setting, String> cell) {
        StringBuilder text = new StringBuilder(String.format("%-" + LABEL + "s", label));
        spec.settings().forEach(setting -> text.append(String.format("%" + width(setting) + "s", cell.apply(setting))));
        line(text.toString());
    }

    /** What a label holds beside the mode. */
    private static String rest(Setting setting) {
        return setting.label().substring(setting.mode().length()).strip();
    }

    private static int width(Setting setting) {
        return Math.max(
                NARROWEST, Math.max(setting.mode().length(), rest(setting).length()) + 2);
    }

    /** A setting as one word where its mode tells it from the others. */
    private String brief(String label) {
        if (label.isEmpty()) {
            return "none";
        }
        List<Setting> alike = spec.settings().stream()
                .filter(setting -> setting.mode().equals(label.split(" ")[0]))
                .toList();
        return alike.size() == 1 ? alike.getFirst().mode() : label;
    }

    // ---- one operation

    private void bench(MeasurementResult.Line line) {
        line("");
        line("  " + line.bench().name());
        for (CostEvent event : CostEvent.values()) {
            List<Double> counts = spec.settings().stream()
                    .map(setting -> line.counts().get(setting.label()).getOrDefault(event.word(), 0.0))
                    .toList();
            if (counts.stream().anyMatch(count -> count != 0)) {
                row(
                        "    " + event.word(),
                        setting -> count(counts.get(spec.settings().indexOf(setting))));
            }
        }
        row("    cycles, modelled", setting -> cycles(line, setting));
        if (!line.bench().published().isEmpty()) {
            row("    cycles, published", setting -> published(line, setting));
        }
        if (line.ends().size() > 1) {
            line("    the runs end differently: " + String.join("; ", line.ends()));
        }
    }

    private static String count(double count) {
        return count == 0 ? "." : Bill.number(count);
    }

    private String cycles(MeasurementResult.Line line, Setting setting) {
        return Long.toString(line.bill(setting.label(), spec.costs()).cycles());
    }

    private static String published(MeasurementResult.Line line, Setting setting) {
        Double cycles = line.bench().published().get(setting.label());
        return cycles == null ? "-" : Bill.number(cycles);
    }

    // ---- all of them

    private void order() {
        line(String.format("  %-28s%-14s%-14s", "fewest cycles", "modelled", "published"));
        for (MeasurementResult.Line line : result.lines()) {
            String modelled = brief(line.winner(spec.costs()));
            String published = brief(line.publishedWinner());
            String verdict = line.bench().published().isEmpty()
                    ? ""
                    : modelled.equals(published) ? "the same order" : "ANOTHER ORDER";
            line(String.format("    %-26s%-14s%-14s%s", line.bench().name(), modelled, published, verdict));
        }
    }

    private void variation() {
        int trials = 2 * CostEvent.values().length;
        List<MeasurementResult.Flip> flips = result.flips();
        line("  each price alone " + spec.vary() + "% lower and higher, " + trials + " variations: "
                + (flips.isEmpty() ? "the order holds in all" : "the order flips in these"));
        List<String> lines = new ArrayList<>();
        for (MeasurementResult.Flip flip : flips) {
            lines.add(String.format(
                    Locale.ROOT,
                    "    %-26s%s x %.2f: %s",
                    flip.bench(),
                    flip.event().word(),
                    flip.factor(),
                    brief(flip.winner())));
        }
        lines.forEach(this::line);
    }
}
