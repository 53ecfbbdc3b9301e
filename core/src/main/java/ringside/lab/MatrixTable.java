package ringside.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Lays a matrix out: what the guest sees on the bare machine, and under each setting where that differs. */
final class MatrixTable {
    private static final int WIDTH = 120, GAP = 2;
    private static final String SAME = "equal";

    private final MatrixResult result;
    private final StringBuilder out = new StringBuilder();

    MatrixTable(MatrixResult result) {
        this.result = result;
    }

    String render() {
        if (result.results().isEmpty()) {
            return result.spec().title() + "\n";
        }
        String server = result.results().getFirst().spec().server().title();
        int room = Math.max(GAP, 100 - result.spec().title().length() - server.length());
        line(result.spec().title() + " ".repeat(room) + server);
        line("");
        table();
        line("");
        for (String label : result.spec().equivalent()) {
            held(
                    result.equivalent(label),
                    "every row" + (anyOpen() ? " but * " : " ") + "is equivalent under " + label);
        }
        boolean named =
                result.spec().rows().stream().anyMatch(row -> !row.culprit().isEmpty());
        if (named) {
            List<String> strangers = result.strangers();
            String text = "where a row differs, its own instruction is to blame";
            held(strangers.isEmpty(), text + (strangers.isEmpty() ? "" : ", but " + String.join("; ", strangers)));
        }
        return out.toString().stripTrailing() + "\n";
    }

    private boolean anyOpen() {
        return result.spec().rows().stream().anyMatch(MatrixSpec.Row::open);
    }

    private void held(boolean held, String text) {
        line("expect  " + (held ? "[held]  " : "[FAILED]  ") + text);
    }

    private void table() {
        List<Setting> settings = result.settings();
        List<List<String>> lines = new ArrayList<>();
        List<String> modes = new ArrayList<>(List.of(result.spec().heading(), "what it sees"));
        List<String> options = new ArrayList<>(List.of("", ""));
        for (Setting setting : settings) {
            modes.add(setting.mode());
            options.add(setting.label().substring(setting.mode().length()).strip());
        }
        lines.add(modes);
        if (!String.join("", options).isEmpty()) {
            lines.add(options);
        }
        for (int row = 0; row < result.results().size(); row++) {
            lines.add(row(row, settings));
        }
        List<String> sum = new ArrayList<>(List.of("rows that differ", ""));
        for (Setting setting : settings) {
            boolean reference = setting.mode().equals("bare");
            sum.add(
                    reference
                            ? "reference"
                            : Integer.toString(result.different(setting).size()));
        }
        int[] widths = widths(lines, sum);
        lines.forEach(cells -> line(join(cells, widths)));
        line("");
        line(join(sum, widths));
        if (anyOpen()) {
            line("  * left open by the manual: a difference is no defect, and tells all the same");
        }
    }

    private static int[] widths(List<List<String>> lines, List<String> last) {
        int[] widths = new int[last.size()];
        List<List<String>> all = new ArrayList<>(lines);
        all.add(last);
        for (List<String> cells : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cells.get(i).length());
            }
        }
        // what does not fit is cut at the widest columns, evenly
        while (Arrays.stream(widths).sum() + GAP * (widths.length + 1) > WIDTH) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static String join(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String cut = cell.length() > widths[i] ? cell.substring(0, widths[i] - 1) + "~" : cell;
            text.append(" ".repeat(GAP)).append(cut).append(" ".repeat(widths[i] - cut.length()));
        }
        return text.toString();
    }

    private void line(String text) {
        out.append(text.stripTrailing()).append('\n');
    }

    // ---- cells

    private List<String> row(int row, List<Setting> settings) {
        ExperimentResult experiment = result.results().get(row);
        Watched watched = Watched.of(experiment);
        MatrixSpec.Row spec = result.spec().rows().get(row);
        List<String> cells = new ArrayList<>(List.of(spec.name() + (spec.open() ? " *" : ""), watched.title()));
        for (Setting setting : settings) {
            ExperimentResult.Run run = result.run(row, setting);
            cells.add(setting.mode().equals("bare") ? watched.in(run) : cell(run, watched));
        }
        return cells;
    }

    private static String cell(ExperimentResult.Run run, Watched watched) {
        return run.divergence()
                .map(divergence -> seen(run, watched, divergence))
                .orElse(SAME);
    }

    private static String seen(ExperimentResult.Run run, Watched watched, Divergence divergence) {
        String value = watched.in(run);
        if (!value.equals(watched.reference)) {
            return value;
        }
        // the watched value is alike: what differs shows elsewhere
        return divergence.differences().stream()
                .findFirst()
                .map(change -> change.name() + " " + change.observed())
                .orElse(divergence.seen());
    }

    /** The value of a checkpoint that tells most: the first that differs anywhere, else the first there is. */
    private record Watched(String checkpoint, int visit, String value, String reference) {
        static Watched of(ExperimentResult experiment) {
            List<ExperimentResult.Run> runs = experiment.runs();
            Watched first = null;
            for (ExperimentResult.Run any : runs) {
                for (ExperimentResult.Arrival arrival : any.checkpoints()) {
                    for (String name : arrival.values().keySet()) {
                        Watched one = new Watched(arrival.checkpoint(), arrival.visit(), name, "");
                        List<String> values =
                                runs.stream().map(one::in).distinct().toList();
                        first = first == null ? one : first;
                        if (values.size() > 1) {
                            return one.against(runs.getFirst());
                        }
                    }
                }
            }
            return first == null ? new Watched("", 0, "", "") : first.against(runs.getFirst());
        }

        private Watched against(ExperimentResult.Run run) {
            return new Watched(checkpoint, visit, value, in(run));
        }

        String title() {
            return checkpoint.isEmpty() ? "" : "'" + checkpoint + "' " + value;
        }

        /** As a run saw it. */
        String in(ExperimentResult.Run run) {
            Optional<ExperimentResult.Arrival> there = run.checkpoints().stream()
                    .filter(arrival -> arrival.checkpoint().equals(checkpoint) && arrival.visit() == visit)
                    .findFirst();
            if (there.isPresent()) {
                return there.get().values().getOrDefault(value, "--");
            }
            return run.checkpoints().stream()
                    .findFirst()
                    .map(other -> "'" + other.checkpoint() + "' instead")
                    .orElse(run.stopped());
        }
    }
}
