package ringside.shell;

import static ringside.shell.CommandOptions.option;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import ringside.dsl.ScriptRunner;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.TranslatedCode;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** {@code ringside translate}: guest code beside what the mode translated made of it. */
final class TranslateCommand implements Command {
    /** The server of an image. */
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
                .addOption(option("with", "OPTION=VALUE", "an option of the mode: user=direct, emulation=callout"));
    }

    @Override
    public int run(CommandLine line, Streams streams) {
        String file = file(line);
        Map<String, String> options = options(line);
        long budget = line.hasOption("budget") ? Quantities.count("--budget", line.getOptionValue("budget")) : BUDGET;
        Prelude.start();
        StringJoiner text = new StringJoiner("\n");
        for (ExperimentSpec guest : guests(file, line, budget, streams)) {
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
        List<Mode.Option> known = Modes.named("translated").options();
        for (String written : line.hasOption("with") ? line.getOptionValues("with") : new String[0]) {
            String name = written.replaceFirst("=.*", "");
            Mode.Option option = known.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() ->
                            unknown(name, known.stream().map(Mode.Option::name).toList()));
            String value = written.contains("=") ? written.substring(name.length() + 1) : "";
            options.put(name, option.valueIn(Map.of(name, value), "translated"));
        }
        return options;
    }

    private static RingsideException unknown(String name, List<String> known) {
        return new RingsideException(
                "unknown option '" + name + "' of translated",
                "--with",
                NearMiss.hint(name, known, "known: " + String.join(", ", known)));
    }

    private static List<ExperimentSpec> guests(String file, CommandLine line, long budget, Streams streams) {
        if (!file.endsWith(".groovy")) {
            ServerSpec server = ServerSpec.of(YEAR);
            GuestImage guest = GuestFile.binary(file, server.ramMib() << 20);
            return List.of(specification(guest, server, budget));
        }
        ScriptRunner.Result script = ScriptRunner.run(Path.of(file), streams.err());
        GuestImage first = GuestFile.choose(script.guests(), line.getOptionValue("guest", ""), file);
        List<GuestImage> chosen = line.hasOption("guest") ? List.of(first) : script.guests();
        return chosen.stream().map(guest -> ofScript(guest, script, budget)).toList();
    }

    /** A guest on the server of the first experiment that runs it, with the script's rules. */
    private static ExperimentSpec ofScript(GuestImage guest, ScriptRunner.Result script, long budget) {
        Optional<ServerSpec> asked = script.experiments().stream()
                .filter(one -> one.guest() == guest)
                .map(ExperimentSpec::server)
                .findFirst();
        ServerSpec server = asked.or(script::server).orElse(ServerSpec.DEFAULT);
        return specification(guest, server, budget)
                .offering(script.hypercalls())
                .translating(script.rules());
    }

    private static ExperimentSpec specification(GuestImage guest, ServerSpec server, long budget) {
        return new ExperimentSpec(guest.name(), server, guest, List.of(), List.of(), List.of(), budget);
    }
}
