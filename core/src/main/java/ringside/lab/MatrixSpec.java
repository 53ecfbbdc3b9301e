package ringside.lab;

import java.util.List;
import ringside.guest.GuestImage;

/**
 * Several guests under the same settings, a line for each.
 *
 * @param title first line of the report
 * @param heading what the rows are: {@code instruction}
 * @param rows in the order of the script; all run under the same settings
 * @param equivalent labels of the settings under which every row is expected to be equivalent
 */
public record MatrixSpec(String title, String heading, List<Row> rows, List<String> equivalent) implements Study {
    /**
     * One guest.
     *
     * @param name what stands in front of its line
     * @param experiment its guest, server and settings; {@code bare} is among them or run unseen
     * @param culprit the mnemonic, upper case, that every divergence is expected to come from; empty for any
     * @param open the manual leaves open what the guest sees: a difference is no defect
     */
    public record Row(String name, ExperimentSpec experiment, String culprit, boolean open) {}

    public MatrixSpec {
        rows = List.copyOf(rows);
        equivalent = List.copyOf(equivalent);
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return rows.stream().map(Row::experiment).toList();
    }

    /** Whether a row has this guest, and says that the manual leaves open what it sees. */
    public boolean leavesOpen(GuestImage guest) {
        return rows.stream().anyMatch(row -> row.open() && row.experiment().guest() == guest);
    }

    @Override
    public MatrixResult investigate() {
        return new MatrixResult(
                this, rows.stream().map(row -> Experiment.run(row.experiment())).toList());
    }
}
