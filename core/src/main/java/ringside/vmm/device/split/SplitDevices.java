package ringside.vmm.device.split;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ringside.machine.devices.DeviceKind;
import ringside.vmm.spi.DeviceModel;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VmSpec;

/** Peripherals as virtio devices: disks first, then network adapters, then consoles. */
public final class SplitDevices implements DeviceModel {
    /** Back ends reach all of the guest's memory. */
    public static final SplitDevices TRUSTED =
            new SplitDevices("split", "split drivers: front end and back end share rings in memory (virtio)", false);

    /** Back ends reach what the guest grants. */
    public static final SplitDevices GRANTED = new SplitDevices(
            "granted", "split drivers whose back ends reach only the pages that the guest grants them", true);

    private final String name;
    private final String title;
    private final boolean granted;

    private SplitDevices(String name, String title, boolean granted) {
        this.name = name;
        this.title = title;
        this.granted = granted;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Optional<Mode.Refusal> refusal(VmSpec spec) {
        int cards = spec.attached().peripherals().size();
        return cards <= VirtioCards.MOST_CARDS
                ? Optional.empty()
                : Optional.of(new Mode.Refusal(
                        cards + " virtio devices are asked for, and there is room for " + VirtioCards.MOST_CARDS,
                        "attach fewer"));
    }

    @Override
    public VmSpec attach(VmSpec spec) {
        List<Peripheral> cards = new ArrayList<>(spec.attached().all(Peripheral.Block.class));
        cards.addAll(spec.attached().all(Peripheral.Served.class));
        cards.addAll(spec.attached().all(Peripheral.Network.class));
        cards.addAll(spec.attached().all(Peripheral.Stream.class));
        List<DeviceKind> extra = new ArrayList<>(spec.extra());
        extra.add(VirtioCards.kind(cards, granted));
        return cards.isEmpty() ? spec : withCalls(spec.withExtra(extra));
    }

    private VmSpec withCalls(VmSpec spec) {
        List<GuestCall> calls = new ArrayList<>(spec.hypercalls());
        calls.addAll(hypercalls());
        return spec.withHypercalls(calls);
    }

    @Override
    public List<GuestCall> hypercalls() {
        return SplitCalls.ALL;
    }
}
