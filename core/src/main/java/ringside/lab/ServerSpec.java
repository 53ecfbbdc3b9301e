package ringside.lab;

import java.util.List;
import java.util.StringJoiner;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.machine.devices.DeviceKind;

/**
 * The simulated server of an experiment.
 *
 * @param year the year asked for; it names the server in the title line
 * @param cpu the processor, features switched as the script wants
 * @param ramMib guest memory in MiB
 * @param seed of everything random in the experiment
 * @param devices further devices of the guest's machine, beside those every machine has
 */
public record ServerSpec(int year, CpuModel cpu, int ramMib, long seed, List<DeviceKind> devices) {
    /** What an experiment runs on when it names no server: 2004, 16 MiB, seed 1. */
    public static final ServerSpec DEFAULT = of(2004);

    public ServerSpec {
        devices = List.copyOf(devices);
    }

    /** A server without further devices. */
    public ServerSpec(int year, CpuModel cpu, int ramMib, long seed) {
        this(year, cpu, ramMib, seed, List.of());
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
        return "server " + year + ": " + facts + " · " + ramMib + " MiB · seed " + seed;
    }
}
