package ringside.vmm.spi;

import java.util.List;
import java.util.Optional;

/** One way to give a guest its peripherals: what the devices are that it sees, and who works them. */
public interface DeviceModel {
    /** The word for it: {@code emulated}, {@code split}. */
    String name();

    /** What it is, in a line. */
    String title();

    /** Why it cannot give the peripherals of {@code spec} to its guest, or nothing. */
    Optional<Mode.Refusal> refusal(VmSpec spec);

    /** Hypercalls that a ported guest has with this model, beside those of its mode. */
    default List<GuestCall> hypercalls() {
        return List.of();
    }

    /** The same machine with devices for its peripherals; called once for each machine that is made. */
    VmSpec attach(VmSpec spec);

    /** What a model says that knows no disks of service VMs. */
    static Optional<Mode.Refusal> withoutServed(VmSpec spec) {
        return spec.attached().all(Peripheral.Served.class).stream()
                .findFirst()
                .map(served -> new Mode.Refusal(
                        "disk '" + served.name() + "', which a service VM works, is a split device",
                        "write devices: 'split'"));
    }
}
