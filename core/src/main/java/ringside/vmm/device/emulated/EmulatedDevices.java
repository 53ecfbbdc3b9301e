package ringside.vmm.device.emulated;

import java.util.Optional;
import ringside.vmm.spi.DeviceModel;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VmSpec;

/** Peripherals as devices of a PC: disks on its IDE controller, the network by its RTL8139, the console by COM1. */
public final class EmulatedDevices implements DeviceModel {
    /** Two channels, two drives each. */
    private static final int DRIVES = 4;

    @Override
    public String name() {
        return "emulated";
    }

    @Override
    public String title() {
        return "hypervisor-direct: chips of a PC in software, each access comes to the VMM";
    }

    @Override
    public Optional<Mode.Refusal> refusal(VmSpec spec) {
        Optional<Mode.Refusal> served = DeviceModel.withoutServed(spec);
        if (served.isPresent()) {
            return served;
        }
        if (spec.attached().all(Peripheral.Network.class).size() > 1) {
            return Optional.of(new Mode.Refusal(
                    "a guest has one RTL8139, and more network adapters are asked for",
                    "name one nic, or another device model"));
        }
        return spec.attached().all(Peripheral.Block.class).stream()
                .filter(block -> block.number() >= DRIVES)
                .findFirst()
                .map(block -> new Mode.Refusal(
                        "disk '" + block.name() + "' has number " + block.number() + ", and two IDE channels have room"
                                + " for " + DRIVES,
                        "number disks from 0 to " + (DRIVES - 1)));
    }

    @Override
    public VmSpec attach(VmSpec spec) {
        return spec.withDevices(spec.attached().behindChips(spec.devices()));
    }
}
