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
 */
public record VmSpec(
        CpuModel cpu,
        DeviceSettings devices,
        List<DeviceKind> extra,
        GuestImage guest,
        String engine,
        String memory,
        Map<String, String> options,
        List<GuestCall> hypercalls) {
    public VmSpec {
        extra = List.copyOf(extra);
        hypercalls = List.copyOf(hypercalls);
    }

    /** A machine without further hypercalls. */
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
}
