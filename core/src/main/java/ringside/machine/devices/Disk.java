package ringside.machine.devices;

import java.util.Arrays;
import ringside.error.RingsideException;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;

/**
 * A drive's content in sectors of 512 bytes, with the geometry that firmware shows for it.
 *
 * <p>Drive numbers are the BIOS's: 00h the first floppy, 80h the first hard disk.
 */
public final class Disk implements Stateful {
    public static final int SECTOR = 512;
    public static final int FIRST_HARD_DISK = 0x80;

    /** Cylinders, heads and sectors a track. */
    public record Geometry(int cylinders, int heads, int sectors) {}

    private final int number;
    private final byte[] content;
    private final Geometry geometry;

    /** @param image the content; padded with zeros to whole sectors */
    public Disk(int number, byte[] image) {
        if (image.length == 0) {
            throw new RingsideException("the disk image is empty", "", "give an image of at least one sector");
        }
        this.number = number;
        this.geometry = number < FIRST_HARD_DISK ? floppy(image.length) : hardDisk(image.length);
        int whole = (image.length + SECTOR - 1) / SECTOR * SECTOR;
        content = Arrays.copyOf(image, whole);
    }

    /** The smallest usual floppy format that holds the image. */
    private static Geometry floppy(int bytes) {
        if (bytes <= 360 * 1024) {
            return new Geometry(40, 2, 9);
        }
        return bytes <= 720 * 1024
                ? new Geometry(80, 2, 9)
                : bytes <= 1200 * 1024 ? new Geometry(80, 2, 15) : new Geometry(80, 2, 18);
    }

    private static Geometry hardDisk(int bytes) {
        int track = 16 * 63 * SECTOR;
        return new Geometry(Math.clamp((bytes + track - 1) / track, 1, 1024), 16, 63);
    }

    public int number() {
        return number;
    }

    public Geometry geometry() {
        return geometry;
    }

    public int sectors() {
        return content.length / SECTOR;
    }

    /** The bytes themselves: what the guest writes appears here. */
    public byte[] content() {
        return content;
    }

    @Override
    public String stateName() {
        return String.format("disk%02x", number);
    }

    @Override
    public void visit(StateVisitor v) {
        v.bytes("content", content);
    }
}
