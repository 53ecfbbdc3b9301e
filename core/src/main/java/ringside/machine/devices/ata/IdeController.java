package ringside.machine.devices.ata;

import java.util.List;
import java.util.function.IntPredicate;
import ringside.machine.bus.BytePorts;
import ringside.machine.bus.Dma;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.Disk;
import ringside.machine.devices.Wiring;
import ringside.machine.devices.pci.PciFunction;
import ringside.machine.devices.pci.PciHost;
import ringside.machine.state.StateVisitor;
import ringside.observe.Counters;

/**
 * The PIIX3's IDE function: two channels at the ports every PC has them, and their bus masters behind a base address.
 *
 * <p>Hard disks of the settings are attached in their order: drive 80h is the primary master, 81h its slave, 82h and 83h
 * are on the secondary channel. A bus master works only while the command register lets it.
 */
public final class IdeController implements Device {
    public static final int PRIMARY = 0x1f0, SECONDARY = 0x170, CONTROL = 0x206;
    public static final int PRIMARY_IRQ = 14, SECONDARY_IRQ = 15;
    private static final int MASTERS = 16;

    private final IntPredicate delivers;
    private final BusMaster[] masters = new BusMaster[2];
    private final AtaChannel primary;
    private final AtaChannel secondary;
    private final PciFunction function;
    private final Counters counters = DeviceCounts.none();

    public IdeController(Wiring wiring, PciHost host) {
        delivers = wiring::wouldDeliver;
        function = new PciFunction(1, 1, 0x8086, 0x7010, 0x010180, 0)
                .put(PciFunction.COMMAND, 0x0280_0000)
                .writable(PciFunction.COMMAND, PciFunction.IO | PciFunction.MASTER)
                .writable(0x40, -1)
                .bar(4, MASTERS, true, wiring.portWindow(MASTERS, new Masters()));
        Dma memory = wiring.memory("ide");
        masters[0] = new BusMaster(memory);
        masters[1] = new BusMaster(memory);
        primary = new AtaChannel("primary", PRIMARY, wiring.clock(), wiring.irq(PRIMARY_IRQ), masters[0], counters);
        secondary =
                new AtaChannel("secondary", SECONDARY, wiring.clock(), wiring.irq(SECONDARY_IRQ), masters[1], counters);
        attach(wiring.settings().disks());
        host.add(function);
    }

    private void attach(List<Disk> disks) {
        for (Disk disk : disks) {
            int unit = disk.number() - Disk.FIRST_HARD_DISK;
            if (unit >= 0 && unit < 4) {
                (unit < 2 ? primary : secondary).attach(unit & 1, disk);
            }
        }
    }

    /** The bus masters' ports: eight a channel. */
    private final class Masters implements BytePorts {
        @Override
        public int in8(int port) {
            return masters[port >> 3 & 1].in8(port);
        }

        @Override
        public void out8(int port, int value) {
            // the engine itself does not start while the function may not master the bus
            boolean command = (port & 7) == 0;
            masters[port >> 3 & 1].out8(port, command && !function.allows(PciFunction.MASTER) ? value & ~1 : value);
        }
    }

    private AtaChannel channel(int port) {
        return (port & 0x80) != 0 ? primary : secondary;
    }

    @Override
    public int in(int bits, int port) {
        return channel(port).in(bits, port);
    }

    @Override
    public void out(int bits, int port, int value) {
        channel(port).out(bits, port, value);
    }

    @Override
    public boolean mayInterrupt() {
        return primary.busy() && delivers.test(PRIMARY_IRQ) || secondary.busy() && delivers.test(SECONDARY_IRQ);
    }

    @Override
    public Counters counters() {
        Counters all = new Counters();
        all.merge(counters);
        primary.disks().forEach(disk -> all.merge(disk.counters()));
        secondary.disks().forEach(disk -> all.merge(disk.counters()));
        return all;
    }

    @Override
    public String stateName() {
        return "ide";
    }

    @Override
    public void visit(StateVisitor v) {
        primary.visit(v);
        secondary.visit(v);
        function.visit(v);
    }
}
