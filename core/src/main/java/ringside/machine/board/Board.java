package ringside.machine.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.guest.EntryState;
import ringside.guest.GuestMemory;
import ringside.machine.bus.Dma;
import ringside.machine.bus.MmioDevice;
import ringside.machine.bus.MmioMap;
import ringside.machine.bus.SystemBus;
import ringside.machine.bus.Window;
import ringside.machine.cpu.Cpu;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Devices;
import ringside.machine.devices.Disk;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.state.Stateful;

/** The server: one CPU, its memory and a {@link Platform} of devices; a guest loaded into it runs bare (PA = MA). */
public final class Board implements GuestMemory {
    /** Room for ROM images, shown twice, above RAM. */
    public static final int ROM_SPACE = 0x40_0000;

    private final SystemBus bus;
    private final Platform platform;
    private final Cpu cpu;

    /** @param settings of the devices; {@code ramBytes} is the size of RAM too */
    public Board(CpuModel model, DeviceSettings settings) {
        this(model, settings, ROM_SPACE);
    }

    /** @param romBytes room for ROM images, each place where one is shown counted */
    public Board(CpuModel model, DeviceSettings settings, int romBytes) {
        this(model, settings, new PhysicalMemory(Math.toIntExact(settings.ramBytes()) + romBytes));
    }

    private Board(CpuModel model, DeviceSettings settings, PhysicalMemory memory) {
        this(model, settings, new SystemBus(memory, Math.toIntExact(settings.ramBytes())));
    }

    /** A board on an address space of its own in a larger memory: what a virtual machine is, seen from within. */
    public Board(CpuModel model, DeviceSettings settings, SystemBus bus) {
        this(model, settings, Devices.ALL, bus);
    }

    /** As above, with other devices than the usual ones. */
    public Board(CpuModel model, DeviceSettings settings, List<DeviceKind> kinds, SystemBus bus) {
        this.bus = bus;
        platform = new Platform(
                settings.withApic(settings.apic() || model.has(Feature.APIC)),
                kinds,
                new Platform.Wires(
                        high -> cpu().interruptPin().set(high),
                        this::a20,
                        new Ram(bus),
                        this::requestStop,
                        new Addresses()));
        cpu = new Cpu(model, bus, platform.ports(), platform.clock());
        bus.beforeDevice(cpu::deviceAccess);
        cpu.interruptSource(platform.interrupts());
        cpu.wakeable(platform::mayInterrupt);
        platform.whereabouts(() -> String.format("CS:EIP %04x:%08x, ring %d", cpu.cs().selector, cpu.eip, cpu.cpl));
        a20(settings.a20Open());
    }

    private void a20(boolean open) {
        bus.a20(open);
        flush();
    }

    /** The address space for devices, whose changes drop what the MMU had mapped there. */
    private final class Addresses implements MmioMap {
        @Override
        public Window window(String owner, int size, MmioDevice device) {
            Window inner = bus.window(owner, size, device);
            return new Window() {
                @Override
                public void at(int first) {
                    inner.at(first);
                    flush();
                }

                @Override
                public void off() {
                    inner.off();
                    flush();
                }
            };
        }

        @Override
        public void claim(int first, int last, String owner, MmioDevice device) {
            bus.claim(first, last, owner, device);
            flush();
        }
    }

    private void flush() {
        if (cpu != null) {
            cpu.mmu.flushAll();
        }
    }

    private void requestStop(String reason, int code) {
        cpu.requestStop(reason, code);
    }

    public Cpu cpu() {
        return cpu;
    }

    public SystemBus bus() {
        return bus;
    }

    public Platform platform() {
        return platform;
    }

    /** Everything with state, in a fixed order. */
    public List<Stateful> parts() {
        List<Stateful> parts = new ArrayList<>(List.of(cpu, bus.memory()));
        parts.addAll(platform.parts());
        return parts;
    }

    // ---- snapshots

    /** What a snapshot must agree with to be loaded here. */
    public Map<String, String> configuration() {
        Map<String, String> facts = new LinkedHashMap<>();
        CpuModel model = cpu.model();
        facts.put("cpu", model.name());
        facts.put("features", model.features().stream().map(Feature::word).collect(Collectors.joining(" ")));
        facts.put("ram", bus.ramSize() + " bytes");
        facts.put("memory", bus.memory().size() + " bytes");
        facts.put("devices", String.join(" ", platform.deviceNames()));
        for (Disk disk : platform.settings().disks()) {
            facts.put(disk.stateName(), disk.sectors() + " sectors");
        }
        return facts;
    }

    /** The whole state as it is now, between instructions. */
    public Snapshot snapshot() {
        cpu.syncTime();
        return Snapshot.of(configuration(), parts());
    }

    /** Puts the server into a saved state; a snapshot of another configuration is refused. */
    public void load(Snapshot snapshot) {
        snapshot.load(configuration(), parts());
    }

    /** Puts the CPU where a guest expects to be started; everything not named there is as after RESET. */
    public void enter(EntryState entry) {
        Entry.apply(entry, cpu);
    }

    @Override
    public int ramSize() {
        return bus.ramSize();
    }

    @Override
    public void write(int pa, byte[] bytes) {
        bus.fillRam(pa, bytes);
    }

    @Override
    public void rom(int pa, byte[] bytes) {
        bus.rom(pa, bytes);
    }

    /** RAM as bus masters see it: page by page where it is plain, byte by byte where a device or nothing answers. */
    private record Ram(SystemBus bus) implements Dma {
        @Override
        public void read(int pa, byte[] to, int offset, int length) {
            for (int done = 0, part; done < length; done += part) {
                int at = pa + done;
                part = inPage(at, length - done);
                int ma = bus.direct(at, false);
                if (ma != SystemBus.NONE) {
                    bus.memory().read(ma + (at & PhysicalMemory.PAGE - 1), to, offset + done, part);
                    continue;
                }
                for (int i = done; i < done + part; i++) {
                    to[offset + i] = (byte) bus.read(8, pa + i);
                }
            }
        }

        @Override
        public void write(int pa, byte[] from, int offset, int length) {
            bus.asMaster(() -> copy(pa, from, offset, length));
        }

        private void copy(int pa, byte[] from, int offset, int length) {
            for (int done = 0, part; done < length; done += part) {
                int at = pa + done;
                part = inPage(at, length - done);
                int ma = bus.direct(at, true);
                if (ma != SystemBus.NONE) {
                    bus.memory().write(ma + (at & PhysicalMemory.PAGE - 1), from, offset + done, part);
                    continue;
                }
                for (int i = done; i < done + part; i++) {
                    bus.write(8, pa + i, from[offset + i]);
                }
            }
        }

        private static int inPage(int pa, int length) {
            return Math.min(length, PhysicalMemory.PAGE - (pa & PhysicalMemory.PAGE - 1));
        }

        @Override
        public boolean isRam(int pa, int length) {
            for (long at = pa & 0xffff_ffffL & -PhysicalMemory.PAGE, end = (pa & 0xffff_ffffL) + length; at < end; ) {
                if (at > 0xffff_ffffL || !bus.isRam((int) at)) {
                    return false;
                }
                at += PhysicalMemory.PAGE;
            }
            return length >= 0;
        }
    }
}
