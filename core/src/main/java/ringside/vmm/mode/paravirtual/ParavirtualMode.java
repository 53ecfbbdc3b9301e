package ringside.vmm.mode.paravirtual;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ringside.error.RingsideException;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.MemoryStrategies;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Paravirtualization: a guest that was ported to the VMM's interface. */
public final class ParavirtualMode implements Mode {
    private static final Option SYSTEM_CALLS = new Option("systemCalls", List.of("fast", "bounced"));
    private static final int PAGE = 0x1000, CONVENTIONAL_END = 0x9f000;

    private final MemoryStrategies strategies;

    /** @param strategies the memory strategies to choose from, the default first */
    public ParavirtualMode(MemoryStrategies strategies) {
        this.strategies = strategies;
    }

    @Override
    public String name() {
        return "paravirtual";
    }

    @Override
    public String title() {
        return "ported guest kernel in ring 1: hypercalls, event channels, virtual interrupt flag in a shared page";
    }

    @Override
    public List<String> memories() {
        return strategies.words();
    }

    @Override
    public List<Option> options() {
        return strategies.options(List.of(SYSTEM_CALLS));
    }

    @Override
    public GuestImage image(GuestImage guest) {
        return guest.ported().orElse(guest);
    }

    @Override
    public boolean comparable(GuestImage guest) {
        return guest.ported().isPresent();
    }

    @Override
    public Optional<Refusal> refusal(VmSpec spec) {
        String guest = "guest '" + spec.guest().name() + "'";
        OptionalInt version = PortedImage.version(spec.guest());
        if (version.isEmpty()) {
            return Optional.of(new Refusal(
                    guest + " is not ported to the paravirtual interface",
                    "a script's kernel is where it says halt, enableInterrupts... for what is privileged; an image has"
                            + " the words 56505352, version and minus their sum in its first 8 KiB"));
        }
        if (version.getAsInt() != Hypercalls.INTERFACE_VERSION) {
            return Optional.of(new Refusal(
                    guest + " is ported to version " + version.getAsInt() + " of the paravirtual interface",
                    "this VMM has version " + Hypercalls.INTERFACE_VERSION));
        }
        if (!(spec.guest().entry() instanceof EntryState.Flat)) {
            return Optional.of(new Refusal(
                    guest + " starts in real mode; paravirtual starts kernels in ring 1",
                    "give it a flat 32-bit entry, or run it in mode bare"));
        }
        return Optional.empty();
    }

    @Override
    public VirtualMachine create(VmSpec asked) {
        VmSpec spec = placed(asked);
        String calls = SYSTEM_CALLS.valueIn(spec.options(), name());
        Interface interfaceOfGuest = new Interface(spec.hypercalls());
        PhysicalServer server = new PhysicalServer(spec, ParavirtualMachine.TIMER_VECTOR);
        MemoryStrategy memory = strategies.make(spec, server, MemoryStrategy.Layout.KERNEL_IN_RING_1);
        int table = startTable(spec.guest(), server.guest().ramSize());
        return new ParavirtualMachine(server, memory, table, calls.equals("fast"), interfaceOfGuest);
    }

    /** A guest whose own tables are in force has memory one to one where that can be: its kernel reads them. */
    private static VmSpec placed(VmSpec spec) {
        ServerMemory machine = spec.machine();
        boolean free = machine.frames() == Layout.SCATTERED && machine.shared().isEmpty();
        return spec.memory().equals("direct") && free ? spec.on(machine.with(Layout.ONE_TO_ONE)) : spec;
    }

    /** The highest page of conventional memory that nothing was loaded into. */
    private static int startTable(GuestImage image, int ramSize) {
        for (int page = Math.min(CONVENTIONAL_END, ramSize) - PAGE & -PAGE; page > 0; page -= PAGE) {
            int pa = page;
            if (image.segments().stream().noneMatch(s -> s.pa() < pa + PAGE && pa < s.end())) {
                return pa;
            }
        }
        throw new RingsideException(
                "guest '" + image.name() + "' fills conventional memory: no page is left for its first GDT",
                "",
                "load it above 1 MiB");
    }
}
