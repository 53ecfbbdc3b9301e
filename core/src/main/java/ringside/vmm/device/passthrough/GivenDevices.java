package ringside.vmm.device.passthrough;

import java.util.List;
import ringside.vmm.spi.DirectDevices;
import ringside.vmm.spi.PhysicalDevices;
import ringside.vmm.spi.PhysicalServer;

/**
 * Devices of a server for one guest.
 *
 * @param server that has them
 * @param names of the devices
 * @param owner what messages call the guest
 */
public record GivenDevices(ServerDevices server, List<String> names, String owner) implements PhysicalDevices {
    public GivenDevices {
        names = List.copyOf(names);
    }

    @Override
    public int tableBytes(long ramBytes) {
        return server.hasIommu() ? Protection.tableBytes() + Domain.tableBytes(ramBytes) : 0;
    }

    @Override
    public DirectDevices connect(PhysicalServer processor) {
        names.forEach(name -> server.take(name, owner));
        return new PassedDevices(this, processor);
    }
}
