package ringside.machine.devices.disk;

import java.util.Arrays;
import ringside.machine.state.StateVisitor;

/** Sectors in memory: gone with the machine, saved with its snapshots. */
public final class MemoryBacking implements DiskBacking {
    private final byte[] content;

    /** @param image the content, copied and padded with zeros to whole sectors */
    public MemoryBacking(byte[] image) {
        content = Arrays.copyOf(image, (image.length + SECTOR - 1) / SECTOR * SECTOR);
    }

    @Override
    public long sectors() {
        return content.length / SECTOR;
    }

    @Override
    public void read(long lba, int count, byte[] to, int offset) {
        System.arraycopy(content, (int) lba * SECTOR, to, offset, count * SECTOR);
    }

    @Override
    public void write(long lba, int count, byte[] from, int offset) {
        System.arraycopy(from, offset, content, (int) lba * SECTOR, count * SECTOR);
    }

    @Override
    public void flush() {
        // there is nothing more lasting to write it to
    }

    @Override
    public void visit(StateVisitor v) {
        v.bytes("content", content);
    }
}
