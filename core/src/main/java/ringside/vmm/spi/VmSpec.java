package ringside.vmm.spi;

import java.util.List;
import java.util.Map;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;

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
        ServerMemory machine) {
    public VmSpec {
        extra = List.copyOf(extra);
        hypercalls = List.copyOf(hypercalls);
    }

    /** Without further hypercalls, on a machine whose memory is as it usually is. */
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
        this(cpu, devices, extra, guest, engine, memory, options, hypercalls, ServerMemory.DEFAULT);
    }

    /** As this, on another memory. */
    public VmSpec on(ServerMemory memoryOfMachine) {
        return new VmSpec(cpu, devices, extra, guest, engine, memory, options, hypercalls, memoryOfMachine);
    }
}
