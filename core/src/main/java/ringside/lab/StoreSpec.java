package ringside.lab;

import java.util.function.Supplier;
import ringside.machine.devices.disk.DiskBacking;
import ringside.vmm.device.stack.Discipline;
import ringside.vmm.device.stack.Store;
import ringside.vmm.device.stack.Timing;

/**
 * Storage that disks lie on; each run begins with a fresh one.
 *
 * @param content makes what it holds
 * @param queue in which order requests of several disks are served
 * @param timing how long a request takes
 */
public record StoreSpec(String name, Supplier<DiskBacking> content, Discipline queue, Timing timing) {
    /** The storage, no disk on it. */
    public Store open() {
        return new Store(name, content.get(), queue, timing);
    }
}
