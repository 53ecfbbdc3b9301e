package ringside.lab;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.Checkpoint;
import ringside.guest.GuestImage;
import ringside.lab.road.HeatMap;
import ringside.lab.road.Place;
import ringside.lab.road.Road;
import ringside.lab.road.Writers;
import ringside.machine.cpu.Stop;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;

/** The road of an address where a guest is stopped, and the heat that got it there. */
public final class Explanation {
    /** Where a guest is stopped. */
    public sealed interface Until {
        /** Where it ends, or after the budget. */
        record End() implements Until {}

        /** At the first arrival at a checkpoint. */
        record At(String checkpoint) implements Until {}

        /** After so many instructions; 0 is before the first. */
        record After(long instructions) implements Until {}
    }

    private final ExperimentSpec experiment;
    private final Setting setting;
    private final GuestImage image;
    private final Until until;
    private final VirtualMachine machine;

    private Explanation(ExperimentSpec experiment, Setting setting, Until until) {
        this.experiment = experiment;
        this.setting = setting;
        this.image = Modes.named(setting.mode()).image(experiment.guest());
        this.until = until;
        this.machine = run(new TreeMap<>()).machine();
    }

    /** The guest of {@code experiment}, run under {@code setting} as far as {@code until} says. */
    public static Explanation of(ExperimentSpec experiment, Setting setting, Until until) {
        return new Explanation(experiment, setting, until);
    }

    /** A run, and who wrote what it watched. */
    private record Run(VirtualMachine machine, Writers writers) {}

    private Run run(SortedMap<Integer, OptionalInt> places) {
        VirtualMachine fresh = Recording.machine(experiment, setting, Set.of());
        Writers writers = new Writers(fresh, image, places);
        switch (until) {
            case Until.End end -> fresh.run(experiment.budget());
            case Until.After(long instructions) -> fresh.run(instructions);
            case Until.At(String checkpoint) -> {
                fresh.probe(checkpoint(image, checkpoint));
                if (!(fresh.run(experiment.budget()) instanceof Stop.Probe)) {
                    throw new RingsideException(
                            "checkpoint '" + checkpoint + "' was not reached",
                            setting.label(),
                            "give another, or a larger budget");
                }
            }
        }
        return new Run(fresh, writers);
    }

    /** The linear address of a checkpoint, or a refusal that names those which there are. */
    static int checkpoint(GuestImage image, String checkpoint) {
        List<String> names =
                image.checkpoints().stream().map(Checkpoint::name).distinct().toList();
        return image.checkpoints().stream()
                .filter(one -> one.name().equals(checkpoint))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "the guest has no checkpoint '" + checkpoint + "'",
                        "",
                        names.isEmpty()
                                ? "it has none"
                                : NearMiss.hint(checkpoint, names, "it has " + String.join(", ", names))))
                .la();
    }

    /** The machine as it stands. */
    public VirtualMachine machine() {
        return machine;
    }

    /** An address as a person writes it: {@code 400000}, {@code ss:message+4}. */
    public Place place(String address, Place.Kind kind) {
        return Place.of(address, image.symbols(), kind);
    }

    /**
     * The road of {@code place}, with who wrote each entry: the guest is run once more, with somebody looking at what the
     * first run found on it.
     */
    public Road road(Place place) {
        SortedMap<Integer, OptionalInt> places =
                Road.of(machine, place, ma -> List.of()).places();
        Run second = run(places);
        return Road.of(second.machine(), place, second.writers()::of);
    }

    /** Where the VMM was kept busy; nothing where there is none. */
    public Optional<HeatMap> heat() {
        return machine.heat().map(heat -> new HeatMap(heat, image));
    }

    /** What the run is and where it stands, in two lines. */
    public String heading(String what) {
        int la = machine.state().pc();
        String line = image.lineAt(la).map(at -> "  " + at).orElse("");
        return String.format(
                "%s under %s, after %d guest instructions\n%s; next is %08x%s\n\n",
                what, setting.label(), machine.retired(), machine.placement(), la, line);
    }

    /** What the run is, for a picture. */
    public String title() {
        return String.format("%s under %s, %d guest instructions", image.name(), setting.label(), machine.retired());
    }

    /** As {@link #title()}, with what is accessed. */
    public String title(Place place) {
        return what(place)
                + String.format(" under %s, after %d guest instructions", setting.label(), machine.retired());
    }

    /** As {@link #heading(String)}, with what is accessed. */
    public String heading(Place place) {
        return heading(what(place));
    }

    private String what(Place place) {
        return image.name() + ", " + place.kind().word() + " " + place;
    }

    /** Heading and road. */
    public String text(Place place) {
        return heading(place) + road(place).text();
    }
}
