package ringside.shell;

import static ringside.shell.CommandOptions.option;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import ringside.error.RingsideException;
import ringside.lab.ExperimentSpec;
import ringside.lab.TranslatedCode;
import ringside.vmm.Modes;

/** {@code ringside translate}: guest code beside what the mode translated made of it. */
final class TranslateCommand implements Command {
    /** Of the server where the file names none. */
    private static final int YEAR = 2005;

    private static final long BUDGET = 1_000_000;

    @Override
    public String name() {
        return "translate";
    }

    @Override
    public String summary() {
        return "run guests translated, then list guest code beside its translation";
    }

    @Override
    public String operands() {
        return "FILE";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(option("guest", "NAME", "only this guest of a script"))
                .addOption(option("budget", "N", "guest instructions to run before the listing (1M)"))
                .addOption(option("set", "NAME=VALUE", "an option of the mode: user=direct, emulation=callout"));
    }

    @Override
    public int run(CommandLine line, Streams streams) {
        String file = file(line);
        Map<String, String> options = options(line);
        long budget = line.hasOption("budget") ? Quantities.count("budget", line.getOptionValue("budget")) : BUDGET;
        Prelude.start();
        StringJoiner text = new StringJoiner("\n");
        for (Guests.Found found : Guests.of(file, line.getOptionValue("guest", ""), YEAR, streams.err())) {
            ExperimentSpec guest = found.experiment().within(budget);
            try (Progress progress = Progress.of("translating '" + guest.guest().name() + "'", streams.err())) {
                text.add(TranslatedCode.of(guest, options).text());
            }
        }
        streams.out().print(text);
        return ExitStatus.DONE;
    }

    private static String file(CommandLine line) {
        List<String> operands = line.getArgList();
        if (operands.size() != 1) {
            String what = operands.isEmpty() ? "no file is named" : "'" + operands.get(1) + "' is one file too many";
            throw new RingsideException(what, "translate", "write ringside translate scripts/popf.groovy");
        }
        return operands.getFirst();
    }

    /** User code too is translated, unless something else is asked for. */
    private static Map<String, String> options(CommandLine line) {
        Map<String, String> options = new TreeMap<>(Map.of("user", "translated"));
        options.putAll(CommandOptions.set(line, Modes.named("translated")));
        return options;
    }
}
