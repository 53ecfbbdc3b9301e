package ringside.vmm.spi;

import ringside.machine.devices.Disk;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.net.Switch;

/** Something that is attached to a virtual machine, whatever device the guest sees it through. */
public sealed interface Peripheral {
    /** What scripts and messages call it. */
    String name();

    /**
     * A disk.
     *
     * @param number its place among the disks, from 0
     * @param watcher is shown each request as the guest saw it end
     */
    record Block(String name, int number, DiskBacking backing, BlockRequest.Watcher watcher) implements Peripheral {
        /** One whose requests nobody looks at. */
        public Block(String name, int number, DiskBacking backing) {
            this(name, number, backing, BlockRequest.Watcher.NONE);
        }

        /** The same disk, its requests shown to {@code other}. */
        public Block watchedBy(BlockRequest.Watcher other) {
            return new Block(name, number, backing, other);
        }

        /** The drive with the BIOS number of a hard disk at its place. */
        public Disk drive() {
            return new Disk(Disk.FIRST_HARD_DISK + number, backing).watchedBy(watcher);
        }
    }

    /**
     * A disk that a service VM works: the guest sees it as a split device.
     *
     * @param number its place among the guest's disks
     * @param first and {@code sectors}: the part of the service VM's disk that it is
     * @param front which front end of the channel it is, from 0
     */
    record Served(String name, int number, long first, long sectors, int front, ServiceChannel channel)
            implements Peripheral {}

    /**
     * A network adapter.
     *
     * @param mac the first byte on the wire the highest of six
     * @param segment the switch that its cable leads to
     */
    record Network(String name, long mac, Switch segment) implements Peripheral {}

    /** A console: bytes out to, and in from, the platform's console of this name. */
    record Stream(String name) implements Peripheral {}
}
