package ringside.machine.devices;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import ringside.error.RingsideException;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;
import ringside.observe.Counters;

/**
 * A drive: sectors of 512 bytes on some backing, with the geometry that firmware and controllers show for it.
 *
 * <p>Drive numbers are the BIOS's: 00h the first floppy, 80h the first hard disk. What the backing could not do is kept
 * as messages for the user; the guest learns it from its controller.
 */
public final class Disk implements Stateful {
    public static final int SECTOR = DiskBacking.SECTOR;
    public static final int FIRST_HARD_DISK = 0x80;
    private static final int MOST_MESSAGES = 20;

    /** Cylinders, heads and sectors a track. */
    public record Geometry(int cylinders, int heads, int sectors) {}

    private final int number;
    private final DiskBacking backing;
    private final Geometry geometry;
    private final List<String> messages = new ArrayList<>();
    private BlockRequest.Watcher watcher = BlockRequest.Watcher.NONE;

    /** A drive in memory. @param image the content; padded with zeros to whole sectors */
    public Disk(int number, byte[] image) {
        this(number, memory(image));
    }

    public Disk(int number, DiskBacking backing) {
        this.number = number;
        this.backing = backing;
        this.geometry =
                number < FIRST_HARD_DISK ? floppy(backing.sectors() * SECTOR) : hardDisk(backing.sectors() * SECTOR);
    }

    private static DiskBacking memory(byte[] image) {
        if (image.length == 0) {
            throw new RingsideException("the disk image is empty", "", "give an image of at least one sector");
        }
        return new MemoryBacking(image);
    }

    /** The smallest usual floppy format that holds the image. */
    private static Geometry floppy(long bytes) {
        if (bytes <= 360 * 1024) {
            return new Geometry(40, 2, 9);
        }
        return bytes <= 720 * 1024
                ? new Geometry(80, 2, 9)
                : bytes <= 1200 * 1024 ? new Geometry(80, 2, 15) : new Geometry(80, 2, 18);
    }

    private static Geometry hardDisk(long bytes) {
        int track = 16 * 63 * SECTOR;
        return new Geometry((int) Math.clamp((bytes + track - 1) / track, 1, 1024), 16, 63);
    }

    public int number() {
        return number;
    }

    public Geometry geometry() {
        return geometry;
    }

    /** Sectors that can be addressed: at most what a signed 32-bit number counts. */
    public int sectors() {
        return (int) Math.min(backing.sectors(), Integer.MAX_VALUE);
    }

    // ---- requests as the guest makes them

    /** From now on {@code other} is shown each request of the guest when it is complete; the same drive. */
    public Disk watchedBy(BlockRequest.Watcher other) {
        watcher = other;
        return this;
    }

    /** The controller in front has told its guest how a request ended. */
    public void completed(BlockRequest.Operation operation, long sector, int count, boolean well) {
        if (watcher != BlockRequest.Watcher.NONE) {
            watcher.completed(new BlockRequest(
                    operation, sector, count, well ? BlockRequest.Status.DONE : BlockRequest.Status.FAILED));
        }
    }

    /** The controller takes a request on; see {@link DiskBacking#begin}. */
    public void begin(BlockRequest.Operation operation, long sector, int count, long now) {
        backing.begin(operation, sector, count, now);
    }

    /** Ticks that the request has yet to wait before sectors may be moved, 0 where it may be carried out. */
    public long left(long now) {
        return backing.left(now);
    }

    /** The controller gave the request up. */
    public void abandon() {
        backing.abandon();
    }

    /** What the backing counts. */
    public Counters counters() {
        return backing.counters();
    }

    // ---- sectors

    /** Reads sectors within {@link #sectors}; a fault is noted for the user and passed on. */
    public void read(int lba, int count, byte[] to, int offset) throws DiskFault {
        try {
            backing.read(lba, count, to, offset);
        } catch (DiskFault fault) {
            throw noted(fault);
        }
    }

    /** Writes likewise; on return the data is there for every later read. */
    public void write(int lba, int count, byte[] from, int offset) throws DiskFault {
        try {
            backing.write(lba, count, from, offset);
        } catch (DiskFault fault) {
            throw noted(fault);
        }
    }

    public void flush() throws DiskFault {
        try {
            backing.flush();
        } catch (DiskFault fault) {
            throw noted(fault);
        }
    }

    private DiskFault noted(DiskFault fault) {
        String message = String.format("drive %02x: %s", number, fault.getMessage());
        if (messages.size() < MOST_MESSAGES && !messages.contains(message)) {
            messages.add(message);
        }
        return fault;
    }

    /** What the backing could not do, in order, each said once, the first twenty. */
    public List<String> messages() {
        return Collections.unmodifiableList(messages);
    }

    /** Lets go of the backing; the machine has been run. */
    public void close() {
        backing.close();
    }

    /** A copy of the whole content as it is now. */
    public byte[] content() {
        byte[] content = new byte[Math.multiplyExact(sectors(), SECTOR)];
        try {
            backing.read(0, sectors(), content, 0);
        } catch (DiskFault fault) {
            throw new RingsideException(fault.getMessage(), "", "repair the image", fault);
        }
        return content;
    }

    @Override
    public String stateName() {
        return String.format("disk%02x", number);
    }

    @Override
    public void visit(StateVisitor v) {
        backing.visit(v);
    }
}
