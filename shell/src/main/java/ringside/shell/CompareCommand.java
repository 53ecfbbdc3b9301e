package ringside.shell;

import static ringside.shell.CommandOptions.option;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.lab.Comparison;
import ringside.lab.ComparisonResult;
import ringside.lab.ExperimentSpec;

/** {@code ringside compare}: guests under every legal setting, with the three verdicts and what was counted. */
final class CompareCommand implements Command {
    /** The first year whose servers can run every mode. */
    private static final int YEAR = 2008;

    @Override
    public String name() {
        return "compare";
    }

    @Override
    public String summary() {
        return "run a script's guests or an image under every legal setting, and compare";
    }

    @Override
    public String operands() {
        return "FILE";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(option("mode", "MODE", "only this mode, beside bare; may be repeated"))
                .addOption(option("memory", "STRATEGY|all", "only this memory strategy; all is the default"))
                .addOption(option("guest", "NAME", "only this guest of a script"))
                .addOption(option(
                        "budget",
                        "N",
                        "guest instructions after which a run is ended (an image: 11M, 1M with perReference)"))
                .addOption(option("cpu", "MODEL|YEAR", "processor, instead of the script's; 2008 where it names none"))
                .addOption(option("reproduce", "FILE", "write a script that shows every divergence again"))
                .addOption(Option.builder()
                        .longOpt("json")
                        .desc("print results as JSON; what a script prints goes to stderr")
                        .get());
    }

    @Override
    public int run(CommandLine line, Streams streams) throws IOException {
        String file = file(line);
        boolean json = line.hasOption("json");
        Comparison.Choice choice = new Comparison.Choice(values(line, "mode"), values(line, "memory"));
        long slowest = line.hasOption("budget") ? Long.MAX_VALUE : Comparison.BUDGET_OF_SLOWEST;
        Prelude.start();
        List<ComparisonResult> results = new ArrayList<>();
        PrintStream printed = json ? streams.err() : streams.out();
        for (Guests.Found found : Guests.of(file, line.getOptionValue("guest", ""), YEAR, printed)) {
            ExperimentSpec guest = adjusted(found.experiment(), line);
            String name = "comparing '" + guest.guest().name() + "'";
            try (Progress progress = Progress.of(name, streams.err())) {
                ComparisonResult result =
                        Comparison.run(guest, choice, slowest, setting -> progress.now(name + " under " + setting));
                results.add(found.open() ? result.leftOpen() : result);
            }
        }
        if (json) {
            streams.out().print(ComparisonResult.json(results));
        } else {
            StringJoiner text = new StringJoiner("\n");
            results.forEach(result -> text.add(result.text()));
            streams.out().print(text);
        }
        if (line.hasOption("reproduce")) {
            write(Path.of(line.getOptionValue("reproduce")), results);
        }
        return results.stream().allMatch(ComparisonResult::sound) ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static String file(CommandLine line) {
        List<String> operands = line.getArgList();
        if (operands.size() != 1) {
            String what = operands.isEmpty() ? "no file is named" : "'" + operands.get(1) + "' is one file too many";
            throw new RingsideException(what, "compare", "write ringside compare scripts/popf.groovy");
        }
        return operands.getFirst();
    }

    private static Set<String> values(CommandLine line, String option) {
        Set<String> values = new LinkedHashSet<>();
        if (line.hasOption(option)) {
            values.addAll(List.of(line.getOptionValues(option)));
            values.remove("all");
        }
        return values;
    }

    private static ExperimentSpec adjusted(ExperimentSpec spec, CommandLine line) {
        ExperimentSpec equipped = spec;
        if (line.hasOption("cpu")) {
            CpuModel cpu = Quantities.cpu(line.getOptionValue("cpu"));
            equipped = spec.on(spec.server().with(cpu, cpu.year()));
        }
        return line.hasOption("budget")
                ? equipped.within(Quantities.count("budget", line.getOptionValue("budget")))
                : equipped;
    }

    private static void write(Path file, List<ComparisonResult> results) throws IOException {
        List<String> scripts = IntStream.range(0, results.size())
                .mapToObj(i -> results.get(i).reproduction("program" + (i == 0 ? "" : i + 1)))
                .filter(script -> !script.isEmpty())
                .toList();
        if (scripts.isEmpty()) {
            return;
        }
        try {
            Files.writeString(file, String.join("\n", scripts));
        } catch (IOException e) {
            throw new RingsideException("cannot write " + file, "", "look at its folder and at its permissions", e);
        }
    }
}
