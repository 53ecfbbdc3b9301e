package ringside.machine.devices;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import ringside.machine.devices.net.Switch;

/**
 * What the devices of a machine have to be told.
 *
 * @param ramBytes what CMOS says of the memory
 * @param start the date and time at tick 0
 * @param exitPort the port of the exit device
 * @param exitCoding how a value written there becomes the exit code
 * @param a20Open whether address line 20 is open at reset
 * @param disks the drives, by BIOS number
 * @param configured whether PCI devices and interrupt routing come up as firmware leaves them, or as reset does
 * @param mac the hardware address of the network adapter, the first byte on the wire the highest of six
 * @param apic whether the local APIC and the I/O APIC answer
 * @param cable where the network adapter's cable leads, where it has one
 */
public record DeviceSettings(
        long ramBytes,
        LocalDateTime start,
        int exitPort,
        ExitPort.Coding exitCoding,
        boolean a20Open,
        List<Disk> disks,
        boolean configured,
        long mac,
        boolean apic,
        Optional<Switch> cable) {
    public static final int DEFAULT_EXIT_PORT = 0xf4;
    public static final LocalDateTime START = LocalDateTime.of(2005, 1, 3, 12, 0);
    /** Locally administered, unicast. */
    public static final long DEFAULT_MAC = 0x5254_0012_3456L;

    public DeviceSettings {
        disks = List.copyOf(disks);
    }

    /** A machine without disks, switched on at noon on 3 January 2005, A20 open. */
    public static DeviceSettings of(long ramBytes) {
        return new DeviceSettings(
                ramBytes,
                START,
                DEFAULT_EXIT_PORT,
                ExitPort.Coding.PLAIN,
                true,
                List.of(),
                true,
                DEFAULT_MAC,
                false,
                Optional.empty());
    }

    public DeviceSettings withStart(LocalDateTime date) {
        return new DeviceSettings(ramBytes, date, exitPort, exitCoding, a20Open, disks, configured, mac, apic, cable);
    }

    public DeviceSettings withExit(int port, ExitPort.Coding coding) {
        return new DeviceSettings(ramBytes, start, port, coding, a20Open, disks, configured, mac, apic, cable);
    }

    public DeviceSettings withA20(boolean open) {
        return new DeviceSettings(ramBytes, start, exitPort, exitCoding, open, disks, configured, mac, apic, cable);
    }

    public DeviceSettings withDisks(List<Disk> drives) {
        return new DeviceSettings(ramBytes, start, exitPort, exitCoding, a20Open, drives, configured, mac, apic, cable);
    }

    /** A machine on which no firmware has run: base addresses unassigned, interrupt lines unrouted. */
    public DeviceSettings unconfigured() {
        return new DeviceSettings(ramBytes, start, exitPort, exitCoding, a20Open, disks, false, mac, apic, cable);
    }

    public DeviceSettings withMac(long address) {
        return new DeviceSettings(
                ramBytes, start, exitPort, exitCoding, a20Open, disks, configured, address, apic, cable);
    }

    public DeviceSettings withApic(boolean present) {
        return new DeviceSettings(
                ramBytes, start, exitPort, exitCoding, a20Open, disks, configured, mac, present, cable);
    }

    /** With the network adapter plugged into a switch. */
    public DeviceSettings withCable(Switch network) {
        return new DeviceSettings(
                ramBytes, start, exitPort, exitCoding, a20Open, disks, configured, mac, apic, Optional.of(network));
    }
}
