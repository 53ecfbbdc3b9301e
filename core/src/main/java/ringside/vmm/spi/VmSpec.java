package ringside.vmm.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.spi.rule.RuleChange;

/**
 * What a virtual machine is made from.
 *
 * @param cpu the server's processor, which is the guest's too
 * @param devices settings of the guest's devices; {@code ramBytes} is its memory
 * @param extra devices beside the usual ones
 * @param guest what is loaded and entered
 * @param engine how the silicon is simulated, by name
 * @param memory memory strategy, or empty for the mode's default
 * @param options of the mode, by name
 * @param hypercalls that the VMM offers beside those of a mode that has any
 * @param machine the memory of the machine beneath
 * @param rules changes to the rules of a mode that translates guest code; other modes have none
 * @param attached peripherals, and the device model that makes devices of them
 */
public record VmSpec(
        CpuModel cpu,
        DeviceSettings devices,
        List<DeviceKind> extra,
        GuestImage guest,
        String engine,
        String memory,
        Map<String, String> options,
        List<GuestCall> hypercalls,
        ServerMemory machine,
        List<RuleChange> rules,
        Attached attached) {
    public VmSpec {
        extra = List.copyOf(extra);
        hypercalls = List.copyOf(hypercalls);
        rules = List.copyOf(rules);
    }

    /** On a machine whose memory is as it usually is, with nothing attached; the {@code with} methods say the rest. */
    public VmSpec(
            CpuModel cpu,
            DeviceSettings devices,
            List<DeviceKind> extra,
            GuestImage guest,
            String engine,
            String memory,
            Map<String, String> options) {
        this(
                cpu,
                devices,
                extra,
                guest,
                engine,
                memory,
                options,
                List.of(),
                ServerMemory.DEFAULT,
                List.of(),
                Attached.NOTHING);
    }

    /** The same machine with other settings of its devices. */
    public VmSpec withDevices(DeviceSettings other) {
        return new VmSpec(cpu, other, extra, guest, engine, memory, options, hypercalls, machine, rules, attached);
    }

    /** The same machine with these devices beside the usual ones. */
    public VmSpec withExtra(List<DeviceKind> others) {
        return new VmSpec(cpu, devices, others, guest, engine, memory, options, hypercalls, machine, rules, attached);
    }

    /** The same machine with another guest. */
    public VmSpec withGuest(GuestImage other) {
        return new VmSpec(cpu, devices, extra, other, engine, memory, options, hypercalls, machine, rules, attached);
    }

    /** The same machine, its VMM offering these hypercalls too. */
    public VmSpec withHypercalls(List<GuestCall> calls) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, calls, machine, rules, attached);
    }

    /** The same guest on another machine's memory. */
    public VmSpec on(ServerMemory other) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, other, rules, attached);
    }

    /** The same machine with changes to the rules. */
    public VmSpec withRules(List<RuleChange> changes) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, machine, changes, attached);
    }

    /** The same machine with other things attached, or through another device model. */
    public VmSpec withAttached(Attached other) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, machine, rules, other);
    }

    public List<Peripheral> peripherals() {
        return attached.peripherals();
    }

    /** The device model by name, or empty for the default. */
    public String model() {
        return attached.model();
    }

    /** The server's own devices that the guest is given, where it is given any. */
    public Optional<PhysicalDevices> physical() {
        return attached.physical();
    }
}
