package ringside.vmm.spi;

import java.util.List;
import java.util.Map;
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
        List<RuleChange> rules) {
    public VmSpec {
        extra = List.copyOf(extra);
        hypercalls = List.copyOf(hypercalls);
        rules = List.copyOf(rules);
    }

    /** The same machine with another guest. */
    public VmSpec withGuest(GuestImage other) {
        return new VmSpec(cpu, devices, extra, other, engine, memory, options, hypercalls, machine, rules);
    }

    /** The same guest on another machine. */
    public VmSpec withMachine(ServerMemory other) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, other, rules);
    }

    /** Without further hypercalls and changes to rules, on a machine whose memory is as it usually is. */
    public VmSpec(
            CpuModel cpu,
            DeviceSettings devices,
            List<DeviceKind> extra,
            GuestImage guest,
            String engine,
            String memory,
            Map<String, String> options) {
        this(cpu, devices, extra, guest, engine, memory, options, List.of());
    }

    /** On a machine whose memory is as it usually is. */
    public VmSpec(
            CpuModel cpu,
            DeviceSettings devices,
            List<DeviceKind> extra,
            GuestImage guest,
            String engine,
            String memory,
            Map<String, String> options,
            List<GuestCall> hypercalls) {
        this(cpu, devices, extra, guest, engine, memory, options, hypercalls, ServerMemory.DEFAULT, List.of());
    }

    /** As this, on another memory. */
    public VmSpec on(ServerMemory memoryOfMachine) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, memoryOfMachine, rules);
    }

    /** As this, with changes to the rules. */
    public VmSpec with(List<RuleChange> changes) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, machine, changes);
    }
}
