package ringside.machine.devices.disk;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import ringside.machine.state.StateVisitor;

/**
 * Sectors of another backing that is never written: what the guest writes is kept beside it, sector by sector.
 *
 * <p>The changed sectors are the state of a snapshot. Room for them can be limited; once it is used up, writes to further
 * sectors fail as on a full disk, and those already changed can still be written.
 */
public final class CopyOnWrite implements DiskBacking {
    private final DiskBacking base;
    private final long room;
    private final TreeMap<Long, byte[]> changed = new TreeMap<>();

    public CopyOnWrite(DiskBacking base) {
        this(base, Long.MAX_VALUE);
    }

    /** @param room how many sectors may be changed */
    public CopyOnWrite(DiskBacking base, long room) {
        this.base = base;
        this.room = room;
    }

    /** How many sectors differ, or may differ, from the base. */
    public int changedSectors() {
        return changed.size();
    }

    @Override
    public long sectors() {
        return base.sectors();
    }

    @Override
    public void read(long lba, int count, byte[] to, int offset) throws DiskFault {
        for (int i = 0; i < count; i++) {
            byte[] own = changed.get(lba + i);
            if (own == null) {
                base.read(lba + i, 1, to, offset + i * SECTOR);
            } else {
                System.arraycopy(own, 0, to, offset + i * SECTOR, SECTOR);
            }
        }
    }

    @Override
    public void write(long lba, int count, byte[] from, int offset) throws DiskFault {
        for (int i = 0; i < count; i++) {
            byte[] own = changed.get(lba + i);
            if (own == null) {
                if (changed.size() >= room) {
                    throw new DiskFault(
                            DiskFault.Kind.UNWRITABLE,
                            "sector " + (lba + i) + " was not written: the room for " + room
                                    + " changed sectors is used up");
                }
                own = new byte[SECTOR];
                changed.put(lba + i, own);
            }
            System.arraycopy(from, offset + i * SECTOR, own, 0, SECTOR);
        }
    }

    @Override
    public void flush() {
        // changed sectors live as long as the machine does
    }

    @Override
    public void close() {
        base.close();
    }

    @Override
    public void visit(StateVisitor v) {
        ByteBuffer packed = ByteBuffer.allocate(changed.size() * (8 + SECTOR));
        changed.forEach((lba, sector) -> packed.putLong(lba).put(sector));
        ByteBuffer taken = ByteBuffer.wrap(v.blob("changed", packed.array()));
        Map<Long, byte[]> sectors = new TreeMap<>();
        while (taken.hasRemaining()) {
            byte[] sector = new byte[SECTOR];
            long lba = taken.getLong();
            taken.get(sector);
            sectors.put(lba, sector);
        }
        changed.clear();
        changed.putAll(sectors);
    }
}
