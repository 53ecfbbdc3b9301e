package ringside.machine.devices;

import static ringside.machine.devices.DeviceKind.NO_IRQ;
import static ringside.machine.devices.DeviceKind.ROUTED;
import static ringside.machine.devices.DeviceKind.of;

import java.util.List;
import java.util.Optional;
import ringside.machine.devices.apic.Apics;
import ringside.machine.devices.ata.IdeController;
import ringside.machine.devices.net.Rtl8139;
import ringside.machine.devices.pci.IsaBridge;
import ringside.machine.devices.pci.PciHost;

/** Every device a machine has: one entry each, in the order in which they are built and saved. */
public final class Devices {
    /** The interrupt controllers come first: the others are wired to them. */
    public static final List<DeviceKind> ALL = List.of(
            of(
                    "pic",
                    "8259A interrupt controllers",
                    NO_IRQ,
                    w -> new PicPair(w.intr()),
                    0x20,
                    0x21,
                    0xa0,
                    0xa1,
                    0x4d0,
                    0x4d1),
            of("apic", "local APIC and I/O APIC", ROUTED, w -> new Apics(w, w.device(PicPair.class))),
            of("pit", "8254 timer", 0, w -> new Pit(w.clock(), w.irq(0)), 0x40, 0x43, 0x61, 0x61),
            of(
                    "keyboard",
                    "8042 keyboard controller",
                    1,
                    w -> new KeyboardController(w.clock(), w.irq(1), w.a20(), w.stop()),
                    0x60,
                    0x60,
                    0x64,
                    0x64),
            of(
                    "cmos",
                    "MC146818 clock and CMOS memory",
                    8,
                    w -> new Cmos(
                            w.clock(),
                            w.irq(8),
                            w.settings().start(),
                            w.settings().ramBytes()),
                    0x70,
                    0x71),
            serial("com1", 4, 0x3f8),
            serial("com2", 3, 0x2f8),
            of("screen", "VGA text screen", NO_IRQ, w -> new TextScreen(w.memory()), 0x3c0, 0x3df),
            of(
                    "systemControl",
                    "system control port A: A20, reset",
                    NO_IRQ,
                    w -> new SystemControl(w.a20(), w.stop()),
                    0x92,
                    0x92),
            of("postPort", "POST codes", NO_IRQ, w -> new PostPort(), 0x80, 0x80),
            of("debugPort", "debug console E9", NO_IRQ, w -> new DebugPort(w.console("e9")), 0xe9, 0xe9),
            new DeviceKind(
                    "exitPort",
                    "exit port",
                    NO_IRQ,
                    s -> List.of(new DeviceKind.Ports(s.exitPort(), s.exitPort() + 3)),
                    w -> new ExitPort(w.settings().exitCoding(), w.stop())),
            of(
                    "firmwareDisk",
                    "disks of the firmware",
                    NO_IRQ,
                    w -> new FirmwareDisk(w.settings().disks(), w.memory()),
                    FirmwareDisk.BASE,
                    FirmwareDisk.BASE + 15),
            of("pci", "PCI host bridge", NO_IRQ, w -> new PciHost(w.stop()), 0xcf8, 0xcff),
            of(
                    "isaBridge",
                    "PIIX3 ISA bridge",
                    NO_IRQ,
                    w -> new IsaBridge(w.device(PciHost.class), w::irq, w::wouldDeliver)),
            of(
                    "ide",
                    "PIIX3 IDE controller",
                    ROUTED,
                    w -> new IdeController(w, w.device(PciHost.class)),
                    0x1f0,
                    0x1f7,
                    0x3f6,
                    0x3f6,
                    0x170,
                    0x177,
                    0x376,
                    0x376),
            of(
                    "nic",
                    "RTL8139 network adapter",
                    ROUTED,
                    w -> new Rtl8139(w, w.device(PciHost.class), w.device(IsaBridge.class))));

    private Devices() {}

    private static DeviceKind serial(String name, int irq, int base) {
        return of(name, "16550A serial port", irq, w -> new Uart(name, w.irq(irq), w.console(name)), base, base + 7);
    }

    public static Optional<DeviceKind> named(String name) {
        return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }
}
