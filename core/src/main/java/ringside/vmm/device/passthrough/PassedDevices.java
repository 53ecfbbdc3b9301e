package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import ringside.machine.board.Board;
import ringside.machine.board.DeviceSegment;
import ringside.machine.board.Platform;
import ringside.machine.bus.Dma;
import ringside.machine.bus.MachineDma;
import ringside.machine.bus.MmioDevice;
import ringside.machine.bus.PortDevice;
import ringside.machine.bus.SystemBus;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.Devices;
import ringside.machine.devices.PicPair;
import ringside.machine.devices.Wiring;
import ringside.machine.devices.pci.ConfigurationSpace;
import ringside.machine.devices.pci.PciFunction;
import ringside.machine.devices.pci.PciHost;
import ringside.machine.iommu.DmaFault;
import ringside.machine.iommu.Iommu;
import ringside.machine.iommu.Requester;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;
import ringside.vmm.spi.DirectDevices;
import ringside.vmm.spi.PhysicalServer;

/** The real devices of one guest, on the processor that runs it, and what leads from them to the guest's own board. */
final class PassedDevices implements DirectDevices {
    /** Requesters without a PCI function are numbered on a bus of their own, as chipsets number what is on the board. */
    private static final int BOARD_BUS = 0xff;

    private static final int NO_DOMAIN = 0xffff;
    private static final int PORTS = 0x1_0000, MOST_MESSAGES = 8;

    private final ServerDevices owner;
    private final List<String> names;
    private final PhysicalServer server;
    private final DeviceSegment segment;
    private final InterruptRouting routing;
    private final Optional<Protection> protection;
    private final Optional<Domain> domain;
    private final List<ForwardedDevice> devices = new ArrayList<>();
    private final List<ForwardedFunction> functions = new ArrayList<>();
    private final Trespass trespass = new Trespass();
    private VirtualClock guestClock;
    /** In the guest's clock while the guest sleeps; otherwise a real interrupt brings the VMM in. */
    private VirtualClock.Alarm waking;

    private Platform guest;
    private BitSet ports = new BitSet();
    private BitSet frames = new BitSet();

    PassedDevices(GivenDevices given, PhysicalServer server) {
        this.owner = given.server();
        this.names = given.names();
        this.server = server;
        this.protection = owner.protection(server.machine());
        this.domain = protection.map(iommu -> new Domain(iommu, server));
        this.segment = new DeviceSegment(
                server.cpu(),
                server.ports(),
                server.bus(),
                owner.settings(),
                Devices.ALL,
                server.interrupts(),
                unprotected(),
                (reason, code) -> stop(reason, code));
        this.routing = new InterruptRouting(server.ring0(), segment.controller());
        protection.ifPresent(iommu -> iommu.show(server));
        domain.ifPresent(made -> owner.made(made, given.owner()));
    }

    /** What a master reaches that has not been let into a domain. */
    private Dma unprotected() {
        return protection
                .map(iommu -> iommu.iommu().view(Requester.of(NO_DOMAIN), server.interrupts()::message))
                .orElseGet(
                        () -> trespass.watched(new MachineDma(server.machine().bytes())));
    }

    private void stop(String reason, int code) {
        guest.stop().stop(reason, code);
        server.timer().at(server.cpu().clock().now());
    }

    // ---- building

    @Override
    public List<DeviceKind> kinds(List<DeviceKind> usual) {
        return usual.stream()
                .map(kind -> names.contains(kind.name()) ? forwarded(kind) : kind)
                .toList();
    }

    private DeviceKind forwarded(DeviceKind kind) {
        return new DeviceKind(kind.name(), kind.title(), kind.irq(), kind.ports(), wiring -> build(kind, wiring));
    }

    /** Puts the real device on the segment, and makes what stands for it on the guest's board. */
    private Device build(DeviceKind kind, Wiring wiring) {
        if (guestClock == null) {
            guestClock = wiring.clock();
            waking = guestClock.alarm("real devices", due -> look());
        }
        Platform real = segment.platform();
        PciHost host = real.device(PciHost.class);
        int before = host.functions().size();
        int claims = segment.claims().size();
        List<String> known = List.copyOf(real.consoles().keySet());
        real.memory(kind.name());
        segment.install(kind);
        real.consoles().forEach((name, console) -> {
            if (!known.contains(name)) {
                wiring.plug(console);
            }
        });
        List<PciFunction> found = new ArrayList<>();
        for (ConfigurationSpace function :
                host.functions().subList(before, host.functions().size())) {
            found.add((PciFunction) function);
        }
        protect(kind, found);
        ForwardedDevice device = new ForwardedDevice(this, kind, real.installed(kind.name()), wiring);
        List<DeviceSegment.Claim> all = segment.claims();
        device.claim(all.subList(claims, all.size()));
        devices.add(device);
        device.lead(routing, segment, found);
        for (PciFunction function : found) {
            functions.add(new ForwardedFunction(this, device, function, wiring, functions.size()));
        }
        return device;
    }

