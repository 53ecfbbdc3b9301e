package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import ringside.error.RingsideException;
import ringside.machine.board.DeviceSegment;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioDevice;
import ringside.machine.bus.PortDevice;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.Wiring;
import ringside.machine.devices.ata.IdeController;
import ringside.machine.devices.pci.IsaBridge;
import ringside.machine.devices.pci.PciFunction;
import ringside.machine.state.StateVisitor;
import ringside.observe.Counters;

/**
 * What stands on the guest's board for a real device: instructions that the VMM carries out in software reach it here.
 *
 * <p>It has no state: to save it, or the guest with it, is refused.
 */
final class ForwardedDevice implements Device {
    private final PassedDevices passed;
    private final DeviceKind kind;
    private final Device real;
    private final Wiring guest;
    /** Whether an interrupt of each of its lines would get through to the guest. */
    private final List<BooleanSupplier> delivers = new ArrayList<>();

    private final List<PortDevice> windows = new ArrayList<>();
    private final List<Integer> pages = new ArrayList<>();

    ForwardedDevice(PassedDevices passed, DeviceKind kind, Device real, Wiring guest) {
        this.passed = passed;
        this.kind = kind;
        this.real = real;
        this.guest = guest;
    }

    /** Fixed addresses are the machine's too: the guest has the device where the machine has it. */
    void claim(List<DeviceSegment.Claim> claims) {
        for (DeviceSegment.Claim claim : claims) {
            guest.addresses().claim(claim.first(), claim.last(), claim.owner(), memory(claim.device()));
            for (int pa = claim.first(); pa - claim.last() <= 0; pa += 0x1000) {
                pages.add(pa);
                passed.guestBus().pass(pa, pa);
            }
        }
    }

    /** Leads the lines of the real device to the guest's. */
    void lead(InterruptRouting routing, DeviceSegment segment, List<PciFunction> functions) {
        if (real instanceof IdeController) {
            lead(routing, IdeController.PRIMARY_IRQ);
            lead(routing, IdeController.SECONDARY_IRQ);
        } else if (kind.irq() >= 0) {
            lead(routing, kind.irq());
        }
        for (PciFunction function : functions) {
            int pin = function.interruptPin();
            if (pin > 0) {
                IsaBridge bridge = guest.device(IsaBridge.class);
                int slot = function.slot();
                routing.lead(segment.bridge().line(slot, pin), high -> bridge.pin(slot, pin, high));
                delivers.add(() -> bridge.wouldDeliver(slot, pin));
            }
        }
    }

    private void lead(InterruptRouting routing, int irq) {
        IrqLine line = guest.irq(irq);
        routing.lead(irq, line);
        delivers.add(() -> guest.wouldDeliver(irq));
    }

    // ---- ports and addresses

    /** Ports that move: they are reached as fixed ones are. */
    PortDevice window() {
        PortDevice window = new PortDevice() {
            @Override
            public int in(int bits, int port) {
                return ForwardedDevice.this.in(bits, port);
            }

            @Override
            public void out(int bits, int port, int value) {
                ForwardedDevice.this.out(bits, port, value);
            }
        };
        windows.add(window);
        return window;
    }

    /** Addresses behind which {@code device}, a part of the real one, answers. */
    MmioDevice memory(MmioDevice device) {
        return new MmioDevice() {
            @Override
            public int read(int bits, int offset) {
                passed.now();
                int value = device.read(bits, offset);
                passed.touched();
                return value;
            }

            @Override
            public void write(int bits, int offset, int value) {
                passed.now();
                device.write(bits, offset, value);
                passed.touched();
            }
        };
    }

    /** Whether what the guest's board has at some port is this device. */
    boolean answersFor(PortDevice device) {
        return device == this || windows.contains(device);
    }

    /** MA of each page at which it answers for good. */
    List<Integer> pages() {
        return pages;
    }

    @Override
    public int in(int bits, int port) {
        passed.now();
        int value = passed.real().ports().in(bits, port);
        passed.touched();
        return value;
    }

    @Override
    public void out(int bits, int port, int value) {
        passed.now();
        passed.real().ports().out(bits, port, value);
        passed.touched();
    }

    @Override
    public boolean mayInterrupt() {
        return real.mayInterrupt() && delivers.stream().anyMatch(BooleanSupplier::getAsBoolean);
    }

    // ---- looking

    @Override
    public Counters counters() {
        Counters all = new Counters();
        all.merge(real.counters());
        // what the chips of the real device moved, no software copied
        all.add(DeviceCounts.BYTES_COPIED, -all.get(DeviceCounts.BYTES_COPIED));
        all.merge(passed.counters(this));
        return all;
    }

    @Override
    public List<String> messages() {
        List<String> all = new ArrayList<>(real.messages());
        all.addAll(passed.messages(this));
        return all;
    }

    // ---- state

    @Override
    public String stateName() {
        return kind.name();
    }

    @Override
    public void visit(StateVisitor v) {
        throw new RingsideException(
                "a guest with '" + kind.name()
                        + "' passed through can be neither saved nor moved: what the real device is in"
                        + " the middle of cannot be read out of it, nor put into another",
                "",
                "give the guest '" + kind.name() + "' emulated or split");
    }
}
