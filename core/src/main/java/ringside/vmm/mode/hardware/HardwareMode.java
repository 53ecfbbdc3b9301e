package ringside.vmm.mode.hardware;

import java.util.List;
import java.util.Optional;
import ringside.arch.Feature;
import ringside.vmm.spi.MemoryStrategies;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Hardware-assisted virtualization: the guest in non-root operation. */
public final class HardwareMode implements Mode {
    private final MemoryStrategies strategies;

    /** @param strategies the memory strategies to choose from, the default first */
    public HardwareMode(MemoryStrategies strategies) {
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
        return strategies.words();
    }

    @Override
    public List<Option> options() {
        return strategies.options(List.of());
    }

    @Override
    public Optional<Refusal> refusal(VmSpec spec) {
        if (!spec.cpu().has(Feature.VMX)) {
            return Optional.of(new Refusal(
                    "the processor " + spec.cpu().name() + " has no VMX, which mode hardware needs",
                    "ask for a server of 2005 or later, or vmx true"));
        }
        if (spec.memory().equals("nested") && !spec.cpu().has(Feature.EPT)) {
            return Optional.of(new Refusal(
                    "the processor " + spec.cpu().name() + " has no nested page tables, which memory nested needs",
                    "ask for a server of 2008 or later, or memory: 'shadow'"));
        }
        return Optional.empty();
    }

    @Override
    public VirtualMachine create(VmSpec spec) {
        PhysicalServer server = new PhysicalServer(spec, HardwareMachine.TIMER_VECTOR);
        MemoryStrategy memory = strategies.make(spec, server, MemoryStrategy.Layout.GUEST_ALONE);
        return new HardwareMachine(server, memory);
    }
}
