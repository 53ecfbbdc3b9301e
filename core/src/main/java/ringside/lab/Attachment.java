package ringside.lab;

import java.util.List;
import java.util.Optional;
import ringside.guest.ImageFile;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.CopyOnWrite;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.device.stack.Discipline;
import ringside.vmm.device.stack.Injection;
import ringside.vmm.device.stack.Limit;
import ringside.vmm.device.stack.Store;
import ringside.vmm.device.stack.Timing;
import ringside.vmm.spi.Peripheral;

/** Something a script attaches to the server of an experiment; each run of the experiment begins with a fresh one. */
public sealed interface Attachment {
    String name();

    /** The peripheral itself, as it is before the guest's first instruction; what it shares with others is in {@code run}. */
    Peripheral open(Opened run);

    /** What the server's title says of it. */
    String title();

    /**
     * A disk.
     *
     * @param number its place, from 0
     * @param bytes its size; whole sectors
     * @param image its content, or nothing for zeros; what a guest writes does not come there
     * @param terms the storage it lies on in place of content of its own, and what its guest is held to
     */
    record Drive(String name, int number, int bytes, Optional<ImageFile> image, Optional<Terms> terms)
            implements Attachment {
        /** One of its own, of which a guest may ask what it likes. */
        public Drive(String name, int number, int bytes, Optional<ImageFile> image) {
            this(name, number, bytes, image, Optional.empty());
        }

        @Override
        public Peripheral.Block open(Opened run) {
            return new Peripheral.Block(name, number, terms.isPresent() ? part(terms.get(), run) : content());
        }

        /** Content of its own. */
        private DiskBacking content() {
            DiskBacking content = new MemoryBacking(image.map(ImageFile::bytes).orElseGet(() -> new byte[bytes]));
            return image.isPresent() ? new CopyOnWrite(content) : content;
        }

        private DiskBacking part(Terms agreed, Opened run) {
            Store store = agreed.storage()
                    .map(run::store)
                    .orElseGet(() -> new Store(name, content(), Discipline.ALL.getFirst(), Timing.NONE));
            return store.disk(
                    name, bytes / DiskBacking.SECTOR, agreed.limit(), agreed.trouble(), agreed.seed() + number);
        }

        @Override
        public String title() {
            boolean mib = bytes % (1 << 20) == 0;
            return "disk " + name + " " + (mib ? (bytes >> 20) + " MiB" : bytes / DiskBacking.SECTOR + " sectors")
                    + terms.flatMap(Terms::storage)
                            .map(store -> " on " + store.name())
                            .orElse("");
        }
    }

    /**
     * What a disk's guest is held to, and where the disk lies.
     *
     * @param storage what it is a part of, or nothing for storage of its own
     * @param trouble that some of its requests get
     * @param seed decides where chance does
     */
    record Terms(Optional<StoreSpec> storage, Limit limit, List<Injection> trouble, long seed) {
        public Terms {
            trouble = List.copyOf(trouble);
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
        public Peripheral.Network open(Opened run) {
            return open(run, 0);
        }

        /** As the adapter of the machine at a place of its server. */
        Peripheral.Network open(Opened run, int place) {
            long mac = DeviceSettings.DEFAULT_MAC + place + ((long) number << 8);
            return new Peripheral.Network(name, mac, run.network(network));
        }

        @Override
        public String title() {
            return "nic " + name;
        }
    }
}
