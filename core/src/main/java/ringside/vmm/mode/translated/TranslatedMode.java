package ringside.vmm.mode.translated;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.vmm.compression.CompressedMachine;
import ringside.vmm.spi.MemoryStrategies;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Full virtualization by dynamic binary translation, beside direct execution of user code. */
public final class TranslatedMode implements Mode {
    private final MemoryStrategies strategies;

    /** @param strategies the memory strategies to choose from, the default first */
    public TranslatedMode(MemoryStrategies strategies) {
        this.strategies = strategies;
    }

    @Override
    public String name() {
        return "translated";
    }

    @Override
    public String title() {
        return "guest kernel in a translation cache in ring 1, user code directly: binary translation";
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
        rules(spec, Settings.of(spec.options()));
        return Optional.empty();
    }

    @Override
    public boolean exposes(Map<String, String> options, int cpl) {
        return cpl == 3 && !Settings.of(options).translatesUsers();
    }

    @Override
    public VirtualMachine create(VmSpec spec) {
        PhysicalServer server = new PhysicalServer(spec, CompressedMachine.TIMER_VECTOR);
        MemoryStrategy memory = strategies.make(spec, server, MemoryStrategy.Layout.CACHE_IN_EVERY_RING);
        Settings settings = Settings.of(spec.options());
        return new TranslatedMachine(settings, rules(spec, settings), server, memory);
    }

    private static RuleBook rules(VmSpec spec, Settings settings) {
        return settings.rules() ? RuleBook.of(spec.rules()) : RuleBook.BUILT_IN;
    }
}
