package ringside.vmm.mode.hardware;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.arch.Feature;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Hardware-assisted virtualization: the guest in non-root operation. */
public final class HardwareMode implements Mode {
    private final Map<String, MemoryStrategy.Maker> strategies;

    /** @param strategies the memory strategies to choose from, the default first */
    public HardwareMode(Map<String, MemoryStrategy.Maker> strategies) {
        this.strategies = strategies;
    }

    @Override
    public String name() {
        return "hardware";
    }

    @Override
    public String title() {
        return "guest kernel in ring 0 of non-root operation: VMCS, intercepts, event injection";
    }

    @Override
    public List<String> memories() {
        return List.copyOf(strategies.keySet());
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    @Override
    public Optional<Refusal> refusal(VmSpec spec) {
        return spec.cpu().has(Feature.VMX)
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "the processor " + spec.cpu().name() + " has no VMX, which mode hardware needs",
                        "ask for a server of 2005 or later, or vmx true"));
    }

    @Override
    public VirtualMachine create(VmSpec spec) {
        PhysicalServer server = new PhysicalServer(spec, HardwareMachine.TIMER_VECTOR);
        String word = spec.memory().isEmpty() ? memories().getFirst() : spec.memory();
        MemoryStrategy memory = strategies.get(word).make(server, MemoryStrategy.Layout.GUEST_ALONE);
        return new HardwareMachine(server, memory);
    }
}
