package ringside.properties.paging;

import java.util.List;
import ringside.machine.bus.Dma;
import ringside.machine.bus.MmioDevice;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.Wiring;
import ringside.machine.state.StateVisitor;
import ringside.properties.SlottedGuest;

/**
 * A bus master, and memory with page tables in it: four bytes out to its second port go, by DMA, to the physical address that
 * was last out to its first.
 */
public final class TableWriter implements Device, MmioDevice {
    static final int PLACE = 0x5f0, DATA = 0x5f4;

    public static final DeviceKind KIND = new DeviceKind(
            "tableWriter",
            "writer of page tables",
            DeviceKind.NO_IRQ,
            settings -> List.of(new DeviceKind.Ports(PLACE, DATA + 3)),
            TableWriter::new);

    private final Dma memory;
    private final byte[] tables = PagingProgram.bothTables();
    private int pa;

    private TableWriter(Wiring wiring) {
        this.memory = wiring.memory();
        int first = PagingPlaces.DEVICE_TABLE;
        wiring.addresses().claim(first, first + tables.length - 1, "tableWriter", this);
    }

    // ---- its memory

    @Override
    public int read(int bits, int offset) {
        int value = 0;
        for (int i = 0; i < bits / 8; i++) {
            value |= (tables[offset + i] & 0xff) << 8 * i;
        }
        return value;
    }

    @Override
    public void write(int bits, int offset, int value) {
        for (int i = 0; i < bits / 8; i++) {
            tables[offset + i] = (byte) (value >> 8 * i);
        }
    }

    // ---- its ports

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
        v.bytes("tables", tables);
    }
}
