package ringside.shell;

import static ringside.shell.CommandOptions.option;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import ringside.error.RingsideException;
import ringside.lab.ExperimentSpec;
import ringside.lab.Explanation;
import ringside.lab.Setting;
import ringside.lab.road.Place;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** {@code ringside explain}: how an address is translated where a guest stands, and where its faults and exits were. */
final class ExplainCommand implements Command {
    private static final int YEAR = 2008;

    private static final long BUDGET = 1_000_000;

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String summary() {
        return "run a guest, then show how an address is translated and who wrote what";
    }

    @Override
    public String operands() {
        return "FILE [SEG:]ADDRESS";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(option("mode", "MODE", "how the VMM virtualizes; bare is the default"))
                .addOption(option("memory", "STRATEGY", "how the VMM virtualizes memory"))
                .addOption(option("set", "NAME=VALUE", "an option of the mode, as policy=cached; may be repeated"))
                .addOption(option("guest", "NAME", "this guest of a script, not its first"))
                .addOption(option("at", "CHECKPOINT", "stop at the first arrival there, not at the end"))
                .addOption(option("after", "N", "stop after so many guest instructions; 0 is before the first"))
                .addOption(option("access", "KIND", "read, write or fetch; read is the default"))
                .addOption(option("budget", "N", "guest instructions to run at most (1M)"));
    }

    @Override
    public int run(CommandLine line, Streams streams) {
        List<String> operands = line.getArgList();
        if (operands.size() != 2) {
            throw new RingsideException(
                    "a file and an address are needed", "explain", "write ringside explain scripts/popf.groovy 100000");
        }
        Setting setting = setting(line);
        Place.Kind kind = Place.Kind.named(line.getOptionValue("access", Place.Kind.READ.word()));
        Explanation.Until until = until(line);
        long budget = line.hasOption("budget") ? Quantities.count("--budget", line.getOptionValue("budget")) : BUDGET;
        Prelude.start();
        ExperimentSpec guest = Guests.of(operands.getFirst(), line.getOptionValue("guest", ""), YEAR, streams.err())
                .getFirst()
                .experiment()
                .within(budget);
        Explanation explanation = Explanation.of(guest, setting, until);
        streams.out().print(explanation.text(explanation.place(operands.get(1), kind)));
        explanation.heat().ifPresent(heat -> streams.out().print("\n" + heat.text()));
        return ExitStatus.DONE;
    }

    private static Explanation.Until until(CommandLine line) {
        if (line.hasOption("at") && line.hasOption("after")) {
            throw new RingsideException("--at and --after cannot both say where to stop", "", "give one of them");
        }
        if (line.hasOption("after")) {
            String written = line.getOptionValue("after");
            return new Explanation.Until.After(written.equals("0") ? 0 : Quantities.count("after", written));
        }
        return line.hasOption("at") ? new Explanation.Until.At(line.getOptionValue("at")) : new Explanation.Until.End();
    }

    private static Setting setting(CommandLine line) {
        Mode mode = Modes.named(line.getOptionValue("mode", "bare"));
        Setting plain = new Setting(mode.name());
        return new Setting(
                mode.name(),
                line.getOptionValue("memory", ""),
                plain.engine(),
                CommandOptions.set(line, mode));
    }
}
