package ringside.machine.board;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import ringside.error.RingsideException;
import ringside.machine.bus.Dma;
import ringside.machine.bus.InterruptController;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioMap;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.PortDevice;
import ringside.machine.bus.StopRequest;
import ringside.machine.bus.Window;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.A20Gate;
import ringside.machine.devices.Console;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Devices;
import ringside.machine.devices.Wiring;
import ringside.machine.state.Stateful;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;

/**
 * Everything around the CPU but memory: ports, clock, interrupt controller and devices, wired together.
 *
 * <p>The server has one, and so has each virtual machine; which of the two is seen only in the {@link Wires} that lead
 * out of it.
 */
public final class Platform implements Wiring {
    /**
     * What leads from the platform to CPU and memory.
     *
     * @param intr the CPU's interrupt pin
     * @param a20 high while address line 20 is open
     * @param memory physical memory for devices
     * @param stop told at once when a device asks for the run to end
     * @param addresses where devices answer at physical addresses
     */
    public record Wires(IrqLine intr, IrqLine a20, Dma memory, StopRequest stop, MmioMap addresses) {
        /** Without an address space for devices. */
        public Wires(IrqLine intr, IrqLine a20, Dma memory, StopRequest stop) {
            this(intr, a20, memory, stop, MmioMap.NONE);
        }
    }

    /** Memory as one bus master sees it; what stands between the two can be exchanged. */
    private static final class MasterView implements Dma {
        private Dma target;

        MasterView(Dma target) {
            this.target = target;
        }

        @Override
        public void read(int pa, byte[] to, int offset, int length) {
            target.read(pa, to, offset, length);
        }

        @Override
        public void write(int pa, byte[] from, int offset, int length) {
            target.write(pa, from, offset, length);
        }

        @Override
        public boolean isRam(int pa, int length) {
            return target.isRam(pa, length);
        }
    }

    private record Installed(DeviceKind kind, Device device) {}

    private final DeviceSettings settings;
    private final Wires wires;
    private final VirtualClock clock = new VirtualClock();
    private final PortBus ports = new PortBus();
    private final A20Gate a20;
    private final Map<String, Console> consoles = new LinkedHashMap<>();
    private final List<Installed> installed = new ArrayList<>();
    private final Map<String, MasterView> masters = new LinkedHashMap<>();
    private final List<PortBus.PortTrace> traces = new ArrayList<>();
    private InterruptController controller;
    private Stop.Requested requested;
    private Supplier<String> whereabouts = () -> "";

    /** A platform with every device of {@link Devices}. */
    public Platform(DeviceSettings settings, Wires wires) {
        this(settings, Devices.ALL, wires);
    }

    /** @param kinds the devices, an interrupt controller before any that has an interrupt line */
    public Platform(DeviceSettings settings, List<DeviceKind> kinds, Wires wires) {
        this.settings = settings;
        this.wires = wires;
        a20 = new A20Gate(settings.a20Open(), wires.a20());
        kinds.forEach(this::install);
        if (controller == null) {
            throw new RingsideException("the machine has no interrupt controller", "", "add the 'pic'");
        }
        if (settings.configured()) {
            PciSetup.run(ports);
            if (settings.apic()) {
                MpTable.write(memory());
            }
        }
    }

    /** Adds a device of this kind; its ports must be free. */
    public Device install(DeviceKind kind) {
        Device device = kind.build().apply(this);
        if (device instanceof InterruptController found) {
            controller = found;
        }
        for (DeviceKind.Ports range : kind.ports().apply(settings)) {
            ports.map(range.first(), range.last(), kind.name(), kind.title(), device);
        }
        installed.add(new Installed(kind, device));
        return device;
    }

    // ---- what devices are wired to

    @Override
    public VirtualClock clock() {
        return clock;
    }

    @Override
    public IrqLine intr() {
        return wires.intr();
    }

    @Override
    public IrqLine irq(int number) {
        return controller.line(number);
    }

    @Override
    public A20Gate a20() {
        return a20;
    }

    @Override
    public Dma memory() {
        return wires.memory();
    }

    @Override
    public Dma memory(String master) {
        return masters.computeIfAbsent(master, name -> new MasterView(wires.memory()));
    }

    /** The bus masters that have a view of memory of their own, by name. */
    public List<String> masterNames() {
        return List.copyOf(masters.keySet());
    }

