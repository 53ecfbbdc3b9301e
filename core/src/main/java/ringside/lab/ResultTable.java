package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import ringside.guest.Checkpoint;

/** Lays a result out for a screen of 100 columns: settings side by side, then differences, then expectations. */
final class ResultTable {
    private static final int WIDTH = 100, LABEL = 31, COLUMN = 20, RIGHT = 66;
    private static final int COLUMNS_PER_BLOCK = 3;
    private static final String[] NUMBERS = {
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"
    };
    /** The row that lists every instruction to blame, not the first alone. */
    private static final String CULPRITS = "culprits";

    /** The row that shows what the modelled cycles are made of. */
    private static final String BILL = "bill";

    private static final Map<String, String> ROW_LABELS = new LinkedHashMap<>();

    static {
        ROW_LABELS.put("direct", "executed directly");
        ROW_LABELS.put("emulated", "emulated");
        ROW_LABELS.put("hiddenFaults", "hidden faults");
        ROW_LABELS.put("trueFaults", "true faults");
        ROW_LABELS.put("cycles", "cycles (modelled)");
    }

    /** A space at which no line is broken. */
    private static final char UNBROKEN = '\u00a0';

    private final ExperimentResult result;
    private final StringBuilder out = new StringBuilder();

    ResultTable(ExperimentResult result) {
        this.result = result;
    }

    /** The rows that a script can ask for by name: those always shown, then the others. */
    static List<String> rowNames() {
        List<String> names = new ArrayList<>(List.of("instructions", "exits", CULPRITS, BILL));
        names.addAll(ROW_LABELS.keySet());
        return names;
    }

    String render() {
        String server = result.spec().server().title();
        line(apart(result.spec().title(), server, LABEL + COLUMN));
        List<ExperimentResult.Run> runs = result.runs();
        for (int from = 0; from < runs.size(); from += COLUMNS_PER_BLOCK) {
            line("");
            block(runs.subList(from, Math.min(runs.size(), from + COLUMNS_PER_BLOCK)));
        }
        for (ExperimentResult.Run run : runs) {
            run.divergence().ifPresent(divergence -> difference(run, divergence));
        }
        if (result.spec().rows().contains(BILL)) {
            bill();
        }
        if (!result.held().isEmpty()) {
            line("");
        }
        for (ExperimentResult.Held held : result.held()) {
            line("expect  " + (held.held() ? "[held]  " : "[FAILED]  ") + held.expectation().text());
        }
        return out.toString();
    }

    private void line(String text) {
        out.append(text.replace(UNBROKEN, ' ').stripTrailing()).append('\n');
    }