    private void protect(DeviceKind kind, List<PciFunction> found) {
        Requester requester = found.isEmpty()
                ? new Requester(BOARD_BUS, devices.size(), 0)
                : new Requester(0, found.getFirst().slot(), found.getFirst().function());
        protection.ifPresent(iommu -> segment.platform()
                .remap(kind.name(), plain -> iommu.iommu().view(requester, server.interrupts()::message)));
        domain.ifPresent(into -> into.admit(requester));
    }

    @Override
    public void guest(Board board) {
        guest = board.platform();
        segment.whereabouts(guest::whereabouts);
        domain.ifPresent(each -> each.map(board.bus()));
        trespass.allowed(server.guestFrames());
        decoded();
    }

    @Override
    public void mayWrite(int pa, boolean allowed) {
        domain.ifPresent(each -> each.mayWrite(pa, allowed));
    }

    // ---- what the board's stand-ins ask

    PhysicalServer server() {
        return server;
    }

    Platform real() {
        return segment.platform();
    }

    /** The guest's addresses. */
    SystemBus guestBus() {
        return server.guestBus();
    }

    /** What answers from an MA on, on the real machine's bus. */
    MmioDevice at(int ma) {
        SystemBus bus = server.bus();
        return new MmioDevice() {
            @Override
            public int read(int bits, int offset) {
                return bus.read(bits, ma + offset);
            }

            @Override
            public void write(int bits, int offset, int value) {
                bus.write(bits, ma + offset, value);
            }
        };
    }

    /** Before the VMM itself touches a device: its time is the guest's. */
    void now() {
        segment.passTo(guestClock.now());
    }

    /** After it did: the guest's lines follow. */
    void touched() {
        routing.follow();
    }

    /** What answers where has changed: the guest reaches what both boards agree on, and nothing of the VMM's. */
    void decoded() {
        if (guest == null) {
            return;
        }
        BitSet open = new BitSet(PORTS);
        for (int port = 0; port < PORTS; port++) {
            PortDevice own = guest.ports().deviceAt(port);
            if (own != null && devices.stream().anyMatch(device -> device.answersFor(own)) && isGuests(port)) {
                open.set(port);
            }
        }
        ports = open;
        BitSet pages = new BitSet();
        functions.forEach(function -> function.pages().forEach(ma -> pages.set(ma >>> 12)));
        devices.forEach(device -> device.pages().forEach(ma -> pages.set(ma >>> 12)));
        frames = pages;
    }

    private boolean isGuests(int port) {
        PortDevice real = segment.platform().ports().deviceAt(port);
        return real != null && !(real instanceof PicPair) && !(real instanceof PciHost);
    }

    // ---- what the run loop of a mode asks

    @Override
    public boolean interrupt(int vector) {
        if (vector == Protection.VECTOR && protection.isPresent()) {
            protection.get().takeFaults(server);
            return true;
        }
        return routing.delivered(vector);
    }

    @Override
    public void look() {
        now();
        routing.follow();
    }

    @Override
    public void entering(long ahead) {
        waking.cancel();
        segment.ahead(ahead);
    }

    @Override
    public void sleeping() {
        waking.at(segment.deadline());
    }

    @Override
    public BitSet ports() {
        return ports;
    }

    @Override
    public BitSet frames() {
        return frames;
    }

    @Override
    public Optional<DeviceSegment> segment() {
        return Optional.of(segment);
    }

    // ---- looking

    @Override
    public List<String> tables() {
        return protection.map(iommu -> iommu.iommu().tables()).orElse(List.of());
    }

    @Override
    public List<String> strayed() {
        return trespass.found();
    }

    /** What all of them came to; told by the first, for the guest's board adds up what its devices tell. */
    Counters counters(ForwardedDevice asked) {
        Counters all = new Counters();
        if (asked == devices.getFirst()) {
            all.add("directPorts", server.passedThrough());
            owner.iommu().map(Iommu::counters).ifPresent(all::merge);
        }
        return all;
    }

    /** What the IOMMU reported, the first few each; told by the first of them. */
    List<String> messages(ForwardedDevice asked) {
        List<String> messages = new ArrayList<>();
        if (asked == devices.getFirst() && protection.isPresent()) {
            List<DmaFault> faults = protection.get().faults();
            faults.stream().limit(MOST_MESSAGES).forEach(fault -> messages.add("IOMMU fault: " + fault));
            if (faults.size() > MOST_MESSAGES) {
                messages.add((faults.size() - MOST_MESSAGES + protection.get().more()) + " more IOMMU faults");
            }
        }
        return messages;
    }
}
