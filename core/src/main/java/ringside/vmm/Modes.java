package ringside.vmm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.engine.Engines;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.vmm.memory.direct.DirectMemory;
import ringside.vmm.memory.nested.NestedPaging;
import ringside.vmm.memory.shadow.CachedShadows;
import ringside.vmm.memory.shadow.PerReference;
import ringside.vmm.memory.shadow.VirtualTlb;
import ringside.vmm.mode.bare.BareMode;
import ringside.vmm.mode.deprivileged.DeprivilegedMode;
import ringside.vmm.mode.hardware.HardwareMode;
import ringside.vmm.mode.paravirtual.ParavirtualMode;
import ringside.vmm.mode.translated.TranslatedMode;
import ringside.vmm.spi.MemoryStrategies;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Every mode and memory strategy: one line each. */
public final class Modes {
    private static final MemoryStrategy.Kind SHADOW = new MemoryStrategy.Kind(
            "shadow", List.of(new Mode.Option("policy", List.of("flush", "cached", "unsync"))), Modes::shadow);
    private static final MemoryStrategy.Kind PER_REFERENCE =
            new MemoryStrategy.Kind("perReference", List.of(), PerReference::new);
    private static final MemoryStrategy.Kind NESTED =
            new MemoryStrategy.Kind("nested", NestedPaging.OPTIONS, NestedPaging::new);

    private static final MemoryStrategy.Kind DIRECT = new MemoryStrategy.Kind(
            "direct",
            List.of(),
            (server, layout, options) -> new DirectMemory(server, VirtualTlb.twoLevel(server, layout)));

    /** In the order in which they are listed. */
    public static final List<Mode> ALL = List.of(
            new BareMode(),
            new DeprivilegedMode(MemoryStrategies.of(SHADOW, PER_REFERENCE)),
            new ParavirtualMode(MemoryStrategies.of(SHADOW, PER_REFERENCE, DIRECT)),
            new TranslatedMode(MemoryStrategies.of(SHADOW, PER_REFERENCE)),
            new HardwareMode(MemoryStrategies.of(SHADOW, PER_REFERENCE, NESTED)));

    private Modes() {}

    private static MemoryStrategy shadow(
            PhysicalServer server, MemoryStrategy.Layout layout, Map<String, String> options) {
        String policy = options.get("policy");
        return policy.equals("flush")
                ? new VirtualTlb(server, layout)
                : new CachedShadows(server, layout, policy.equals("unsync"));
    }

    public static List<String> names() {
        return ALL.stream().map(Mode::name).toList();
    }

    /** The mode of this name; an unknown one is refused with what there is. */
    public static Mode named(String name) {
        return ALL.stream()
                .filter(mode -> mode.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown("mode", name, names()));
    }

    /** A machine with the guest loaded; refuses what the mode cannot do, saying why. */
    public static VirtualMachine create(String name, VmSpec spec) {
        Mode mode = named(name);
        if (!spec.memory().isEmpty() && !mode.memories().contains(spec.memory())) {
            String remedy = mode.memories().isEmpty()
                    ? name + " has no memory strategy to choose"
                    : "strategies of " + name + ": " + String.join(", ", mode.memories());
            throw new RingsideException("mode " + name + " has no memory strategy '" + spec.memory() + "'", "", remedy);
        }
        List<String> known = mode.options().stream().map(Mode.Option::name).toList();
        for (String option : spec.options().keySet()) {
            if (!known.contains(option)) {
                throw unknown("option of " + name, option, known);
            }
        }
        if (!Engines.names().contains(spec.engine())) {
            throw unknown("engine", spec.engine(), Engines.names());
        }
        VmSpec chosen = spec.withGuest(mode.image(spec.guest()));
        Optional<Mode.Refusal> refusal = refusal(mode, chosen);
        if (refusal.isPresent()) {
            throw new RingsideException(
                    refusal.get().reason(), "", refusal.get().remedy());
        }
        return mode.create(DeviceModels.attach(chosen));
    }

    /** Why the mode or the device model cannot serve the guest, or the form of it that it would run, on this server. */
    public static Optional<Mode.Refusal> refusal(String name, VmSpec spec) {
        Mode mode = named(name);
        return refusal(mode, spec.withGuest(mode.image(spec.guest())));
    }

    private static Optional<Mode.Refusal> refusal(Mode mode, VmSpec spec) {
        return mode.refusal(spec).or(() -> DeviceModels.refusal(spec));
    }

    private static RingsideException unknown(String what, String word, List<String> known) {
        String list = known.isEmpty() ? "there is none" : "there are " + String.join(", ", known);
        return new RingsideException("unknown " + what + " '" + word + "'", "", NearMiss.hint(word, known, list));
    }
}
