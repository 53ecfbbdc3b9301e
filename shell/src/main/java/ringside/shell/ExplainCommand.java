package ringside.shell;

import static ringside.shell.CommandOptions.option;

import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import ringside.dsl.ScriptRunner;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.ExperimentSpec;
import ringside.lab.Explanation;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** {@code ringside explain}: how an address is translated where a guest stands, and where its faults and exits were. */
final class ExplainCommand implements Command {
    private static final int YEAR = 2006;

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
        long budget = line.hasOption("budget") ? Quantities.count("--budget", line.getOptionValue("budget")) : BUDGET;
        Prelude.start();
        ExperimentSpec guest = guest(operands.getFirst(), line, budget, streams);
        streams.out().print(new Explanation(guest, setting, line.getOptionValue("at", "")).text(operands.get(1)));
        return ExitStatus.DONE;
    }

    private static Setting setting(CommandLine line) {
        Mode mode = Modes.named(line.getOptionValue("mode", "bare"));
        Setting setting = new Setting(mode.name());
        for (String written : line.hasOption("set") ? line.getOptionValues("set") : new String[0]) {
            String name = written.replaceFirst("=.*", "");
            List<String> known = mode.options().stream().map(Mode.Option::name).toList();
            if (!known.contains(name)) {
                throw new RingsideException(
                        "unknown option '" + name + "' of " + mode.name(),
                        "--set",
                        NearMiss.hint(name, known, "known: " + String.join(", ", known)));
            }
            setting = setting.with(name, written.substring(Math.min(written.length(), name.length() + 1)));
        }
        return new Setting(setting.mode(), line.getOptionValue("memory", ""), setting.engine(), setting.options());
    }

    private static ExperimentSpec guest(String file, CommandLine line, long budget, Streams streams) {
        if (!file.endsWith(".groovy")) {
            ServerSpec server = ServerSpec.of(YEAR);
            return specification(GuestFile.binary(file, server.ramMib() << 20), server, budget);
        }
        ScriptRunner.Result script = ScriptRunner.run(Path.of(file), streams.err());
        GuestImage guest = GuestFile.choose(script.guests(), line.getOptionValue("guest", ""), file);
        ServerSpec server = script.experiments().stream()
                .filter(one -> one.guest() == guest)
                .map(ExperimentSpec::server)
                .findFirst()
                .or(script::server)
                .orElse(ServerSpec.of(YEAR));
        return specification(guest, server, budget)
                .offering(script.hypercalls())
                .translating(script.rules());
    }

    private static ExperimentSpec specification(GuestImage guest, ServerSpec server, long budget) {
        return new ExperimentSpec(guest.name(), server, guest, List.of(), List.of(), List.of(), budget);
    }
}
