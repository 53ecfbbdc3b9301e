package ringside.guest;

import java.util.Arrays;
import java.util.List;

/** A ROM: shown at the top of 4 GiB and, its last 128 KiB at most, at the top of 1 MiB; entered at the reset vector. */
public final class RomImage {
    private static final int PAGE = 4096;
    private static final int MAX_SIZE = 0x100_0000;
    private static final int LOW_MAX = 0x2_0000;
    private static final int LOW_TOP = 0x10_0000;

    private RomImage() {}

    /** The image of {@code file}: nothing but the ROM. */
    public static GuestImage of(ImageFile file) {
        return new GuestImage(file.shortName(), segments(file), new EntryState.Reset());
    }

    /** The two places where the ROM is shown. */
    public static List<LoadSegment> segments(ImageFile file) {
        int size = file.length();
        if (size == 0 || size > MAX_SIZE) {
            throw file.refuse("a ROM of %d bytes is not possible".formatted(size), "ROM images have 4 KiB to 16 MiB");
        }
        if (size % PAGE != 0) {
            throw file.refuse(
                    "the ROM has %d bytes, not a multiple of 4096".formatted(size),
                    "pad it in front, so that the reset vector stays in its last 16 bytes");
        }
        byte[] low = Arrays.copyOfRange(file.bytes(), Math.max(0, size - LOW_MAX), size);
        return List.of(
                new LoadSegment("ROM", LOW_TOP - low.length, low, true),
                new LoadSegment("ROM at 4 GiB", -size, file.bytes(), true));
    }
}
