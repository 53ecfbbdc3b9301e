package ringside.lab;

import java.util.Optional;
import ringside.guest.ImageFile;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.CopyOnWrite;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.spi.Peripheral;

/** Something a script attaches to the server of an experiment; each run of the experiment begins with a fresh one. */
public sealed interface Attachment {
    String name();

    /** The peripheral itself, as it is before the guest's first instruction. */
    Peripheral open();

    /** What the server's title says of it. */
    String title();

    /**
     * A disk.
     *
     * @param number its place, from 0
     * @param bytes its size; whole sectors
     * @param image its content, or nothing for zeros; what a guest writes does not come there
     */
    record Drive(String name, int number, int bytes, Optional<ImageFile> image) implements Attachment {
        @Override
        public Peripheral.Block open() {
            DiskBacking content = new MemoryBacking(image.map(ImageFile::bytes).orElseGet(() -> new byte[bytes]));
            return new Peripheral.Block(name, number, image.isPresent() ? new CopyOnWrite(content) : content);
        }

        @Override
        public String title() {
            boolean mib = bytes % (1 << 20) == 0;
            return "disk " + name + " " + (mib ? (bytes >> 20) + " MiB" : bytes / DiskBacking.SECTOR + " sectors");
        }
    }

    /**
     * A network adapter, alone on its network where no host says otherwise.
     *
     * @param number its place among the adapters, from 0: the last part of its address follows from it
     * @param network what it is plugged into, of the same name
     */
    record Adapter(String name, int number, NetworkSpec network) implements Attachment {
        @Override
        public Peripheral open() {
            return new Peripheral.Network(name, DeviceSettings.DEFAULT_MAC + number, network.open());
        }

        @Override
        public String title() {
            return "nic " + name;
        }
    }
}
