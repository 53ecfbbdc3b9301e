package ringside.vmm.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Disk;

/**
 * What is attached to a virtual machine, and through what.
 *
 * @param peripherals in the order in which they were named
 * @param model the device model by name, or empty for the default
 * @param real what a server of the guest's own has of real devices, where they are passed through
 * @param physical the server's own devices that the guest is given, where it is given any
 */
public record Attached(
        List<Peripheral> peripherals, String model, RealDevices real, Optional<PhysicalDevices> physical) {
    public static final Attached NOTHING = new Attached(List.of(), "", RealDevices.NONE, Optional.empty());

    public Attached {
        peripherals = List.copyOf(peripherals);
    }

    public Attached with(List<Peripheral> others) {
        return new Attached(others, model, real, physical);
    }

    /** The same peripherals, seen through another device model. */
    public Attached through(String other) {
        return new Attached(peripherals, other, real, physical);
    }

    /** The same on a server that has these real devices. */
    public Attached on(RealDevices server) {
        return new Attached(peripherals, model, server, physical);
    }

    /** The same with devices of a server that may have other guests. */
    public Attached given(PhysicalDevices devices) {
        return new Attached(peripherals, model, real, Optional.of(devices));
    }

    /** The same without any device of the server. */
    public Attached givenNothing() {
        return new Attached(peripherals, model, real, Optional.empty());
    }

    /** Settings of a PC with the peripherals behind its chips: disks on its IDE controller, the network by its RTL8139. */
    public DeviceSettings behindChips(DeviceSettings pc) {
        List<Disk> disks = new ArrayList<>(pc.disks());
        all(Peripheral.Block.class).forEach(block -> disks.add(block.drive()));
        DeviceSettings devices = pc.withDisks(disks);
        for (Peripheral.Network network : all(Peripheral.Network.class)) {
            devices = devices.withMac(network.mac()).withCable(network.segment());
        }
        return devices;
    }

    /** The peripherals of one kind, in order. */
    public <P extends Peripheral> List<P> all(Class<P> kind) {
        List<P> found = new ArrayList<>();
        peripherals.stream().filter(kind::isInstance).map(kind::cast).forEach(found::add);
        return found;
    }
}
