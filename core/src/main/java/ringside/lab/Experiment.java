package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.lab.cost.Bill;

/** Runs experiments. */
public final class Experiment {
    private static final String BARE = "bare";

    private Experiment() {}

    /** The names that {@link ExperimentSpec#rows} may hold. */
    public static List<String> rowNames() {
        return ResultTable.rowNames();
    }

    /** Runs the guest under each setting, compares each with bare, and evaluates what was expected. */
    public static ExperimentResult run(ExperimentSpec spec) {
        Setting bare = spec.settings().stream()
                .filter(setting -> setting.mode().equals(BARE))
                .findFirst()
                .orElse(new Setting(BARE));
        Recording reference = new Recording(spec, bare).run();
        Blame blame = new Blame(spec, bare);
        List<ExperimentResult.Run> runs = new ArrayList<>();
        for (Setting setting : spec.settings()) {
            boolean isReference = setting.mode().equals(BARE);
            Recording recording = isReference ? reference : new Recording(spec, setting).run();
            Optional<Divergence> divergence = isReference ? Optional.empty() : blame.of(reference, recording);
            Optional<Boolean> equivalent = isReference ? Optional.empty() : Optional.of(divergence.isEmpty());
            Bill bill = spec.costs().price(recording.machine.activity().asMap());
            runs.add(result(recording, equivalent, divergence, bill));
        }
        List<ExperimentResult.Held> held = spec.expectations().stream()
                .map(expectation -> new ExperimentResult.Held(expectation, holds(expectation, runs)))
                .toList();
        return new ExperimentResult(spec, runs, held);
    }

    private static ExperimentResult.Run result(
            Recording recording, Optional<Boolean> equivalent, Optional<Divergence> divergence, Bill bill) {
        List<ExperimentResult.Arrival> arrivals = new ArrayList<>();
        for (Observation observation : recording.observations) {
            Map<String, String> values = new LinkedHashMap<>();
            observation.values().forEach(seen -> values.put(seen.text(), seen.hex()));
            arrivals.add(new ExperimentResult.Arrival(observation.checkpoint(), observation.visit(), values));
        }
        return new ExperimentResult.Run(
                recording.setting,
                recording.machine.placement(),
                arrivals,
                equivalent,
                divergence,
                recording.stopped,
                recording.exitCode,
                recording.machine.retired(),
                recording.machine.exits().asMap(),
                recording.machine.counters().asMap(),
                bill);
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
            case Expectation.Equivalent equivalent -> run.divergence().isEmpty();
            case Expectation.Diverges diverges ->
                run.divergence()
                        .map(found -> (diverges.at().isEmpty() || diverges.at().equals(found.checkpoint()))
                                && (diverges.because().isEmpty()
                                        || diverges.because().equalsIgnoreCase(found.mnemonic())))
                        .orElse(false);
            case Expectation.Stops stops -> run.stopped().equals(stops.reason());
        };
    }
}
