package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import ringside.guest.SourceLine;
import ringside.isa.Disassembler;
import ringside.isa.Insn;
import ringside.vmm.Modes;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.VirtualMachine;

/** Compares a run with the bare one; where they part, names the culprit, the rule, and what first shows it. */
final class Blame {
    private static final String DEFECT =
            "no rule of the manual explains it under this mode: a defect of Ringside, please report it";

    /** Runs longer than this are not repeated to prove that nothing else is to blame. */
    private static final long LONGEST_CURE = 200_000;

    private static final int MOST_CULPRITS = 12;

    /** A short run is repeated more often. */
    private static final int SHORT = 20_000, MOST_CULPRITS_OF_SHORT = 80;

    private final ExperimentSpec experiment;
    private final Setting bare;

    Blame(ExperimentSpec experiment, Setting bare) {
        this.experiment = experiment;
        this.bare = bare;
    }

    /** The divergence of {@code observed} from {@code reference}, or nothing where the guest could not tell. */
    Optional<Divergence> of(Recording reference, Recording observed) {
        if (observed.ported()) {
            return PortedComparison.of(experiment, reference, observed);
        }
        Optional<Divergence> first = find(reference, observed, Set.of());
        if (first.isPresent() && !first.get().listed() && dueToRules(reference, observed.setting)) {
            return first.map(Divergence::byScript);
        }
        List<String> reached =
                observed.machine.control().map(ResourceControl::devices).orElse(List.of());
        if (first.isPresent() && !first.get().listed() && !reached.isEmpty()) {
            return first.map(divergence -> divergence.byDevice(reached.getFirst()));
        }
        boolean worthTrying = first.isPresent()
                && first.get().listed()
                && observed.machine.retired() <= LONGEST_CURE
                && observed.machine.carryOut(first.get().la());
        return worthTrying ? Optional.of(cure(reference, observed.setting, first.get())) : first;
    }

    /** Whether nothing differs without the script's own translation rules. */
    private boolean dueToRules(Recording reference, Setting setting) {
        if (experiment.rules().isEmpty()) {
            return false;
        }
        Recording plain = new Recording(experiment.translating(List.of()), setting).run();
        return Seen.first(reference, plain) == null;
    }

    /** Lets the VMM carry out one culprit after the other until nothing differs: then nothing else is to blame. */
    private Divergence cure(Recording reference, Setting setting, Divergence first) {
        Set<Integer> sites = new LinkedHashSet<>();
        List<String> culprits = new ArrayList<>();
        Divergence next = first;
        int most = reference.machine.retired() <= SHORT ? MOST_CULPRITS_OF_SHORT : MOST_CULPRITS;
        while (culprits.size() < most) {
            boolean again = !sites.add(next.la());
            if (again || !next.listed()) {
                return first.with(culprits, Optional.of(false));
            }
            culprits.add(String.format("%s %08x", next.mnemonic(), next.la()));
            Optional<Divergence> left = find(reference, new Recording(experiment, setting, sites).run(), sites);
            if (left.isEmpty()) {
                return first.with(culprits, Optional.of(true));
            }
            next = left.get();
        }
        return first.with(culprits, Optional.empty());
    }

    private Optional<Divergence> find(Recording reference, Recording observed, Set<Integer> carriedOut) {
        Seen seen = Seen.first(reference, observed);
        if (seen == null) {
            return Optional.empty();
        }
        long last = Math.min(seen.retired() + 1, experiment.budget());
        LockStep.Parting parting = new LockStep(new LockStep.Pair() {
                    @Override
                    public VirtualMachine reference() {
                        return Recording.machine(experiment, bare, Set.of());
                    }

                    @Override
                    public VirtualMachine observed() {
                        return Recording.machine(experiment, observed.setting, carriedOut);
                    }
                })
                .find(Math.max(1, last));
        return Optional.of(parting == null ? unexplained(seen) : explained(parting, seen, observed.setting));
    }

    private Divergence explained(LockStep.Parting parting, Seen seen, Setting setting) {
        Insn insn = parting.insn();
        boolean exposed = Modes.named(setting.mode()).exposes(setting.options(), parting.cpl());
        Optional<Rule> rule = exposed ? Rule.find(insn, parting.differences(), ring(setting)) : Optional.empty();
        int real = Math.max(parting.cpl(), ring(setting));
        int iopl = Integer.parseInt(setting.options().getOrDefault("iopl", "0"));
        return new Divergence(
                seen.checkpoint(),
                parting.number(),
                parting.la(),
                parting.bytes(),
                Disassembler.text(insn, parting.eip()),
                Rule.word(insn).toUpperCase(Locale.ROOT),
                experiment
                        .guest()
                        .lineAt(parting.la())
                        .map(SourceLine::toString)
                        .orElse(""),
                parting.differences().stream()
                        .map(d -> new Divergence.Change(d.name(), d.reference(), d.observed()))
                        .toList(),
                rule.map(found -> found.why(real, iopl)).orElse(DEFECT),
                rule.map(Rule::source).orElse(""),
                rule.isPresent(),
                seen.where(),
                Math.max(0, seen.retired() - parting.number()),
                seen.reference(),
                seen.observed(),
                List.of(),
                Optional.empty());
    }

