package ringside.lab;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;

/** One guest on one server: run bare once, then under any setting, each compared with bare. */
final class Trial {
    static final String BARE = "bare";

    /** The bare machine with one device model: what runs with that model are compared with. */
    private record Reference(Recording recording, Blame blame) {}

    private final ExperimentSpec experiment;
    private final Map<String, Reference> references = new LinkedHashMap<>();
    private final boolean comparesForms;

    Trial(ExperimentSpec experiment) {
        this(experiment, asksForBare(experiment));
    }

    /** @param comparesForms whether a ported form of the guest is held to do what the other form does on the bare machine */
    Trial(ExperimentSpec experiment, boolean comparesForms) {
        this.experiment = experiment;
        this.comparesForms = comparesForms;
    }

    private Reference reference(String devices) {
        return references.computeIfAbsent(devices, model -> {
            Setting bare = experiment.settings().stream()
                    .filter(setting ->
                            setting.mode().equals(BARE) && setting.devices().equals(model))
                    .findFirst()
                    .orElse(new Setting(BARE).withDevices(model));
            return new Reference(new Recording(experiment, bare).run(), new Blame(experiment, bare));
        });
    }

    /** Runs the guest under a setting; whoever made the setting answers for its being legal. */
    ExperimentResult.Run run(Setting setting) {
        Reference reference = reference(setting.devices());
        if (setting.mode().equals(BARE)) {
            return result(reference.recording, Optional.empty(), Optional.empty());
        }
        Recording recording = new Recording(experiment, setting).run();
        boolean same = Modes.named(setting.mode()).comparable(experiment.guest());
        if (!same || recording.ported() && !comparesForms) {
            return result(recording, Optional.empty(), Optional.empty());
        }
        if (recording.ported() && PortedComparison.cutShort(experiment, reference.recording, recording)) {
            return result(recording, Optional.empty(), Optional.empty());
        }
        Optional<Divergence> divergence = reference.blame.of(reference.recording, recording);
        return result(recording, Optional.of(divergence.isEmpty()), divergence);
    }

    /** A ported guest may ask for what no bare machine has: it is compared only where bare is asked for too. */
    private static boolean asksForBare(ExperimentSpec experiment) {
        return experiment.settings().stream().anyMatch(setting -> setting.mode().equals(BARE));
    }

    /** What the mode counts, what its devices count, and what a modelled TLB of the real processor does. */
    static Map<String, Long> counters(VirtualMachine machine) {
        Map<String, Long> all = new LinkedHashMap<>(machine.counters().asMap());
        all.putAll(machine.memory().asMap());
        all.putAll(machine.board().platform().counters().asMap());
        machine.silicon().mmu.tlb().ifPresent(tlb -> all.putAll(tlb.counters().asMap()));
        return all;
    }

    private ExperimentResult.Run result(
            Recording recording, Optional<Boolean> equivalent, Optional<Divergence> divergence) {
        List<ExperimentResult.Arrival> arrivals =
                recording.observations.stream().map(Observation::arrival).toList();
        return new ExperimentResult.Run(
                recording.setting,
                recording.machine.placement(),
                arrivals,
                equivalent,
                divergence,
                recording.stopped,
                recording.exitCode,
                recording.machine.retired(),
                recording.machine.direct(),
                recording.machine.control(),
                recording.machine.exits().asMap(),
                counters(recording.machine),
                experiment.costs().price(recording.machine.activity().asMap()),
                recording.machine.board().platform().messages(),
                recording.machine.devices().tables());
    }
}
