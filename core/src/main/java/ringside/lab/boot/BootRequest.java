package ringside.lab.boot;

import java.util.List;
import java.util.Optional;
import ringside.arch.CpuModel;
import ringside.lab.Setting;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.net.Capture;

/**
 * What to boot and on what.
 *
 * @param setting mode, memory strategy and engine
 * @param ramBytes the guest's memory
 * @param exitPort a write there ends the run
 * @param watchedPorts writes to them are reported
 * @param maxInstructions the budget
 * @param capture gets what the network adapter sends, where it has a cable at all
 */
public record BootRequest(
        BootImages images,
        Setting setting,
        CpuModel cpu,
        int ramBytes,
        int exitPort,
        List<Integer> watchedPorts,
        long maxInstructions,
        Optional<Capture> capture) {
    /** A budget always applies: about ten seconds of the interpreter. */
    public static final long DEFAULT_BUDGET = 1_000_000_000L;

    public static final int DEFAULT_RAM = 16 << 20;
    /** The newest server without VMX and UMIP, as experiments have it. */
    public static final int DEFAULT_YEAR = 2004;

    public BootRequest {
        watchedPorts = List.copyOf(watchedPorts);
    }

    /** Bare, on the default server, with the default budget. */
    public static BootRequest of(BootImages images) {
        return new BootRequest(
                images,
                new Setting("bare"),
                CpuModel.ofYear(DEFAULT_YEAR),
                DEFAULT_RAM,
                DeviceSettings.DEFAULT_EXIT_PORT,
                List.of(),
                DEFAULT_BUDGET,
                Optional.empty());
    }

    public BootRequest withSetting(Setting other) {
        return new BootRequest(images, other, cpu, ramBytes, exitPort, watchedPorts, maxInstructions, capture);
    }

    public BootRequest withCpu(CpuModel model) {
        return new BootRequest(images, setting, model, ramBytes, exitPort, watchedPorts, maxInstructions, capture);
    }

    public BootRequest withBudget(long instructions) {
        return new BootRequest(images, setting, cpu, ramBytes, exitPort, watchedPorts, instructions, capture);
    }

    public BootRequest withWatchedPorts(List<Integer> ports) {
        return new BootRequest(images, setting, cpu, ramBytes, exitPort, ports, maxInstructions, capture);
    }
}
