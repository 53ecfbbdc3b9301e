package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ringside.guest.Checkpoint;
import ringside.guest.GuestImage;
import ringside.guest.Marker;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** One run of the guest under one setting, from start to stop, with all that could be seen from outside. */
final class Recording {
    /** More arrivals than anybody reads; the comparison goes on by state. */
    private static final int MOST_OBSERVATIONS = 100_000;

    /** The guest only faults: no instruction retires, and the run is given up wherever in its faults the guest is. */
    static final String LIVELOCK = "livelock";

    /** Checkpoints reached without a retired instruction after which it is one. */
    private static final int MOST_ARRIVALS_AT_ONCE = 1 << 16;

    private static final int MOST_PORT_ACCESSES = 100_000;

    /**
     * One access to a port.
     *
     * @param retired guest instructions completed before
     */
    record PortAccess(boolean write, int bits, int port, int value, long retired) {
        boolean sameAs(PortAccess other) {
            return write == other.write && bits == other.bits && port == other.port && value == other.value;
        }

        @Override
        public String toString() {
            return String.format("%s %04x %0" + bits / 4 + "x", write ? "out" : "in", port, value);
        }
    }

    final Setting setting;
    final VirtualMachine machine;
    /** The form of the guest that the mode runs. */
    final GuestImage image;

    final List<Observation> observations = new ArrayList<>();
    final List<PortAccess> ports = new ArrayList<>();
    String stopped = "budget";
    int exitCode;

    private final ExperimentSpec experiment;
    private final Map<String, Integer> visits = new LinkedHashMap<>();

    Recording(ExperimentSpec experiment, Setting setting) {
        this(experiment, setting, Set.of());
    }

    /** @param carriedOut addresses of instructions that the VMM is to carry out whether they trap or not */
    Recording(ExperimentSpec experiment, Setting setting, Set<Integer> carriedOut) {
        this.experiment = experiment;
        this.setting = setting;
        this.image = Modes.named(setting.mode()).image(experiment.guest());
        this.machine = machine(experiment, setting, carriedOut);
        machine.board().platform().trace((write, bits, port, value) -> {
            if (ports.size() < MOST_PORT_ACCESSES) {
                ports.add(
                        new PortAccess(write, bits, port, value, machine.board().cpu().retired));
            }
        });
    }

    /** The guest of an experiment under a setting, about to start. */
    static VirtualMachine machine(ExperimentSpec experiment, Setting setting, Set<Integer> carriedOut) {
        List<Marker> markers =
                Modes.named(setting.mode()).image(experiment.guest()).markers();
        VirtualMachine machine =
                MarkedMachine.marked(Modes.create(setting.mode(), specification(experiment, setting)), markers);
        carriedOut.forEach(machine::carryOut);
        return machine;
    }

    /** What the machine is made from. */
    static VmSpec specification(ExperimentSpec experiment, Setting setting) {
        ServerSpec server = experiment.server();
        VmSpec plain = new VmSpec(
                server.cpu(),
                DeviceSettings.of((long) server.ramMib() << 20),
                server.equipment(),
                experiment.guest(),
                setting.engine(),
                setting.memory(),
                setting.options());
        return plain.on(server.memory())
                .withHypercalls(experiment.hypercalls())
                .withRules(experiment.rules())
                .withAttached(Attached.NOTHING
                        .with(server.peripherals())
                        .on(server.real())
                        .through(setting.devices()));
    }

    /** Runs to the guest's end or the experiment's budget. */
    Recording run() {
        image.checkpoints().forEach(checkpoint -> machine.probe(checkpoint.la()));
        long progress = 0;
        int arrivals = 0;
        while (arrivals < MOST_ARRIVALS_AT_ONCE) {
            Stop stop = machine.run(experiment.budget() - machine.retired());
            arrivals = machine.retired() == progress ? arrivals + 1 : 0;
            progress = machine.retired();
            switch (stop) {
                case Stop.Probe(int la) -> arrive(la);
                case Stop.Halted halted -> {
                    return end("halt", 0);
                }
                case Stop.Shutdown shutdown -> {
                    return end("triple-fault", 0);
                }
                case Stop.Requested(String reason, int code) -> {
                    return end(reason, code);
                }
                default -> {
                    return end(givenUp() ? LIVELOCK : "budget", 0);
                }
            }
        }
        return end(LIVELOCK, 0);
    }

    /** The machine came back before the budget was spent, and not because the guest sleeps. */
    private boolean givenUp() {
        boolean asleep = (machine.state().attention & Attention.HALTED) != 0;
        return machine.retired() < experiment.budget() && !asleep;
    }

    private Recording end(String reason, int code) {
        stopped = reason;
        exitCode = code;
        machine.state();
        return this;
    }

    private void arrive(int la) {
        for (Checkpoint checkpoint : image.checkpoints()) {
            if (checkpoint.la() == la && observations.size() < MOST_OBSERVATIONS) {
                int visit = visits.merge(checkpoint.name(), 1, Integer::sum);
                observations.add(Observation.of(checkpoint, visit, machine.state(), machine.board()));
            }
        }
    }

    /** Whether another form of the guest ran than the one of the bare machine. */
    boolean ported() {
        return image != experiment.guest();
    }

    /** All that the guest sent to its consoles, by console. */
    Map<String, String> consoles() {
        Map<String, String> text = new LinkedHashMap<>();
        machine.board().platform().consoles().forEach((name, console) -> text.put(name, console.text()));
        return text;
    }
}
