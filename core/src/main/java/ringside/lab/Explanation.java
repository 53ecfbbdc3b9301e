package ringside.lab;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import ringside.arch.Reg;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.Checkpoint;
import ringside.lab.road.Road;
import ringside.lab.road.Writers;
import ringside.machine.cpu.Stop;
import ringside.vmm.spi.VirtualMachine;

/** The road of an address where a guest is stopped, and the heat that got it there. */
public final class Explanation {
    private final ExperimentSpec experiment;
    private final Setting setting;
    private final String checkpoint;

    /**
     * @param checkpoint where to stop first, or empty to run to the end or the budget
     */
    public Explanation(ExperimentSpec experiment, Setting setting, String checkpoint) {
        this.experiment = experiment;
        this.setting = setting;
        this.checkpoint = checkpoint;
    }

    /** Runs the guest, finds the road of {@code address}, runs it again looking at the entries on it, and says all. */
    public String text(String address) {
        VirtualMachine first = Recording.machine(experiment, setting, Set.of());
        run(first);
        int seg = segment(address);
        int offset = offset(address);
        List<Integer> places = Road.of(first, seg, offset, pa -> "").places();
        VirtualMachine second = Recording.machine(experiment, setting, Set.of());
        Writers writers = new Writers(second, places);
        run(second);
        String heading = String.format(
                "%s:%08x under %s, after %d guest instructions, %s\n",
                Reg.SEGMENTS[seg], offset, setting.label(), second.retired(), second.placement());
        String heat = second.heat().map(map -> "\n" + map.text()).orElse("");
        return heading + Road.of(second, seg, offset, writers::of).text() + heat;
    }

    private void run(VirtualMachine machine) {
        if (!checkpoint.isEmpty()) {
            machine.probe(place());
        }
        Stop stop = machine.run(experiment.budget());
        if (!checkpoint.isEmpty() && !(stop instanceof Stop.Probe)) {
            throw new RingsideException(
                    "checkpoint '" + checkpoint + "' was not reached",
                    setting.label(),
                    "give another, or a larger budget");
        }
    }

    private int place() {
        List<String> names = experiment.guest().checkpoints().stream()
                .map(Checkpoint::name)
                .distinct()
                .toList();
        return experiment.guest().checkpoints().stream()
                .filter(one -> one.name().equals(checkpoint))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "the guest has no checkpoint '" + checkpoint + "'",
                        "",
                        NearMiss.hint(checkpoint, names, "it has " + String.join(", ", names))))
                .la();
    }

    private static int segment(String address) {
        int colon = address.indexOf(':');
        String name = colon < 0 ? "ds" : address.substring(0, colon).toLowerCase(Locale.ROOT);
        int seg = List.of(Reg.SEGMENTS).indexOf(name);
        if (seg < 0) {
            throw new RingsideException("'" + name + "' is no segment register", address, "write ds:400000, or 400000");
        }
        return seg;
    }

    private int offset(String address) {
        String written = address.substring(address.indexOf(':') + 1);
        Integer symbol = experiment.guest().symbols().get(written);
        if (symbol != null) {
            return symbol;
        }
        try {
            return Integer.parseUnsignedInt(written.replaceFirst("^0[xX]", ""), 16);
        } catch (NumberFormatException e) {
            throw new RingsideException("'" + written + "' is no address", "", "write hex digits or a label", e);
        }
    }
}
