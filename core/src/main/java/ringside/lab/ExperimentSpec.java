package ringside.lab;

import java.util.List;
import java.util.Set;
import ringside.guest.GuestImage;
import ringside.lab.cost.CostModel;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.rule.RuleChange;

/**
 * An experiment as data: what a script's {@code experiment} block describes.
 *
 * @param title first line of the report
 * @param server what it runs on
 * @param guest the program under test
 * @param settings the columns, in order; equivalence needs {@code bare} among them, else it is run but not shown
 * @param expectations in the order written
 * @param rows further counters that the table shows, by name ({@code hiddenFaults}, {@code emulated})
 * @param costs prices of what is counted
 * @param rules changes to the translation rules of modes that have any
 * @param budget guest instructions after which a run is ended
 * @param hypercalls that the VMMs offer beside their own
 * @param questions what is to be explained
 */
public record ExperimentSpec(
        String title,
        ServerSpec server,
        GuestImage guest,
        List<Setting> settings,
        List<Expectation> expectations,
        List<String> rows,
        CostModel costs,
        List<RuleChange> rules,
        long budget,
        List<GuestCall> hypercalls,
        List<Question> questions)
        implements Study {
    /** Budget of an experiment that gives none. */
    public static final long DEFAULT_BUDGET = 10_000_000;

    public ExperimentSpec {
        settings = List.copyOf(settings);
        expectations = List.copyOf(expectations);
        rows = List.copyOf(rows);
        rules = List.copyOf(rules);
        hypercalls = List.copyOf(hypercalls);
        questions = List.copyOf(questions);
    }

    /** An experiment that explains nothing. */
    public ExperimentSpec(
            String title,
            ServerSpec server,
            GuestImage guest,
            List<Setting> settings,
            List<Expectation> expectations,
            List<String> rows,
            CostModel costs,
            List<RuleChange> rules,
            long budget,
            List<GuestCall> hypercalls) {
        this(title, server, guest, settings, expectations, rows, costs, rules, budget, hypercalls, List.of());
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return List.of(this);
    }

    @Override
    public ExperimentResult investigate() {
        return Experiment.run(this);
    }

    /** An experiment with the rules and hypercalls that the modes have, at the prices of its server's processor. */
    public ExperimentSpec(
            String title,
            ServerSpec server,
            GuestImage guest,
            List<Setting> settings,
            List<Expectation> expectations,
            List<String> rows,
            long budget) {
        this(
                title,
                server,
                guest,
                settings,
                expectations,
                rows,
                CostModel.of(server.cpu()),
                List.of(),
                budget,
                List.of());
    }

    /** A guest on a server, with everything else left open: under no setting yet. */
    public static ExperimentSpec of(GuestImage guest, ServerSpec server) {
        return new ExperimentSpec(guest.name(), server, guest, List.of(), List.of(), List.of(), DEFAULT_BUDGET);
    }

    /** The same experiment with another budget. */
    public ExperimentSpec within(long instructions) {
        return new ExperimentSpec(
                title, server, guest, settings, expectations, rows, costs, rules, instructions, hypercalls, questions);
    }

    /** The same experiment on another server, at the prices of its processor. */
    public ExperimentSpec on(ServerSpec other) {
        return new ExperimentSpec(
                title,
                other,
                guest,
                settings,
                expectations,
                rows,
                CostModel.of(other.cpu()),
                rules,
                budget,
                hypercalls,
                questions);
    }

    /** The same experiment with changes to translation rules. */
    public ExperimentSpec translating(List<RuleChange> changes) {
        return new ExperimentSpec(
                title, server, guest, settings, expectations, rows, costs, changes, budget, hypercalls, questions);
    }

    /** The same experiment, its VMMs offering further hypercalls. */
    public ExperimentSpec offering(List<GuestCall> calls) {
        return new ExperimentSpec(
                title, server, guest, settings, expectations, rows, costs, rules, budget, calls, questions);
    }

    /** The same experiment, explaining this. */
    public ExperimentSpec explaining(List<Question> asked) {
        return new ExperimentSpec(
                title, server, guest, settings, expectations, rows, costs, rules, budget, hypercalls, asked);
    }

    /** The guest under a setting, about to execute its first instruction. */
    public VirtualMachine machine(Setting setting) {
        return Recording.machine(this, setting, Set.of());
    }
}
