package ringside.lab;

import java.util.List;

/** Runs experiments. */
public final class Experiment {
    private Experiment() {}

    /** The names that {@link ExperimentSpec#rows} may hold. */
    public static List<String> rowNames() {
        return ResultTable.rowNames();
    }

    /** Runs the guest under each setting, compares each with bare, evaluates what was expected, explains what was asked. */
    public static ExperimentResult run(ExperimentSpec spec) {
        Trial trial = new Trial(spec);
        List<ExperimentResult.Run> runs =
                spec.settings().stream().map(trial::run).toList();
        List<ExperimentResult.Held> held = spec.expectations().stream()
                .map(expectation -> new ExperimentResult.Held(expectation, holds(expectation, runs)))
                .toList();
        return new ExperimentResult(spec, runs, held, Explained.of(spec));
    }

    private static boolean holds(Expectation expectation, List<ExperimentResult.Run> runs) {
        ExperimentResult.Run run = runs.stream()
                .filter(one -> one.setting().label().equals(expectation.setting()))
                .findFirst()
                .orElse(null);
        if (run == null) {
            return false;
        }
        return switch (expectation) {
            case Expectation.Equivalent equivalent ->
                run.divergence().isEmpty()
                        && (run.equivalent().isPresent() || !run.stopped().equals("budget"));
            case Expectation.Diverges diverges ->
                run.divergence()
                        .map(found -> (diverges.at().isEmpty() || diverges.at().equals(found.checkpoint()))
                                && (diverges.because().isEmpty()
                                        || diverges.because().equalsIgnoreCase(found.mnemonic())))
                        .orElse(false);
            case Expectation.Controlled controlled -> run.controlled();
            case Expectation.Uncontrolled uncontrolled -> !run.controlled();
            case Expectation.Efficient efficient -> run.efficiency() >= efficient.percent();
            case Expectation.Stops stops -> run.stopped().equals(stops.reason());
        };
    }
}
