package ringside.shell;

import static ringside.shell.CommandOptions.flag;
import static ringside.shell.CommandOptions.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import ringside.error.RingsideException;
import ringside.lab.ExperimentSpec;
import ringside.lab.Explanation;
import ringside.lab.Question;
import ringside.lab.Setting;
import ringside.lab.road.HeatMap;
import ringside.lab.road.Place;
import ringside.lab.road.Road;
import ringside.observe.Json;
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
        return "show how an address of a guest is translated, and where exits come from";
    }

    @Override
    public String operands() {
        return "FILE [[SEG:]ADDRESS]";
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
                .addOption(option("picture", "FILE", "draw the road as well, as SVG"))
                .addOption(option("heat", "FILE", "draw the heat map as well, as SVG"))
                .addOption(flag("json", "print road and heat as JSON"))
                .addOption(option("access", "KIND", "read, write or fetch; read is the default"))
                .addOption(option("budget", "N", "guest instructions to run at most (1M)"));
    }

    @Override
    public int run(CommandLine line, Streams streams) throws IOException {
        List<String> operands = line.getArgList();
        if (operands.isEmpty() || operands.size() > 2 || operands.size() == 1 && line.hasOption("picture")) {
            throw new RingsideException(
                    operands.size() > 2
                            ? "'" + operands.get(2) + "' is one word too many"
                            : operands.isEmpty() ? "no file is named" : "a picture of a road needs an address",
                    "explain",
                    "write ringside explain scripts/popf.groovy 100000");
        }
        Setting setting = setting(line);
        Place.Kind kind = Place.Kind.named(line.getOptionValue("access", Place.Kind.READ.word()));
        Explanation.Until until = until(line);
        long budget = line.hasOption("budget") ? Quantities.count("budget", line.getOptionValue("budget")) : BUDGET;
        Prelude.start();
        ExperimentSpec guest = Guests.of(operands.getFirst(), line.getOptionValue("guest", ""), YEAR, streams.err())
                .getFirst()
                .experiment()
                .within(budget);
        boolean follows = operands.size() == 2;
        new Question(follows ? operands.get(1) : "", kind, List.of(), until, "").check(guest.guest());
        Explanation explanation = Explanation.of(guest, setting, until);
        Optional<Road> road =
                follows ? Optional.of(explanation.road(explanation.place(operands.get(1), kind))) : Optional.empty();
        requireHeat(explanation, follows, line);
        if (line.hasOption("json")) {
            streams.out().print(Json.write(data(explanation, road)));
        } else {
            String heading = road.map(one -> explanation.heading(one.place()) + one.text() + "\n")
                    .orElseGet(() -> explanation.heading(guest.guest().name()));
            String text = heading + explanation.heat().map(HeatMap::text).orElse("");
            streams.out().print(text.stripTrailing() + "\n");
        }
        if (line.hasOption("picture")) {
            Road drawn = road.orElseThrow();
            write(line.getOptionValue("picture"), drawn.svg(explanation.title(drawn.place())));
        }
        if (line.hasOption("heat")) {
            write(line.getOptionValue("heat"), explanation.heat().orElseThrow().svg(explanation.title()));
        }
        return ExitStatus.DONE;
    }

    private static Map<String, Object> data(Explanation explanation, Optional<Road> road) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("title", explanation.title());
        data.put("road", road.map(Road::json).orElse(null));
        data.put("heat", explanation.heat().map(HeatMap::json).orElse(null));
        return data;
    }

    private static void requireHeat(Explanation explanation, boolean behindRoad, CommandLine line) {
        if (explanation.heat().isEmpty() && (line.hasOption("heat") || !behindRoad)) {
            throw new RingsideException(
                    "the bare machine has no heat map",
                    "explain",
                    behindRoad ? "name a mode: --mode hardware" : "name a mode or an address: --mode hardware");
        }
    }

    private static void write(String file, String text) throws IOException {
        try {
            Files.writeString(Path.of(file), text);
        } catch (IOException | InvalidPathException e) {
            throw new RingsideException("cannot write " + file, "", "look at its folder and at its permissions", e);
        }
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
        return Settings.of(mode, line.getOptionValue("memory", ""), CommandOptions.set(line));
    }
}
