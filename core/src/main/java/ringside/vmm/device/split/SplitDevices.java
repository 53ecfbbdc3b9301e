package ringside.vmm.device.split;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ringside.machine.devices.DeviceKind;
import ringside.vmm.spi.DeviceModel;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VmSpec;

/** Peripherals as virtio devices: disks first, then network adapters, then consoles. */
public final class SplitDevices implements DeviceModel {
    @Override
    public String name() {
        return "split";
    }

    @Override
    public String title() {
        return "split drivers: the guest's front end and a back end share rings in memory (virtio)";
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
        cards.addAll(spec.attached().all(Peripheral.Network.class));
        cards.addAll(spec.attached().all(Peripheral.Stream.class));
        List<DeviceKind> extra = new ArrayList<>(spec.extra());
        if (!cards.isEmpty()) {
            extra.add(VirtioCards.kind(cards));
        }
        return spec.withExtra(extra);
    }
}
