package ringside.shell;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import ringside.dsl.ScriptRunner;
import ringside.error.RingsideException;
import ringside.lab.HostResult;
import ringside.lab.Report;
import ringside.lab.Study;
import ringside.lab.chart.Chart;
import ringside.lab.chart.Svg;

/** {@code ringside run}: a script's experiments, run and reported one after the other. */
final class RunCommand implements Command {
    @Override
    public String name() {
        return "run";
    }

    @Override
    public String summary() {
        return "run the experiments of a script and show what came out";
    }

    @Override
    public String operands() {
        return "FILE";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Option.builder()
                        .longOpt("json")
                        .desc("print results as JSON; what the script prints goes to stderr")
                        .get())
                .addOption(Option.builder()
                        .longOpt("seed")
                        .hasArg()
                        .argName("N")
                        .desc("seed of everything random, instead of the script's")
                        .get())
                .addOption(CommandOptions.option("plot", "FILE", "draw what the sweeps show into an SVG file"))
                .addOption(CommandOptions.option(
                        "pcap", "FILE", "write what is sent on the networks of hosts; of several, each to its own"));
    }

    @Override
    public int run(CommandLine line, Streams streams) {
        Path file = file(line);
        boolean json = line.hasOption("json");
        Prelude.start();
        PrintStream printed = json ? streams.err() : streams.out();
        ScriptRunner.Result script = ScriptRunner.run(file, printed, seed(line));
        if (script.studies().isEmpty()) {
            streams.err().println("ringside: " + file + " describes no experiment; nothing was run");
        }
        Reports reports = new Reports(json);
        List<HostResult.Network> networks = new ArrayList<>();
        for (Study study : script.studies()) {
            try (Progress _ = Progress.of("'" + study.title() + "'", streams.err())) {
                Report report = script.investigate(study);
                reports.add(report);
                if (report instanceof HostResult host) {
                    networks.addAll(host.networks());
                }
            }
        }
        if (line.hasOption("pcap")) {
            write(networks, Path.of(line.getOptionValue("pcap")));
        }
        if (line.hasOption("plot")) {
            plot(line.getOptionValue("plot"), reports.charts);
        }
        streams.out().print(reports.text());
        return reports.asExpected() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** One network to {@code file}; several each to one with its place and name before the ending. */
    private static void write(List<HostResult.Network> networks, Path file) {
        if (networks.isEmpty()) {
            throw new RingsideException(
                    "--pcap: no host of the script has a network", "run", "give virtual machines nic: 'lan'");
        }
        if (networks.size() == 1) {
            networks.getFirst().capture().write(file);
            return;
        }
        String name = file.getFileName().toString();
        int ending = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        for (int i = 0; i < networks.size(); i++) {
            HostResult.Network network = networks.get(i);
            String own = name.substring(0, ending) + "-" + (i + 1) + "-" + network.name() + name.substring(ending);
            network.capture().write(file.resolveSibling(own));
        }
    }

    private static Path file(CommandLine line) {
        List<String> operands = line.getArgList();
        if (operands.size() != 1) {
            String what = operands.isEmpty() ? "no script is named" : "'" + operands.get(1) + "' is one file too many";
            throw new RingsideException(what, "run", "write ringside run scripts/popf.groovy");
        }
        return Path.of(operands.getFirst());
    }

    private static void plot(String name, List<Chart> charts) {
        if (charts.isEmpty()) {
            throw new RingsideException("the script has nothing to plot", "--plot", "give it a sweep");
        }
        try {
            Files.writeString(Path.of(name), Svg.of(charts));
        } catch (IOException | InvalidPathException e) {
            throw new RingsideException("cannot write " + name, "--plot", "choose another file", e);
        }
    }

    private static OptionalLong seed(CommandLine line) {
        String written = line.getOptionValue("seed");
        try {
            return written == null ? OptionalLong.empty() : OptionalLong.of(Long.decode(written));
        } catch (NumberFormatException e) {
            throw new RingsideException("--seed '" + written + "' is no number", "run", "write --seed 7", e);
        }
    }

    /** Results as one text: tables below each other, or one JSON object, or an array of several. */
    private static final class Reports {
        private final boolean json;
        private final StringJoiner text;
        private final List<Chart> charts = new ArrayList<>();
        private int count;
        private boolean asExpected = true;

        Reports(boolean json) {
            this.json = json;
            text = new StringJoiner(json ? ",\n" : "\n\n");
        }

        void add(Report result) {
            text.add((json ? result.json() : result.text()).stripTrailing());
            result.chart().ifPresent(charts::add);
            asExpected &= result.asExpected();
            count++;
        }

        boolean asExpected() {
            return asExpected;
        }

        String text() {
            String all = json && count != 1 ? "[" + text + "]" : text.toString();
            return all.isEmpty() ? "" : all + "\n";
        }
    }
}
