package ringside.machine.devices;

import java.util.List;
import ringside.machine.bus.Dma;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.state.StateVisitor;

/**
 * The disk interface of our own firmware: sectors go straight between a {@link Disk} and memory when told to.
 *
 * <pre>
 *   base + 0   8 bits   write: select drive            read: status of the last command
 *   base + 1   8 bits   write: 1 read, 2 write sectors
 *   base + 2  16 bits   number of sectors
 *   base + 4  32 bits   write: first sector (LBA)      read: sectors of the selected drive, 0 if there is none
 *   base + 8  32 bits   write: PA of the buffer        read: cylinders &lt;&lt; 16 | heads &lt;&lt; 8 | sectors a track
 * </pre>
 *
 * The status codes are those of INT 13h. Only firmware knows it: it tells which drives there are and stands in for a
 * floppy controller; sectors of hard disks go through the {@link ringside.machine.devices.ata.IdeController}.
 */
public final class FirmwareDisk implements Device {
    public static final int BASE = 0x5d0;
    private static final int OK = 0;
    private static final int BAD_COMMAND = 1;
    private static final int NOT_FOUND = 4;
    private static final int UNREADABLE = 0x10;
    private static final int TIME_OUT = 0x80;
    private static final int WRITE_FAULT = 0xcc;

    private final List<Disk> disks;
    private final Dma memory;
    private int drive;
    private int status;
    private int count;
    private int lba;
    private int buffer;
    private final byte[] sector = new byte[Disk.SECTOR];

    public FirmwareDisk(List<Disk> disks, Dma memory) {
        this.disks = List.copyOf(disks);
        this.memory = memory;
    }

    private Disk selected() {
        for (int i = 0; i < disks.size(); i++) {
            if (disks.get(i).number() == drive) {
                return disks.get(i);
            }
        }
        return null;
    }

    @Override
    public int in(int bits, int port) {
        Disk disk = selected();
        return switch (port - BASE) {
            case 0 -> status;
            case 2 -> count;
            case 4 -> disk == null ? 0 : disk.sectors();
            case 8 -> disk == null ? 0 : packed(disk.geometry());
            default -> -1;
        };
    }

    private static int packed(Disk.Geometry g) {
        return g.cylinders() << 16 | g.heads() << 8 | g.sectors();
    }

    @Override
    public void out(int bits, int port, int value) {
        switch (port - BASE) {
            case 0 -> drive = value & 0xff;
            case 1 -> status = transfer(value);
            case 2 -> count = value & 0xffff;
            case 4 -> lba = value;
            case 8 -> buffer = value;
            default -> {} // no such register
        }
    }

    private int transfer(int command) {
        Disk disk = selected();
        if (disk == null) {
            return TIME_OUT;
        }
        if (lba < 0 || (long) lba + count > disk.sectors()) {
            return NOT_FOUND;
        }
        try {
            return switch (command) {
                case 1 -> load(disk);
                case 2 -> store(disk);
                default -> BAD_COMMAND;
            };
        } catch (DiskFault fault) {
            return fault.kind() == DiskFault.Kind.UNREADABLE ? UNREADABLE : WRITE_FAULT;
        }
    }

    private int load(Disk disk) throws DiskFault {
        for (int i = 0; i < count; i++) {
            disk.read(lba + i, 1, sector, 0);
            memory.write(buffer + i * Disk.SECTOR, sector, 0, Disk.SECTOR);
        }
        return OK;
    }

    private int store(Disk disk) throws DiskFault {
        for (int i = 0; i < count; i++) {
            memory.read(buffer + i * Disk.SECTOR, sector, 0, Disk.SECTOR);
            disk.write(lba + i, 1, sector, 0);
        }
        return OK;
    }

    @Override
    public String stateName() {
        return "firmwareDisk";
    }

    @Override
    public void visit(StateVisitor v) {
        drive = v.int32("drive", drive);
        status = v.int32("status", status);
        count = v.int32("count", count);
        lba = v.int32("lba", lba);
        buffer = v.int32("buffer", buffer);
    }
}
