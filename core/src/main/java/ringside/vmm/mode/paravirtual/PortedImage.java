package ringside.vmm.mode.paravirtual;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;

/**
 * How an image says that its kernel is ported: three words, aligned to 4, in the first 8 KiB of something that is
 * loaded into RAM: "RSPV", the version of the interface, and what makes the three add up to 0.
 */
public final class PortedImage {
    /** "RSPV" in memory order. */
    static final int MAGIC = 0x56505352;

    private static final int SEARCHED = 8192;

    private PortedImage() {}

    /** The three words of an image that is ported to this version. */
    public static int[] signature() {
        return new int[] {MAGIC, Hypercalls.INTERFACE_VERSION, -(MAGIC + Hypercalls.INTERFACE_VERSION)};
    }

    /** The version that the image names; empty where it has no signature. */
    static OptionalInt version(GuestImage image) {
        return image.segments().stream()
                .filter(segment -> !segment.rom())
                .map(PortedImage::version)
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
    }

    private static OptionalInt version(LoadSegment segment) {
        ByteBuffer bytes = ByteBuffer.wrap(segment.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = -segment.pa() & 3; at + 12 <= Math.min(bytes.capacity(), SEARCHED); at += 4) {
            int version = bytes.getInt(at + 4);
            if (bytes.getInt(at) == MAGIC && MAGIC + version + bytes.getInt(at + 8) == 0) {
                return OptionalInt.of(version);
            }
        }
        return OptionalInt.empty();
    }
}
