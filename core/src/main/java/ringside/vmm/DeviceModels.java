package ringside.vmm;

import java.util.List;
import java.util.Optional;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.vmm.device.emulated.EmulatedDevices;
import ringside.vmm.device.passthrough.PassthroughDevices;
import ringside.vmm.device.split.SplitDevices;
import ringside.vmm.spi.DeviceModel;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.VmSpec;

/** Every device model: one line each. */
public final class DeviceModels {
    /** In the order in which they are listed, the default first. */
    public static final List<DeviceModel> ALL =
            List.of(new EmulatedDevices(), new PassthroughDevices(), SplitDevices.TRUSTED, SplitDevices.GRANTED);

    private DeviceModels() {}

    public static List<String> names() {
        return ALL.stream().map(DeviceModel::name).toList();
    }

    /** The device model of this name, the default for an empty one; an unknown one is refused with what there is. */
    public static DeviceModel named(String name) {
        return name.isEmpty()
                ? ALL.getFirst()
                : ALL.stream()
                        .filter(model -> model.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new RingsideException(
                                "unknown device model '" + name + "'",
                                "",
                                NearMiss.hint(name, names(), "there are " + String.join(", ", names()))));
    }

    /** The hypercalls that one model or another adds to a ported guest's. */
    public static List<GuestCall> hypercalls() {
        return ALL.stream()
                .flatMap(model -> model.hypercalls().stream())
                .distinct()
                .toList();
    }

    /** Why the model of {@code spec} cannot be had there, or nothing. */
    static Optional<Mode.Refusal> refusal(VmSpec spec) {
        return named(spec.model()).refusal(spec);
    }

    /** {@code spec} with the devices that its model makes of its peripherals. */
    static VmSpec attach(VmSpec spec) {
        return named(spec.model()).attach(spec);
    }
}