    /** Two texts on one line, the second from {@code column} or as far left as it must; on a line of its own if need be. */
    private static String apart(String left, String right, int column) {
        int at = Math.min(column, WIDTH - right.length());
        if (left.length() + 2 > at) {
            return left + "\n" + " ".repeat(Math.max(2, at)) + right;
        }
        return pad(left, at) + right;
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    // ---- the table

    private void block(List<ExperimentResult.Run> runs) {
        row("", runs, run -> run.setting().label());
        row("guest kernel runs in", runs, ExperimentResult.Run::placement);
        for (CheckpointRow row : checkpointRows()) {
            row(row.label(), runs, row::cell);
        }
        row("equivalent to bare", runs, run -> run.equivalent().map(same -> same ? "yes" : "NO").orElse("reference"));
        row("stopped", runs, run -> run.stopped() + (run.exitCode() == 0 ? "" : " " + run.exitCode()));
        row("guest instructions", runs, run -> Long.toString(run.instructions()));
        row("exits", runs, ResultTable::exits);
        for (String extra : new LinkedHashSet<>(result.spec().rows())) {
            if (ROW_LABELS.containsKey(extra)) {
                row(ROW_LABELS.get(extra), runs, run -> counter(run, extra));
            }
        }
    }

    private static String exits(ExperimentResult.Run run) {
        long total = run.exits().values().stream().mapToLong(Long::longValue).sum();
        List<String> reasons = new ArrayList<>();
        run.exits().forEach((reason, count) -> {
            if (count != 0) {
                // a reason and its count stay on one line
                reasons.add((reason + " " + count).replace(' ', UNBROKEN));
            }
        });
        return total + (reasons.isEmpty() ? "" : "  (" + String.join(", ", reasons) + ")");
    }

    private static String counter(ExperimentResult.Run run, String name) {
        Map<String, Long> counters = run.counters();
        if (name.equals("direct")) {
            long software = counters.getOrDefault("emulated", 0L) + counters.getOrDefault("interpreted", 0L);
            return Long.toString(run.instructions() - software);
        }
        return Long.toString(name.equals("cycles") ? run.bill().cycles() : counters.getOrDefault(name, 0L));
    }

    private void row(String label, List<ExperimentResult.Run> runs, Function<ExperimentResult.Run, String> cell) {
        List<List<String>> cells = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < runs.size(); i++) {
            int start = LABEL + i * COLUMN;
            int width = i == runs.size() - 1 ? WIDTH - start : COLUMN - 1;
            List<String> lines = wrap(cell.apply(runs.get(i)), width);
            height = Math.max(height, lines.size());
            cells.add(lines);
        }
        String first = label.isEmpty() ? "" : "  " + label;
        if (first.length() >= LABEL) {
            line(first);
            first = "";
        }
        for (int k = 0; k < height; k++) {
            StringBuilder text = new StringBuilder(pad(k == 0 ? first : "", LABEL));
            for (List<String> lines : cells) {
                text.append(pad(k < lines.size() ? lines.get(k) : "", COLUMN));
            }
            line(text.toString());
        }
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int cut = space <= 0 ? width : space;
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).strip();
        }
        lines.add(rest);
        return lines;
    }

    // ---- checkpoints

    /** One value of one checkpoint at one arrival. */
    private record CheckpointRow(String checkpoint, int visit, boolean only, String value, ExperimentResult.Run reference) {
        String label() {
            return "checkpoint '" + checkpoint + "'" + (only ? "" : " #" + visit) + "  " + value;
        }

        String cell(ExperimentResult.Run run) {
            Optional<String> hex = hex(run);
            if (hex.isEmpty()) {
                return "not reached";
            }
            Optional<String> expected = reference == null ? hex : hex(reference);
            boolean same = run == reference || expected.equals(hex);
            return hex.get() + (same || expected.isEmpty() ? "" : "  " + note(run, expected.get(), hex.get()));
        }

        private Optional<String> hex(ExperimentResult.Run run) {
            return ResultTable.arrival(run, checkpoint, visit).map(arrival -> arrival.values().get(value));
        }

        /** What a differing value means, where one bit says it. */
        private static String note(ExperimentResult.Run run, String expected, String actual) {
            boolean flag = run.divergence().stream()
                    .flatMap(divergence -> divergence.differences().stream())
                    .anyMatch(change -> change.name().equals("virtual IF"));
            if (flag && !expected.contains("-") && !actual.contains("-")) {
                long difference = Long.parseLong(expected, 16) ^ Long.parseLong(actual, 16);
                if (difference == ringside.arch.Eflags.IF) {
                    return (Long.parseLong(actual, 16) & ringside.arch.Eflags.IF) != 0 ? "IF still set" : "IF still clear";
                }
            }
            return "differs";
        }
    }

    private static Optional<ExperimentResult.Arrival> arrival(ExperimentResult.Run run, String checkpoint, int visit) {
        return run.checkpoints().stream()
                .filter(arrival -> arrival.checkpoint().equals(checkpoint) && arrival.visit() == visit)
                .findFirst();
    }

    private List<CheckpointRow> checkpointRows() {
        ExperimentResult.Run reference = result.runs().stream()
                .filter(run -> run.setting().mode().equals("bare"))
                .findFirst()
                .orElse(null);
        List<CheckpointRow> rows = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Checkpoint checkpoint : result.spec().guest().checkpoints()) {
            if (names.add(checkpoint.name())) {
                int visits = visits(checkpoint.name());
                int shown = shown(checkpoint.name(), visits);
                for (String value : values(checkpoint, shown)) {
                    rows.add(new CheckpointRow(checkpoint.name(), shown, visits <= 1, value, reference));
                }
            }
        }
        return rows;
    }

    private int visits(String checkpoint) {
        return result.runs().stream()
                .mapToInt(run -> (int) run.checkpoints().stream()
                        .filter(arrival -> arrival.checkpoint().equals(checkpoint))
                        .count())
                .max()
                .orElse(0);
    }

    /** The first arrival at which the runs differ, else the last. */
    private int shown(String checkpoint, int visits) {
        for (int visit = 1; visit <= visits; visit++) {
            Set<Object> seen = new LinkedHashSet<>();
            for (ExperimentResult.Run run : result.runs()) {
                seen.add(arrival(run, checkpoint, visit).map(ExperimentResult.Arrival::values));
            }
            if (seen.size() > 1) {
                return visit;
            }
        }
        return Math.max(1, visits);
    }

    private Set<String> values(Checkpoint checkpoint, int visit) {
        Set<String> values = new LinkedHashSet<>();
        for (ExperimentResult.Run run : result.runs()) {
            arrival(run, checkpoint.name(), visit).ifPresent(arrival -> values.addAll(arrival.values().keySet()));
        }
        if (values.isEmpty()) {
            checkpoint.values().forEach(value -> values.add(value.text()));
        }
        return values;
    }

    // ---- costs

    private void bill() {
        line("");
        line("Cycles, modelled from counted events at the prices of a " + result.spec().costs().generation() + ":");
        for (ExperimentResult.Run run : result.runs()) {
            paragraph(pad("  " + run.setting().label(), LABEL - 2) + "  ", run.bill().cycles() + " = " + run.bill());
        }
    }

    // ---- differences

    private void difference(ExperimentResult.Run run, Divergence divergence) {
        boolean several = result.runs().stream().filter(one -> one.divergence().isPresent()).count() > 1;
        String name = run.setting().label();
        String whose = several ? "First difference of " + name + ": " : "First difference: ";
        line("");
        if (divergence.instruction() == 0) {
            line(whose + "no instruction, in lock step both stay alike");
        } else {
            String place = divergence.line().isEmpty() ? "" : ", " + divergence.line();
            String code = String.format("%08x  %s  %s", divergence.la(), divergence.bytes(), divergence.text());
            line(apart(whose + "guest instruction " + divergence.instruction() + place, code, RIGHT));
        }
        divergence.differences().stream().findFirst().ifPresent(change -> line("  " + change.name() + "   bare "
                + change.reference() + "   " + name + " " + change.observed()));
        paragraph("  why   ", divergence.why());
        line(apart("  seen  " + divergence.seen() + later(divergence), divergence.source(), RIGHT));
        culprits(divergence);
    }

    private void culprits(Divergence divergence) {
        String list = String.join(", ", divergence.culprits());
        if (!divergence.cured().orElse(true)) {
            paragraph("  but   ", "with " + list + " carried out by the VMM something still differs: a defect of Ringside");
        } else if (result.spec().rows().contains(CULPRITS) && !list.isEmpty()) {
            String all = divergence.cured().isPresent() ? ": with all of them carried out by the VMM nothing differs" : ", ...";
            paragraph("  all   ", list + all);
        }
    }

    private void paragraph(String head, String text) {
        List<String> lines = wrap(text, WIDTH - head.length());
        for (int i = 0; i < lines.size(); i++) {
            line((i == 0 ? head : " ".repeat(head.length())) + lines.get(i));
        }
    }

    private static String later(Divergence divergence) {
        if (divergence.instruction() == 0) {
            return ": bare " + divergence.reference() + ", here " + divergence.observed();
        }
        long later = divergence.later();
        String count = later < NUMBERS.length ? NUMBERS[(int) later] : Long.toString(later);
        return later == 0 ? ", at once" : ", " + count + (later == 1 ? " instruction later" : " instructions later");
    }
}
