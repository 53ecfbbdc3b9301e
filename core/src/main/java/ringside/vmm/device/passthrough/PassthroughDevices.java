package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.DeviceModel;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VmSpec;

/** Peripherals behind the real machine's own devices, which the guest works past the VMM. */
public final class PassthroughDevices implements DeviceModel {
    /** What masters the bus: without an IOMMU it reaches all of memory. */
    private static final List<String> MASTERS = List.of("ide", "nic");

    /** The model's word. */
    public static final String NAME = "passthrough";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "the guest works the real device: ports and addresses without exits, DMA by the IOMMU, interrupts led"
                + " on";
    }

    /** The devices of the server that the peripherals of {@code spec} stand for, and further ones that are asked for. */
    static List<String> names(VmSpec spec) {
        Set<String> names = new LinkedHashSet<>();
        for (Peripheral peripheral : spec.peripherals()) {
            names.add(
                    switch (peripheral) {
                        case Peripheral.Block block -> "ide";
                        case Peripheral.Served served -> served.name();
                        case Peripheral.Network network -> "nic";
                        case Peripheral.Stream stream -> stream.name();
                    });
        }
        names.addAll(spec.attached().real().passed());
        given(spec).ifPresent(given -> names.addAll(given.names()));
        return new ArrayList<>(names);
    }

    private static Optional<GivenDevices> given(VmSpec spec) {
        return spec.physical().filter(GivenDevices.class::isInstance).map(GivenDevices.class::cast);
    }

    /** The server that was named, or one of the guest's own. */
    private static ServerDevices server(VmSpec spec) {
        return given(spec).map(GivenDevices::server).orElseGet(() -> {
            Attached attached = spec.attached();
            return new ServerDevices(
                    attached.behindChips(spec.devices()),
                    spec.extra(),
                    attached.real().iommu());
        });
    }

    @Override
    public Optional<Mode.Refusal> refusal(VmSpec spec) {
        Optional<Mode.Refusal> served = DeviceModel.withoutServed(spec);
        if (served.isPresent()) {
            return served;
        }
        ServerDevices server = server(spec);
        for (String name : names(spec)) {
            Optional<Mode.Refusal> refusal = server.refusal(name);
            if (refusal.isPresent()) {
                return refusal;
            }
            if (MASTERS.contains(name) && !server.hasIommu() && spec.machine().frames() != Layout.ONE_TO_ONE) {
                return Optional.of(new Mode.Refusal(
                        "'" + name
                                + "' masters the bus, and without an IOMMU the addresses that the guest gives"
                                + " it are the machine's, which are not the guest's",
                        "give the server an IOMMU (iommu true), or the guest its memory one to one (frames"
                                + " 'oneToOne')"));
            }
        }
        return names(spec).isEmpty() ? Optional.empty() : memoryRefusal(spec);
    }

    /** A device cannot take a page fault: the memory that it reaches has to be there, and to stay. */
    private static Optional<Mode.Refusal> memoryRefusal(VmSpec spec) {
        String reason = "a device that is passed through cannot wait for a page: the guest's memory has to be there,"
                + " all of it, and to stay where it is";
        if (spec.machine().frames() == Layout.LAZY) {
            return Optional.of(new Mode.Refusal(
                    reason + "; frames 'lazy' come with the first write", "choose frames 'scattered' or 'contiguous'"));
        }
        long bytes = (long) spec.machine().mib() << 20;
        if (bytes != 0 && bytes < spec.devices().ramBytes()) {
            return Optional.of(new Mode.Refusal(
                    reason + "; the machine has less than the guest believes it has",
                    "give the machine as much memory as its guests have"));
        }
        return Optional.empty();
    }

    @Override
    public VmSpec attach(VmSpec spec) {
        if (names(spec).isEmpty()) {
            return spec.withAttached(spec.attached().givenNothing());
        }
        ServerDevices server = server(spec);
        String owner = given(spec).map(GivenDevices::owner).orElse("the guest");
        Attached attached = spec.attached().given(new GivenDevices(server, names(spec), owner));
        DeviceSettings devices = given(spec).isPresent()
                ? spec.devices().withDisks(server.settings().disks())
                : server.settings();
        return spec.withDevices(devices).withAttached(attached);
    }
}
