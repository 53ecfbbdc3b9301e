package ringside.vmm.mode.bare;

import java.util.List;
import java.util.Optional;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The bare server. */
public final class BareMode implements Mode {
    @Override
    public String name() {
        return "bare";
    }

    @Override
    public String title() {
        return "no VMM: the guest owns the server, the reference for equivalence";
    }

    @Override
    public List<String> memories() {
        return List.of();
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    @Override
    public Optional<Refusal> refusal(VmSpec spec) {
        return Optional.empty();
    }

    @Override
    public VirtualMachine create(VmSpec spec) {
        return new BareMachine(spec);
    }
}
