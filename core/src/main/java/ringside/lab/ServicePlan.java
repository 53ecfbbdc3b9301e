package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.error.RingsideException;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.disk.DiskBacking;
import ringside.vmm.device.service.ServiceDesk;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.ServiceChannel;
import ringside.vmm.spi.VmSpec;

/** Who works whose disk on a host: each guest that is served gets an equal part of the service VM's first disk. */
final class ServicePlan {
    private final List<HostSpec.Vm> vms;
    private final Map<String, ServiceChannel> channels = new LinkedHashMap<>();

    ServicePlan(List<HostSpec.Vm> vms) {
        this.vms = vms;
        vms.stream()
                .filter(vm -> vm.service().serves())
                .forEach(vm -> channels.put(vm.name(), new ServiceChannel(vm.name())));
    }

    /** The service VM with its desk. */
    VmSpec desk(HostSpec.Vm vm, VmSpec spec) {
        List<DeviceKind> extra = new ArrayList<>(spec.extra());
        extra.add(ServiceDesk.kind(channels.get(vm.name())));
        return spec.withExtra(extra);
    }

    /** The disk that another works for this one, where one does. */
    Optional<Peripheral> disk(HostSpec.Vm vm) {
        String by = vm.service().served();
        if (by.isEmpty()) {
            return Optional.empty();
        }
        ServiceChannel channel = Optional.ofNullable(channels.get(by))
                .orElseThrow(() -> new RingsideException(
                        "vm '" + vm.name() + "' is to be served by '" + by + "', which serves nobody",
                        "",
                        "write vm '" + by + "', ..., serves: true"));
        List<HostSpec.Vm> served =
                vms.stream().filter(one -> one.service().served().equals(by)).toList();
        long part = sectors(by) / served.size();
        int front = served.indexOf(vm);
        return Optional.of(new Peripheral.Served("disk of " + by, 0, front * part, part, front, channel));
    }

    private long sectors(String by) {
        return vms.stream()
                .filter(vm -> vm.name().equals(by))
                .flatMap(vm -> vm.attachments().stream())
                .filter(Attachment.Drive.class::isInstance)
                .map(Attachment.Drive.class::cast)
                .findFirst()
                .map(drive -> (long) drive.bytes() / DiskBacking.SECTOR)
                .orElseThrow(() -> new RingsideException(
                        "service vm '" + by + "' has no disk to work for others", "", "give it one: disk: 4.MiB"));
    }
}
