package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** One guest under every legal setting: each mode with each of its memory strategies and main options. */
public final class Comparison {
    /** The strategy with which every reference faults, a hundred times slower than the others. */
    static final String SLOWEST = "perReference";

    /** Guest instructions that a comparison nobody gave a budget spends on it. */
    public static final long BUDGET_OF_SLOWEST = 1_000_000;

    private Comparison() {}

    /**
     * What to try; everything where both are empty.
     *
     * @param modes the modes, in addition to bare
     * @param memories the memory strategies
     */
    public record Choice(Set<String> modes, Set<String> memories) {
        public static final Choice EVERYTHING = new Choice(Set.of(), Set.of());

        public Choice {
            modes.forEach(Modes::named);
            List<String> known = Modes.ALL.stream()
                    .flatMap(mode -> mode.memories().stream())
                    .distinct()
                    .toList();
            for (String memory : memories) {
                if (!known.contains(memory)) {
                    throw new RingsideException(
                            "unknown memory strategy '" + memory + "'",
                            "",
                            NearMiss.hint(memory, known, "there are " + String.join(", ", known)));
                }
            }
        }

        /** The settings, bare first, in the order of the registry. */
        public List<Setting> settings() {
            List<Setting> all = new ArrayList<>();
            for (Mode mode : Modes.ALL) {
                if (mode.memories().isEmpty()) {
                    all.add(new Setting(mode.name()));
                } else if (modes.isEmpty() || modes.contains(mode.name())) {
                    mode.memories().stream()
                            .filter(memory -> memories.isEmpty() || memories.contains(memory))
                            .forEach(memory -> all.addAll(variants(mode, memory)));
                }
            }
            return all;
        }

        private static List<Setting> variants(Mode mode, String memory) {
            List<Setting> made = List.of(new Setting(mode.name(), memory, "interpreter", new TreeMap<>()));
            for (Mode.Option option : mode.options()) {
                if (option.compared()) {
                    List<Setting> before = made;
                    made = option.values().stream()
                            .flatMap(value -> before.stream().map(setting -> setting.with(option.name(), value)))
                            .toList();
                }
            }
            return made;
        }
    }

    /**
     * Runs the guest of {@code guest} under {@code choice}; the settings and expectations of the specification itself do not
     * count.
     *
     * @param slowest the budget where every reference faults, if it is less than the guest's
     * @param doing hears what is being run
     */
    public static ComparisonResult run(ExperimentSpec guest, Choice choice, long slowest, Consumer<String> doing) {
        List<Setting> settings = choice.settings();
        ExperimentSpec spec = new ExperimentSpec(
                guest.title(),
                guest.server(),
                guest.guest(),
                settings,
                List.of(),
                List.of(),
                guest.costs(),
                guest.rules(),
                guest.budget(),
                guest.hypercalls());
        doing.accept("bare");
        boolean comparesForms = spec.hypercalls().isEmpty();
        Trial trial = new Trial(spec, comparesForms);
        Trial slow = spec.budget() <= slowest ? trial : null;
        List<ExperimentResult.Run> runs = new ArrayList<>();
        List<ComparisonResult.Refused> refused = new ArrayList<>();
        for (Setting setting : settings) {
            doing.accept(setting.label());
            Optional<Mode.Refusal> refusal = Modes.refusal(setting.mode(), Recording.specification(spec, setting));
            if (refusal.isPresent()) {
                refused.add(new ComparisonResult.Refused(
                        setting, refusal.get().reason(), refusal.get().remedy()));
            } else if (setting.memory().equals(SLOWEST)) {
                slow = slow == null ? new Trial(spec.within(slowest), comparesForms) : slow;
                runs.add(slow.run(setting));
            } else {
                runs.add(trial.run(setting));
            }
        }
        return new ComparisonResult(spec, runs, refused, false);
    }
}
