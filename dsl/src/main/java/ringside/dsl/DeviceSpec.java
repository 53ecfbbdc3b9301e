package ringside.dsl;

import groovy.lang.Closure;
import java.util.List;
import ringside.machine.devices.DeviceKind;

/**
 * A device as a script describes it. Each machine that gets one has a device of its own, with random numbers of its own
 * from the same seed: what one machine reads, every other reads too.
 *
 * @param place the script and the line that describe it
 * @param ports the ports it answers to, or null
 * @param addresses the physical addresses it answers to, or null
 * @param registers what is where; other offsets are left to {@code read} and {@code write}
 * @param read closure of port or address and width, or null: reads give all ones
 * @param write closure of port or address, width and value, or null: writes are lost
 * @param dma closure that a started transfer runs, or null: the device does not master the bus
 * @param every what it does by itself, and how often
 */
public record DeviceSpec(
        String name,
        String place,
        Range ports,
        Range addresses,
        List<DeviceRegister> registers,
        Closure<?> read,
        Closure<?> write,
        Closure<?> dma,
        List<Period> every,
        int irq) {
    static final int NO_IRQ = DeviceKind.NO_IRQ;

    /** Bounds included. */
    record Range(int first, int last) {}

    /** A closure to be run every so many ticks. */
    record Period(long ticks, Closure<?> body) {}

    /** The kind of device to install. */
    public DeviceKind kind(long seed) {
        return new DeviceKind(
                name,
                place,
                irq,
                settings -> ports == null ? List.of() : List.of(new DeviceKind.Ports(ports.first, ports.last)),
                wiring -> new ScriptedDevice(this, seed, wiring));
    }

    /** The registers as a table: for {@code println device.reference}. */
    public String getReference() {
        StringBuilder text = new StringBuilder("device '" + name + "'");
        if (ports != null) {
            text.append(String.format("   ports %04x-%04x", ports.first, ports.last));
        }
        if (addresses != null) {
            text.append(String.format("   addresses %08x-%08x", addresses.first, addresses.last));
        }
        if (irq != NO_IRQ) {
            text.append("   irq ").append(irq);
        }
        text.append("\n  offset  register      bits  access  reset\n");
        for (DeviceRegister r : registers) {
            String row = String.format(
                    "  %-8s%-14s%-6d%-8s%0" + r.bits() / 4 + "x",
                    String.format("%02x", r.offset()),
                    r.name(),
                    r.bits(),
                    r.access().word(),
                    r.reset());
            text.append(String.format("%-48s%s", row, r.about()).stripTrailing())
                    .append('\n');
        }
        return text.toString();
    }
}
