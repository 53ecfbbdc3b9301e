package ringside.properties.paging;

import ringside.machine.bus.Dma;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.state.StateVisitor;
import ringside.properties.SlottedGuest;

/** A bus master: four bytes out to its second port go, by DMA, to the physical address that was last out to its first. */
public final class TableWriter implements Device {
    static final int PLACE = 0x5f0, DATA = 0x5f4;

    public static final DeviceKind KIND = new DeviceKind(
            "tableWriter",
            "writer of page tables",
            DeviceKind.NO_IRQ,
            settings -> java.util.List.of(new DeviceKind.Ports(PLACE, DATA + 3)),
            wiring -> new TableWriter(wiring.memory()));

    private final Dma memory;
    private int pa;

    private TableWriter(Dma memory) {
        this.memory = memory;
    }

    @Override
    public int in(int bits, int port) {
        return pa;
    }

    @Override
    public void out(int bits, int port, int value) {
        if (port == PLACE) {
            pa = value;
        } else if (port == DATA && bits == 32) {
            memory.write(pa, SlottedGuest.buffer(4).putInt(value).array(), 0, 4);
        }
    }

    @Override
    public String stateName() {
        return "tableWriter";
    }

    @Override
    public void visit(StateVisitor v) {
        pa = v.int32("pa", pa);
    }
}