    private static int ring(Setting setting) {
        return Integer.parseInt(setting.options().getOrDefault("ring", "1"));
    }

    /** The lock step found both alike at every instruction, and yet something was seen. */
    private static Divergence unexplained(Seen seen) {
        return new Divergence(
                seen.checkpoint(),
                0,
                0,
                "",
                "",
                "",
                "",
                List.of(),
                DEFECT,
                "",
                false,
                seen.where(),
                0,
                seen.reference(),
                seen.observed(),
                List.of(),
                Optional.empty());
    }

    /**
     * The first thing visible from outside that differs.
     *
     * @param checkpoint its name, or empty
     * @param where in words
     * @param retired guest instructions completed by then, on the machine that came there first
     */
    record Seen(String checkpoint, String where, long retired, String reference, String observed) {
        /** Checkpoints and ports in the order of time, then consoles, the end of the run, the final state. */
        static Seen first(Recording a, Recording b) {
            Seen checkpoint = checkpoints(a, b);
            Seen port = ports(a, b);
            if (checkpoint != null && (port == null || checkpoint.retired <= port.retired)) {
                return checkpoint;
            }
            return port != null ? port : ending(a, b);
        }

        private static Seen checkpoints(Recording a, Recording b) {
            int both = Math.min(a.observations.size(), b.observations.size());
            for (int i = 0; i < both; i++) {
                Observation x = a.observations.get(i);
                Observation y = b.observations.get(i);
                if (!x.checkpoint().equals(y.checkpoint()) || x.la() != y.la() || x.retired() != y.retired()) {
                    return new Seen(x.checkpoint(), at(x), Math.max(x.retired(), y.retired()), at(x), at(y));
                }
                for (int k = 0; k < x.values().size(); k++) {
                    String left = x.values().get(k).hex();
                    String right = y.values().get(k).hex();
                    if (!left.equals(right)) {
                        return new Seen(x.checkpoint(), at(x), x.retired(), left, right);
                    }
                }
            }
            if (a.observations.size() == b.observations.size()) {
                return null;
            }
            boolean missing = a.observations.size() > both;
            Observation only = missing ? a.observations.get(both) : b.observations.get(both);
            String never = "never reached";
            return new Seen(
                    only.checkpoint(),
                    at(only),
                    only.retired(),
                    missing ? at(only) : never,
                    missing ? never : at(only));
        }

        private static String at(Observation observation) {
            String visit = observation.visit() > 1 ? " (arrival " + observation.visit() + ")" : "";
            return "at checkpoint '" + observation.checkpoint() + "'" + visit;
        }

        private static Seen ports(Recording a, Recording b) {
            int both = Math.min(a.ports.size(), b.ports.size());
            for (int i = 0; i < both; i++) {
                Recording.PortAccess x = a.ports.get(i);
                Recording.PortAccess y = b.ports.get(i);
                if (!x.sameAs(y)) {
                    return new Seen(
                            "",
                            "in port access " + (i + 1),
                            Math.max(x.retired(), y.retired()),
                            x.toString(),
                            y.toString());
                }
            }
            if (a.ports.size() == b.ports.size()) {
                return null;
            }
            boolean missing = a.ports.size() > both;
            Recording.PortAccess only = missing ? a.ports.get(both) : b.ports.get(both);
            String none = "none";
            return new Seen(
                    "",
                    "in port access " + (both + 1),
                    only.retired() + 1,
                    missing ? only.toString() : none,
                    missing ? none : only.toString());
        }

        private static Seen ending(Recording a, Recording b) {
            long end = Math.max(a.machine.retired(), b.machine.retired());
            if (!a.consoles().equals(b.consoles())) {
                return new Seen(
                        "",
                        "on the console",
                        end,
                        a.consoles().toString(),
                        b.consoles().toString());
            }
            if (!a.stopped.equals(b.stopped) || a.exitCode != b.exitCode) {
                return new Seen("", "in how the run ends", end, a.stopped, b.stopped);
            }
            if (a.machine.retired() != b.machine.retired()) {
                return new Seen(
                        "",
                        "in how long it runs",
                        end,
                        Long.toString(a.machine.retired()),
                        Long.toString(b.machine.retired()));
            }
            if (a.stopped.equals(Recording.LIVELOCK)) {
                return null; // each was given up somewhere in the same endless faults
            }
            List<Difference> differences = Difference.between(a.machine, b.machine);
            if (differences.isEmpty()) {
                return null;
            }
            Difference first = differences.getFirst();
            return new Seen("", "in the final state, " + first.name(), end, first.reference(), first.observed());
        }
    }
}
