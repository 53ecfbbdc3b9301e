package ringside.shell;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.lab.ExperimentSpec;
import ringside.lab.MatrixSpec;
import ringside.lab.ServerSpec;

/** What a file has for a command to run: an image, or every guest of a script as its first experiment would run it. */
final class Guests {
    /** For an image: a kernel's first ticks are behind it, and a lost IF has told on a deprivileged one. */
    private static final long IMAGE_BUDGET = 11_000_000;

    /**
     * One guest.
     *
     * @param experiment it with server, budget, rules and hypercalls; without settings
     * @param open the script says that the manual leaves open what the guest sees
     */
    record Found(ExperimentSpec experiment, boolean open) {}

    private final String file;
    private final int year;

    private Guests(String file, int year) {
        this.file = file;
        this.year = year;
    }

    /**
     * The guests of {@code file} in order.
     *
     * @param name of the one that is wanted; all where it is empty
     * @param year of the server where the file asks for none
     * @param printed gets what a script prints
     */
    static List<Found> of(String file, String name, int year, PrintStream printed) {
        Guests guests = new Guests(file, year);
        return file.endsWith(".groovy")
                ? guests.ofScript(ScriptRunner.run(Path.of(file), printed), name)
                : List.of(guests.image());
    }

    private Found image() {
        ServerSpec server = ServerSpec.of(year);
        GuestImage guest = GuestFile.binary(file, server.ramMib() << 20);
        return new Found(ExperimentSpec.of(guest, server).within(IMAGE_BUDGET), false);
    }

    private List<Found> ofScript(ScriptRunner.Result script, String name) {
        Set<GuestImage> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<GuestImage> known = Stream.concat(
                        script.guests().stream(), experiments(script).map(ExperimentSpec::guest))
                .filter(seen::add)
                .toList();
        GuestImage first = GuestFile.choose(known, name, file);
        List<Found> found = new ArrayList<>();
        for (GuestImage guest : name.isEmpty() ? known : List.of(first)) {
            found.add(new Found(inScript(guest, script), leavesOpen(guest, script)));
        }
        return found;
    }

    /** A guest with the server, budget and rules of the first experiment that runs it. */
    private ExperimentSpec inScript(GuestImage guest, ScriptRunner.Result script) {
        Optional<ExperimentSpec> experiment =
                experiments(script).filter(one -> one.guest() == guest).findFirst();
        ServerSpec otherwise = script.server().orElse(ServerSpec.DEFAULT);
        ServerSpec server = experiment.map(ExperimentSpec::server).orElse(otherwise);
        boolean unnamed =
                server.cpu().equals(ServerSpec.DEFAULT.cpu()) && script.server().isEmpty();
        return ExperimentSpec.of(guest, unnamed ? server.with(CpuModel.ofYear(year), year) : server)
                .within(experiment.map(ExperimentSpec::budget).orElse(ExperimentSpec.DEFAULT_BUDGET))
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
}
