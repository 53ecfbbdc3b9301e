package ringside.shell;

import static ringside.shell.CommandOptions.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.Comparison;
import ringside.lab.ComparisonResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.MatrixSpec;
import ringside.lab.ServerSpec;

/** {@code ringside compare}: guests under every legal setting, with the three verdicts and what was counted. */
final class CompareCommand implements Command {
    /** The first year whose servers can run every mode. */
    private static final int YEAR = 2008;

    /** For an image: a kernel's first ticks are behind it, and a lost IF has told on a deprivileged one. */
    private static final long IMAGE_BUDGET = 11_000_000;

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
                .addOption(option("budget", "N", "guest instructions after which a run is ended (an image: 11M)"))
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
        Prelude.start();
        List<ComparisonResult> results = new ArrayList<>();
        Set<GuestImage> open = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ExperimentSpec guest : guests(file, line, json ? streams.err() : streams.out(), open)) {
            String name = "comparing '" + guest.guest().name() + "'";
            try (Progress progress = Progress.of(name, streams.err())) {
                ComparisonResult result =
                        Comparison.run(guest, choice, setting -> progress.now(name + " under " + setting));
                results.add(open.contains(guest.guest()) ? result.leftOpen() : result);
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

    /** What each script's block of experiments would be, without its experiments; fills {@code open}. */
    private static List<ExperimentSpec> guests(
            String file, CommandLine line, java.io.PrintStream printed, Set<GuestImage> open) {
        Optional<CpuModel> cpu = Optional.ofNullable(line.getOptionValue("cpu")).map(Quantities::cpu);
        List<ExperimentSpec> found = new ArrayList<>();
        if (file.endsWith(".groovy")) {
            ScriptRunner.Result script = ScriptRunner.run(Path.of(file), printed);
            Set<GuestImage> all = Collections.newSetFromMap(new IdentityHashMap<>());
            List<GuestImage> known = Stream.concat(
                            script.guests().stream(), experiments(script).map(ExperimentSpec::guest))
                    .filter(all::add)
                    .toList();
            List<GuestImage> chosen = line.hasOption("guest")
                    ? List.of(GuestFile.choose(known, line.getOptionValue("guest"), file))
                    : known;
            chosen.stream().filter(guest -> leavesOpen(guest, script)).forEach(open::add);
            chosen.forEach(guest -> found.add(ofScript(guest, script)));
        } else {
            ServerSpec server = ServerSpec.of(YEAR);
            GuestImage guest = GuestFile.binary(file, server.ramMib() << 20);
            found.add(specification(guest, server, IMAGE_BUDGET));
        }
        if (found.isEmpty()) {
            throw new RingsideException("the script defines no guest", file, "define one: guest('name') { ... }");
        }
        return found.stream().map(spec -> adjusted(spec, cpu, line)).toList();
    }

    /** A guest with the server and budget of the first experiment that runs it. */
    private static ExperimentSpec ofScript(GuestImage guest, ScriptRunner.Result script) {
        Optional<ExperimentSpec> experiment =
                experiments(script).filter(one -> one.guest() == guest).findFirst();
        ServerSpec otherwise = script.server().orElse(ServerSpec.DEFAULT);
        ServerSpec server = experiment.map(ExperimentSpec::server).orElse(otherwise);
        boolean unnamed =
                server.cpu().equals(ServerSpec.DEFAULT.cpu()) && script.server().isEmpty();
        ServerSpec equipped = unnamed ? on(server, CpuModel.ofYear(YEAR), YEAR) : server;
        long budget = experiment.map(ExperimentSpec::budget).orElse(ExperimentSpec.DEFAULT_BUDGET);
        return specification(guest, equipped, budget)
                .offering(script.hypercalls())
                .translating(experiment.map(ExperimentSpec::rules).orElse(script.rules()));
    }

    private static boolean leavesOpen(GuestImage guest, ScriptRunner.Result script) {
        return script.studies().stream()
                .anyMatch(study -> study instanceof MatrixSpec matrix && matrix.leavesOpen(guest));
    }

    private static Stream<ExperimentSpec> experiments(ScriptRunner.Result script) {
        return script.studies().stream().flatMap(study -> study.experiments().stream());
    }

    private static ServerSpec on(ServerSpec server, CpuModel cpu, int year) {
        return new ServerSpec(
                year, cpu, server.ramMib(), server.seed(), server.devices(), server.pins(), server.memory());
    }

    private static ExperimentSpec specification(GuestImage guest, ServerSpec server, long budget) {
        return new ExperimentSpec(guest.name(), server, guest, List.of(), List.of(), List.of(), budget);
    }

    private static ExperimentSpec adjusted(ExperimentSpec spec, Optional<CpuModel> cpu, CommandLine line) {
        ServerSpec server =
                cpu.map(model -> on(spec.server(), model, model.year())).orElse(spec.server());
        long budget =
                line.hasOption("budget") ? Quantities.count("budget", line.getOptionValue("budget")) : spec.budget();
        return specification(spec.guest(), server, budget)
                .offering(spec.hypercalls())
                .translating(spec.rules());
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