    /** Puts something between a bus master and memory: {@code remap} is given the view it had. */
    public void remap(String master, UnaryOperator<Dma> remap) {
        MasterView view = masters.get(master);
        if (view == null) {
            throw new RingsideException(
                    "the machine has no bus master '" + master + "'",
                    "",
                    "there are: " + String.join(", ", masterNames()));
        }
        view.target = remap.apply(view.target);
    }

    @Override
    public boolean wouldDeliver(int irq) {
        return controller.wouldDeliver(irq);
    }

    @Override
    public Window portWindow(int size, PortDevice device) {
        return ports.window(size, device);
    }

    @Override
    public String whereabouts() {
        return whereabouts.get();
    }

    /** Who tells where the guest is, for messages about it. */
    public void whereabouts(Supplier<String> place) {
        whereabouts = place;
    }

    @Override
    public MmioMap addresses() {
        return wires.addresses();
    }

    @Override
    public StopRequest stop() {
        return this::requestStop;
    }

    @Override
    public Console console(String name) {
        return consoles.computeIfAbsent(name, Console::new);
    }

    @Override
    public void plug(Console console) {
        consoles.put(console.name(), console);
    }

    @Override
    public DeviceSettings settings() {
        return settings;
    }

    // ---- what the CPU and the user see

    public PortBus ports() {
        return ports;
    }

    public InterruptController interrupts() {
        return controller;
    }

    /** All consoles, by name, in the order in which devices were built. */
    public Map<String, Console> consoles() {
        return Collections.unmodifiableMap(consoles);
    }

    /** The names of the devices, in order. */
    public List<String> deviceNames() {
        return installed.stream().map(i -> i.kind.name()).toList();
    }

    /** The device of this kind. */
    public Device installed(String name) {
        return installed.stream()
                .filter(i -> i.kind.name().equals(name))
                .map(Installed::device)
                .findFirst()
                .orElseThrow(() -> new RingsideException("the machine has no device '" + name + "'"));
    }

    /** The first device of this class. */
    @Override
    public <T extends Device> T device(Class<T> type) {
        return installed.stream()
                .map(Installed::device)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new RingsideException("the machine has no " + type.getSimpleName()));
    }

    /**
     * Whether an interrupt waits or could ever come without the CPU doing anything: HLT ends a run where it could not.
     *
     * <p>A device counts if it has something to wait for and the controller would let its line through.
     */
    public boolean mayInterrupt() {
        return controller.pending()
                || installed.stream()
                        .anyMatch(i -> i.kind.irq() != DeviceKind.NO_IRQ
                                && i.device.mayInterrupt()
                                && (i.kind.irq() == DeviceKind.ROUTED || controller.wouldDeliver(i.kind.irq())));
    }

    /** What a user should know of the drives and devices. */
    public List<String> messages() {
        List<String> messages = new ArrayList<>();
        settings.disks().forEach(disk -> messages.addAll(disk.messages()));
        installed.forEach(i -> messages.addAll(i.device.messages()));
        return messages;
    }

    /** What the devices count, together. */
    public Counters counters() {
        Counters all = new Counters();
        installed.forEach(i -> all.merge(i.device.counters()));
        return all;
    }

    // ---- stopping

    private void requestStop(String reason, int code) {
        if (requested == null) {
            requested = new Stop.Requested(reason, code);
        }
        wires.stop().stop(reason, code);
    }

    /** The first stop a device asked for since the last call; asking takes it. */
    public Optional<Stop.Requested> takeStop() {
        Optional<Stop.Requested> taken = Optional.ofNullable(requested);
        requested = null;
        return taken;
    }

    // ---- watching

    /** Shows every port access to {@code trace}, after those added before. */
    public void trace(PortBus.PortTrace trace) {
        traces.add(trace);
        ports.trace(this::observed);
    }

    /** Shows an access to the watchers that a device of this machine was reached by on another way. */
    public void observed(boolean write, int bits, int port, int value) {
        traces.forEach(trace -> trace.access(write, bits, port, value));
    }

    /** Shows accesses to one port to {@code trace}. */
    public void watch(int watched, PortBus.PortTrace trace) {
        trace((write, bits, port, value) -> {
            if (port == watched) {
                trace.access(write, bits, port, value);
            }
        });
    }

    // ---- state

    /** Everything with state, in a fixed order, the clock first; lazily kept state is brought up to now. */
    public List<Stateful> parts() {
        List<Stateful> parts = new ArrayList<>(List.of(clock, a20));
        parts.addAll(consoles.values());
        parts.addAll(settings.disks());
        for (Installed i : installed) {
            i.device.settle();
            parts.add(i.device);
        }
        return parts;
    }
}
