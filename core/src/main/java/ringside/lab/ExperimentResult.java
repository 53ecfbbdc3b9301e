package ringside.lab;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.lab.cost.Bill;
import ringside.vmm.spi.ResourceControl;

/**
 * What an experiment showed.
 *
 * @param runs one for each setting, in the order of the specification
 * @param held for each expectation, in order, whether it held
 * @param explained what the experiment asks, under each setting that it asks about
 */
public record ExperimentResult(ExperimentSpec spec, List<Run> runs, List<Held> held, List<Explained> explained)
        implements Report {
    /**
     * One setting's run.
     *
     * @param placement where the guest kernel ran
     * @param checkpoints the values of each arrival, in the order of time
     * @param divergence nothing where equivalent, or for {@code bare} itself
     * @param equivalent unknown where there was no reference to compare with, or for {@code bare} itself
     * @param direct guest instructions that the real processor completed; software carried out the others
     * @param control whether the VMM kept control; nothing for {@code bare}
     * @param exits by reason
     * @param counters what else was counted
     * @param bill what the processor and the VMM were busy with: counted; what it would have cost: modelled
     * @param messages what its devices had to report
     * @param domains the IOMMU's tables in words, where its guest works real devices
     */
    public record Run(
            Setting setting,
            String placement,
            List<Arrival> checkpoints,
            Optional<Boolean> equivalent,
            Optional<Divergence> divergence,
            String stopped,
            int exitCode,
            long instructions,
            long direct,
            Optional<ResourceControl> control,
            Map<String, Long> exits,
            Map<String, Long> counters,
            Bill bill,
            List<String> messages,
            List<String> domains) {
        /** The VMM kept timer, memory and ports. */
        public boolean controlled() {
            return control.map(ResourceControl::kept).orElse(true);
        }

        /** The share of guest instructions that the real processor executed, in percent: efficiency. */
        public double efficiency() {
            return instructions == 0 ? 100 : 100.0 * direct / instructions;
        }

        /** The guest could tell where it never may: a defect of Ringside. */
        public boolean unsound() {
            return divergence.map(Divergence::defect).orElse(false);
        }
    }

    /** An arrival at a checkpoint: its name, how often the guest had come by, and its values as text and hex. */
    public record Arrival(String checkpoint, int visit, Map<String, String> values) {}

    /** An expectation and whether it held. */
    public record Held(Expectation expectation, boolean held) {}

    public ExperimentResult {
        runs = List.copyOf(runs);
        held = List.copyOf(held);
        explained = List.copyOf(explained);
    }

    /** Whether every expectation held, and no divergence is a defect of Ringside or came where equivalence is promised. */
    @Override
    public boolean asExpected() {
        return held.stream().allMatch(Held::held) && runs.stream().noneMatch(Run::unsound);
    }

    /** The report as it goes to the screen: 100 columns, the same bytes each time. */
    @Override
    public String text() {
        StringBuilder text = new StringBuilder(new ResultTable(this).render());
        explained.forEach(one -> text.append("\n-- ").append(one.text()));
        return text.toString();
    }

    /** The report as JSON. */
    @Override
    public String json() {
        return ResultJson.of(this);
    }
}
