package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.PinnedInterrupts;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.RealDevices;
import ringside.vmm.spi.ServerMemory;

/**
 * The simulated server of an experiment.
 *
 * @param year the year asked for; it names the server in the title line
 * @param cpu the processor, features switched as the script wants
 * @param ramMib guest memory in MiB
 * @param seed of everything random in the experiment
 * @param devices further devices of the guest's machine, beside those every machine has
 * @param pins interrupts at given counts of instructions
 * @param memory the memory beneath the guest's, and the TLB
 * @param attachments disks and network adapters of the guest
 * @param real whether there is an IOMMU, and what a guest is passed through beside its attachments
 */
public record ServerSpec(
        int year,
        CpuModel cpu,
        int ramMib,
        long seed,
        List<DeviceKind> devices,
        List<Pin> pins,
        ServerMemory memory,
        List<Attachment> attachments,
        RealDevices real) {
    /** What an experiment runs on when it names no server: 2004, 16 MiB, seed 1. */
    public static final ServerSpec DEFAULT = of(2004);

    public ServerSpec {
        devices = List.copyOf(devices);
        pins = List.copyOf(pins);
        attachments = List.copyOf(attachments);
    }

    /** A server without pinned interrupts, with nothing attached. */
    public ServerSpec(int year, CpuModel cpu, int ramMib, long seed, List<DeviceKind> devices, ServerMemory memory) {
        this(year, cpu, ramMib, seed, devices, List.of(), memory, List.of(), RealDevices.ofYear(year));
    }

    /** The same server with interrupts at given counts. */
    public ServerSpec with(List<Pin> others) {
        return new ServerSpec(year, cpu, ramMib, seed, devices, others, memory, attachments, real);
    }

    /** The same server with another processor, that of {@code bought}. */
    public ServerSpec with(CpuModel other, int bought) {
        return new ServerSpec(bought, other, ramMib, seed, devices, pins, memory, attachments, real);
    }

    /** The same server with {@code mib} MiB of machine memory for guests; 0 for as much as they believe to have. */
    public ServerSpec onMachine(int mib) {
        return new ServerSpec(year, cpu, ramMib, seed, devices, pins, memory.withMib(mib), attachments, real);
    }

    /** The same server with another amount of guest memory. */
    public ServerSpec withRam(int mib) {
        return new ServerSpec(year, cpu, mib, seed, devices, pins, memory, attachments, real);
    }

    /** The same server with other devices of its own, random by {@code newSeed}. */
    public ServerSpec withDevices(List<DeviceKind> others, long newSeed) {
        return new ServerSpec(year, cpu, ramMib, newSeed, others, pins, memory, attachments, real);
    }

    /** The same server with these disks and network adapters. */
    public ServerSpec withAttachments(List<Attachment> others) {
        return new ServerSpec(year, cpu, ramMib, seed, devices, pins, memory, others, real);
    }

    /** The same server with these real devices to pass through. */
    public ServerSpec with(RealDevices others) {
        return new ServerSpec(year, cpu, ramMib, seed, devices, pins, memory, attachments, others);
    }

    /** What is attached, each fresh. */
    List<Peripheral> peripherals() {
        Opened run = new Opened();
        return attachments.stream().map(attachment -> attachment.open(run)).toList();
    }

    /** {@link #devices}, and those that raise the pinned interrupts. */
    List<DeviceKind> equipment() {
        List<DeviceKind> all = new ArrayList<>(devices);
        pins.stream()
                .map(Pin::irq)
                .distinct()
                .forEach(irq -> all.add(PinnedInterrupts.kind(
                        irq,
                        pins.stream()
                                .filter(pin -> pin.irq() == irq)
                                .map(Pin::at)
                                .toList())));
        return all;
    }

    /** A server without further devices. */
    public ServerSpec(int year, CpuModel cpu, int ramMib, long seed) {
        this(year, cpu, ramMib, seed, List.of());
    }

    /** A server whose memory is as it usually is. */
    public ServerSpec(int year, CpuModel cpu, int ramMib, long seed, List<DeviceKind> devices) {
        this(year, cpu, ramMib, seed, devices, ServerMemory.DEFAULT.withSeed(seed));
    }

    /** The newest server of {@code year}. */
    public static ServerSpec of(int year) {
        return new ServerSpec(year, CpuModel.ofYear(year), 16, 1);
    }

    /** {@code server 2004: no VMX, no UMIP · 16 MiB · seed 1}. */
    public String title() {
        StringJoiner facts = new StringJoiner(", ");
        for (Feature feature : List.of(Feature.VMX, Feature.UMIP)) {
            facts.add((cpu.has(feature) ? "" : "no ") + feature.name());
        }
        return "server " + year + ": " + facts + " · " + ramMib + " MiB · seed " + seed + beneath()
                + attachments.stream().map(one -> " · " + one.title()).collect(Collectors.joining());
    }

    /** What of the memory beneath is not as usual. */
    private String beneath() {
        boolean usual = memory.frames() == ServerMemory.DEFAULT.frames();
        return (usual ? "" : " · frames " + memory.frames().word())
                + memory.tlb().map(shape -> " · " + shape).orElse("");
    }
}
