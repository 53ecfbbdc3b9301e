package ringside.vmm.device.passthrough;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import ringside.error.NearMiss;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Devices;
import ringside.machine.iommu.DmaFault;
import ringside.machine.iommu.Iommu;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.Mode;

/**
 * The devices that a server really has, and who works each: one guest, the VMM itself, or nobody.
 *
 * <p>All virtual machines of a server share it.
 */
public final class ServerDevices {
    /** Devices that no guest can be given, each with the reason. */
    private static final Map<String, String> KEPT = new LinkedHashMap<>();

    static {
        KEPT.put("pic", "every interrupt of the machine comes through it, the VMM's own among them");
        KEPT.put("apic", "every interrupt of the machine comes through it, the VMM's own among them");
        KEPT.put("pit", "it drives the machine's request line 0 and speaker, and time is the VMM's to hand out");
        KEPT.put("keyboard", "its output port holds the machine's A20 gate and reset line");
        KEPT.put("cmos", "its index port masks the machine's NMI, and the firmware keeps its settings there");
        KEPT.put("screen", "it shows what lies at 000b8000, and there a guest has memory of its own");
        KEPT.put("systemControl", "it holds the machine's A20 gate and reset line");
        KEPT.put("postPort", "it is the firmware's");
        KEPT.put("debugPort", "it is the firmware's");
        KEPT.put("exitPort", "it switches the machine off");
        KEPT.put("firmwareDisk", "it is the firmware's way to the disks, not a device of its own");
        KEPT.put("pci", "by it configuration space of every device is reached, and the machine's reset line");
        KEPT.put("isaBridge", "it routes the interrupts of every PCI device");
    }

    private final DeviceSettings settings;
    private final List<DeviceKind> further;
    private final boolean protects;
    private final Map<String, String> owners = new LinkedHashMap<>();
    private final Map<String, Domain> domains = new LinkedHashMap<>();
    private final Map<MachineMemory, Protection> protections = new LinkedHashMap<>();

    /**
     * @param settings what its devices have to be told: disks, the network adapter's address and cable
     * @param further devices beside those that every server has
     * @param iommu whether there is an IOMMU
     */
    public ServerDevices(DeviceSettings settings, List<DeviceKind> further, boolean iommu) {
        this.settings = settings;
        this.further = List.copyOf(further);
        this.protects = iommu;
    }

    /** What its devices were told. */
    public DeviceSettings settings() {
        return settings;
    }

    /** Whether it has an IOMMU. */
    public boolean hasIommu() {
        return protects;
    }

    private Stream<DeviceKind> kinds() {
        return Stream.concat(Devices.ALL.stream(), further.stream());
    }

    /** The names of devices that a guest can be given. */
    public List<String> passable() {
        return kinds().map(DeviceKind::name)
                .filter(name -> !KEPT.containsKey(name))
                .toList();
    }

    /** Why no guest can be given this device now, or nothing. */
    public Optional<Mode.Refusal> refusal(String name) {
        if (KEPT.containsKey(name)) {
            return Optional.of(new Mode.Refusal(
                    "'" + name + "' cannot be passed through: " + KEPT.get(name), "pass one of " + list()));
        }
        if (!passable().contains(name)) {
            return Optional.of(new Mode.Refusal(
                    "the server has no device '" + name + "' to pass through",
                    NearMiss.hint(name, passable(), "there are " + list())));
        }
        return Optional.ofNullable(owners.get(name))
                .map(owner -> new Mode.Refusal(
                        "'" + name + "' cannot be passed through: " + owner + " has it, and a device has one owner",
                        "give this guest another device, or take that one away from " + owner));
    }

    private String list() {
        return String.join(", ", passable());
    }

    /** Gives a device to {@code owner}; a second one is refused. */
    public void take(String name, String owner) {
        refusal(name).ifPresent(refusal -> {
            throw new ringside.error.RingsideException(refusal.reason(), "", refusal.remedy());
        });
        owners.put(name, owner);
    }

    /** The domain is that of {@code owner}. */
    void made(Domain domain, String owner) {
        domains.put(owner, domain);
    }

    /** Everything that {@code owner} had is nobody's, and reaches its memory no more. */
    public void release(String owner) {
        owners.values().removeIf(owner::equals);
        Optional.ofNullable(domains.remove(owner)).ifPresent(Domain::dissolve);
    }

    /** Who has each device that somebody has. */
    public Map<String, String> owners() {
        return new LinkedHashMap<>(owners);
    }

    /** The IOMMU before {@code machine}, where there is one. */
    Optional<Protection> protection(MachineMemory machine) {
        return protects ? Optional.of(protections.computeIfAbsent(machine, Protection::new)) : Optional.empty();
    }

    /** The IOMMUs that stand before memory by now: one, once a guest was given a device. */
    public Optional<Iommu> iommu() {
        return protections.values().stream().findFirst().map(Protection::iommu);
    }

    /** What the IOMMU reported so far, in order. */
    public List<DmaFault> faults() {
        return protections.values().stream()
                .flatMap(protection -> protection.faults().stream())
                .toList();
    }
}
