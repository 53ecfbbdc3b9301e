package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ringside.vmm.spi.ResourceControl;

/** Lays a comparison out: a line a setting, what was counted, what was refused, where runs part. */
final class ComparisonTable {
    private static final int EQUIVALENT = 11, CONTROLLED = 11, DIRECT = 9, STOPPED = 13, NUMBER = 12, SHORTEST = 36;
    private static final int LONGEST_SCRIPT = 120;

    private final ComparisonResult result;
    private final Screen screen = new Screen();
    /** Width of the column of settings. */
    private final int setting;

    ComparisonTable(ComparisonResult result) {
        this.result = result;
        this.setting = result.runs().stream()
                .mapToInt(run -> run.setting().label().length() + 4)
                .reduce(SHORTEST, Math::max);
    }

    String render() {
        String server = result.spec().server().title();
        screen.line(Screen.apart(result.spec().guest().name(), server, setting));
        screen.line("");
        row("", "equivalent", "controlled", "direct", "stopped", "instructions");
        result.runs().forEach(this::verdicts);
        horizon();
        screen.line("");
        result.runs().forEach(this::counts);
        if (!result.refused().isEmpty()) {
            screen.line("");
        }
        for (ComparisonResult.Refused one : result.refused()) {
            screen.paragraph(
                    Screen.pad("  " + one.setting().label() + " refused  ", setting),
                    one.reason() + "; " + one.remedy());
        }
        if (result.open()) {
            screen.line("");
            screen.line("The manual leaves open what this guest sees, its script says: a difference is no defect.");
        }
        new DivergenceText(screen, true).of(result.runs());
        lostControl();
        script();
        return screen.text();
    }

    private void row(String... cells) {
        int[] widths = {setting, EQUIVALENT, CONTROLLED, DIRECT, STOPPED};
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            text.append(Screen.pad((i == 0 ? "  " : "") + cells[i], widths[i]));
        }
        String number = cells[widths.length];
        screen.line(text + " ".repeat(Math.max(0, NUMBER - number.length())) + number);
    }

    private void verdicts(ExperimentResult.Run run) {
        String equivalent = run.equivalent()
                .map(same -> !same ? "NO" : cutShort(run) ? "so far" : "yes")
                .orElseGet(() -> without(run));
        String controlled =
                run.control().map(control -> control.kept() ? "yes" : "NO").orElse("no VMM");
        row(
                run.setting().label(),
                equivalent,
                controlled,
                ResultTable.percent(run),
                run.stopped() + (run.exitCode() == 0 ? "" : " " + run.exitCode()),
                Long.toString(run.instructions()));
    }

    private static boolean cutShort(ExperimentResult.Run run) {
        return run.stopped().equals("budget");
    }

    /** What "so far" means. */
    private void horizon() {
        List<ExperimentResult.Run> cut = result.runs().stream()
                .filter(run -> cutShort(run) && run.equivalent().orElse(false))
                .toList();
        if (!cut.isEmpty()) {
            String slowest = cut.stream()
                    .filter(run -> run.setting().memory().equals(Comparison.SLOWEST))
                    .filter(run -> run.instructions() < result.spec().budget())
                    .findFirst()
                    .map(run -> " (" + Comparison.SLOWEST + ", slow as it is: " + run.instructions() + ")")
                    .orElse("");
            screen.line("");
            screen.paragraph(
                    "  so far  ",
                    "equivalent up to the budget of " + result.spec().budget() + " guest instructions" + slowest
                            + "; nothing is known beyond: --budget N goes further");
        }
    }

    /** What stands in place of a verdict: forms of a guest cannot be compared to the end where the budget ended one. */
    private String without(ExperimentResult.Run run) {
        if (run.control().isEmpty()) {
            return "reference";
        }
        boolean cut = run.stopped().equals("budget")
                || result.runs().getFirst().stopped().equals("budget");
        return cut ? "cut short" : "no bare";
    }

    private void counts(ExperimentResult.Run run) {
        List<String> parts = new ArrayList<>();
        add(parts, run.counters());
        long total = run.exits().values().stream().mapToLong(Long::longValue).sum();
        if (run.control().isPresent()) {
            String reasons = nonzero(run.exits());
            String exits = "exits " + total + (reasons.isEmpty() ? "" : " (" + reasons + ")");
            parts.addFirst(exits);
            screen.paragraph(Screen.pad("  " + run.setting().label() + "  ", setting), String.join(", ", parts));
        }
    }

    private static void add(List<String> parts, Map<String, Long> counts) {
        counts.forEach((name, count) -> {
            if (count != 0) {
                parts.add(name + Screen.UNBROKEN + count);
            }
        });
    }

    private static String nonzero(Map<String, Long> counts) {
        List<String> parts = new ArrayList<>();
        add(parts, counts);
        return String.join(", ", parts);
    }

    private void lostControl() {
        for (ExperimentResult.Run run : result.runs()) {
            List<String> losses = run.control().map(ResourceControl::losses).orElse(List.of());
            if (!losses.isEmpty()) {
                screen.line("");
                screen.paragraph("Control lost by " + run.setting().label() + ": ", String.join(", ", losses));
            }
        }
    }

    private void script() {
        String script = result.reproduction();
        if (!script.isEmpty()) {
            screen.line("");
            boolean fits = script.lines().count() <= LONGEST_SCRIPT;
            screen.line(fits ? "This script shows it again:" : "--reproduce FILE writes a script that shows it again.");
            if (fits) {
                screen.line("");
                script.lines().forEach(line -> screen.line("    " + line));
            }
        }
    }
}
