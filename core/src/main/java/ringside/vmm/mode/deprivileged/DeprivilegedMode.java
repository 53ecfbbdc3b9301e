package ringside.vmm.mode.deprivileged;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.arch.Feature;
import ringside.vmm.compression.CompressedMachine;
import ringside.vmm.compression.Compression;
import ringside.vmm.spi.MemoryStrategies;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Ring compression: trap-and-emulate on a processor that does not trap everything. */
public final class DeprivilegedMode implements Mode {
    private final MemoryStrategies strategies;

    /** @param strategies the memory strategies to choose from, the default first */
    public DeprivilegedMode(MemoryStrategies strategies) {
        this.strategies = strategies;
    }

    @Override
    public String name() {
        return "deprivileged";
    }

    @Override
    public String title() {
        return "guest kernel in ring 1 or 3: trap-and-emulate by ring compression";
    }

    @Override
    public List<String> memories() {
        return strategies.words();
    }

    @Override
    public List<Option> options() {
        return strategies.options(Settings.ALL);
    }

    @Override
    public Optional<Refusal> refusal(VmSpec spec) {
        if (Settings.of(spec.options()).umip() && !spec.cpu().has(Feature.UMIP)) {
            return Optional.of(new Refusal(
                    "the processor " + spec.cpu().name() + " has no UMIP to switch on", "ask for a server of 2019"));
        }
        return Optional.empty();
    }

    @Override
    public boolean exposes(Map<String, String> options, int cpl) {
        return true;
    }

    @Override
    public VirtualMachine create(VmSpec spec) {
        Compression settings = Settings.of(spec.options());
        PhysicalServer server = new PhysicalServer(spec, CompressedMachine.TIMER_VECTOR);
        MemoryStrategy memory = strategies.make(spec, server, settings.rings().layout());
        return new CompressedMachine(settings, server, memory);
    }
}
