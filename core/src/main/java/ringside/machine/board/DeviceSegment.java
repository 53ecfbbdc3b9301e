package ringside.machine.board;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import ringside.error.RingsideException;
import ringside.machine.bus.Dma;
import ringside.machine.bus.InterruptController;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioDevice;
import ringside.machine.bus.MmioMap;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.PortDevice;
import ringside.machine.bus.StopRequest;
import ringside.machine.bus.SystemBus;
import ringside.machine.bus.Window;
import ringside.machine.cpu.Cpu;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.InterruptInputs;
import ringside.machine.devices.pci.IsaBridge;
import ringside.machine.time.VirtualClock;

/**
 * Devices of the real machine on the ports and addresses of one processor: a platform with interrupt controllers and a PCI
 * bus of its own, its clock as far ahead of the processor's as it was last told.
 *
 * <p>The two clocks differ because the processor's counts what it executes, and devices follow the time of whoever drives
 * them, which goes on in sleep.
 */
public final class DeviceSegment {
    /** What every segment has: interrupt controllers, PCI with its bridges. */
    private static final List<String> FIXED = List.of("pic", "pci", "isaBridge");

    private final Cpu cpu;
    private final VirtualClock.Alarm alarm;
    private final Platform platform;
    private final List<Claim> claims = new ArrayList<>();
    private long ahead;

    /** Addresses that a device has for good. */
    public record Claim(int first, int last, String owner, MmioDevice device) {}

    /**
     * A segment on {@code ports} and {@code bus}; devices come by {@link #install}.
     *
     * @param usual every kind there is
     * @param interrupts the inputs of the processor's interrupt pin
     * @param memory what a bus master reaches unless something is put between
     */
    public DeviceSegment(
            Cpu cpu,
            PortBus ports,
            SystemBus bus,
            DeviceSettings settings,
            List<DeviceKind> usual,
            InterruptInputs interrupts,
            Dma memory,
            StopRequest stop) {
        this.cpu = cpu;
        IrqLine intr = interrupts.add(this::acknowledge);
        List<DeviceKind> fixed =
                usual.stream().filter(kind -> FIXED.contains(kind.name())).toList();
        platform = new Platform(
                settings.unconfigured(),
                fixed,
                new Platform.Wires(intr, IrqLine.UNCONNECTED, memory, stop, new Addresses(bus)));
        ports.map(0, 0xffff, "devices", "devices of the machine", new Ports());
        bus.beforeDevice(cpu::deviceAccess);
        alarm = cpu.clock().alarm("devices", due -> catchUp());
    }

    private int acknowledge() {
        return platform.interrupts().acknowledge();
    }

    /** Adds a device. */
    public void install(DeviceKind kind) {
        platform.install(kind);
        arm();
    }

    /** Addresses that devices have for good, in the order of their building. */
    public List<Claim> claims() {
        return List.copyOf(claims);
    }

    /** The devices: their ports, their clock, what stands between them and memory. */
    public Platform platform() {
        return platform;
    }

    public InterruptController controller() {
        return platform.interrupts();
    }

    /** Who routes interrupt pins of PCI functions to request lines. */
    public IsaBridge bridge() {
        return platform.device(IsaBridge.class);
    }

    /** Who tells where the processor is, for messages. */
    public void whereabouts(Supplier<String> place) {
        platform.whereabouts(place);
    }

    // ---- time

    /** From now on the devices' clock is {@code ticks} ahead of the processor's. */
    public void ahead(long ticks) {
        ahead = ticks;
        catchUp();
    }

    /** Lets the devices' time go on to {@code tick}, while the processor's stands. */
    public void passTo(long tick) {
        VirtualClock clock = platform.clock();
        if (tick > clock.now()) {
            clock.advance(tick - clock.now());
        }
        clock.fire();
    }

    /** When a device next wants attention, in the devices' time, or {@link VirtualClock#NEVER}. */
    public long deadline() {
        return platform.clock().deadline();
    }

    private void catchUp() {
        passTo(cpu.clock().now() + ahead);
        arm();
    }

    private void arm() {
        long due = platform.clock().deadline();
        alarm.at(due == VirtualClock.NEVER ? VirtualClock.NEVER : due - ahead);
    }

    // ---- the ways to the devices

    private final class Ports implements PortDevice {
        @Override
        public int in(int bits, int port) {
            catchUp();
            int value = platform.ports().in(bits, port);
            arm();
            return value;
        }

        @Override
        public void out(int bits, int port, int value) {
            catchUp();
            platform.ports().out(bits, port, value);
            arm();
        }
    }

    /** The processor's address space; what moves there it forgets. */
    private final class Addresses implements MmioMap {
        private final SystemBus bus;

        Addresses(SystemBus bus) {
            this.bus = bus;
        }

        @Override
        public Window window(String owner, int size, MmioDevice device) {
            Window inner = bus.window(owner, size, new Timed(device));
            return new Window() {
                @Override
                public void at(int first) {
                    inner.at(first);
                    cpu.mmu.flushAll();
                }

                @Override
                public void off() {
                    inner.off();
                    cpu.mmu.flushAll();
                }
            };
        }

        @Override
        public void claim(int first, int last, String owner, MmioDevice device) {
            if (Integer.compareUnsigned(first, bus.ramSize()) < 0) {
                throw new RingsideException(
                        String.format("%s answers at %08x, where the machine has memory", owner, first),
                        "",
                        String.format("give it addresses from %08x up", bus.ramSize()));
            }
            Timed timed = new Timed(device);
            bus.claim(first, last, owner, timed);
            claims.add(new Claim(first, last, owner, timed));
            cpu.mmu.flushAll();
        }
    }

    private final class Timed implements MmioDevice {
        private final MmioDevice device;

        Timed(MmioDevice device) {
            this.device = device;
        }

        @Override
        public int read(int bits, int offset) {
            catchUp();
            int value = device.read(bits, offset);
            arm();
            return value;
        }

        @Override
        public void write(int bits, int offset, int value) {
            catchUp();
            device.write(bits, offset, value);
            arm();
        }
    }
}
