package ringside.guest;

import java.util.List;
import ringside.error.RingsideException;

/** Finds memory that an image leaves free, for what a boot loader puts beside a guest. */
final class FreePlace {
    /** Above the interrupt table and the BIOS's data, and the BIOS's loading place for boot sectors. */
    private static final int LOWEST = 0x8000;
    /** Below the extended BIOS data area. */
    private static final int LOW_END = 0x9fc00;

    private static final int EXTENDED = 0x100000;
    private static final int PAGE = 4096;

    private FreePlace() {}

    /** A page-aligned place for {@code size} bytes: in conventional memory if it can be, else above the image. */
    static int find(String name, List<LoadSegment> segments, int size) {
        for (int pa = LOWEST; pa + size <= LOW_END; pa += PAGE) {
            if (isFree(segments, pa, size)) {
                return pa;
            }
        }
        return above(name, segments);
    }

    /** The first page boundary above everything, and above 1 MiB. */
    static int above(String name, List<LoadSegment> segments) {
        int end = segments.stream().mapToInt(LoadSegment::end).max().orElse(0);
        int pa = (Math.max(end, EXTENDED) + PAGE - 1) & -PAGE;
        if (pa < 0) {
            throw new RingsideException("guest '" + name + "' leaves no memory free", "", "load it lower");
        }
        return pa;
    }

    private static boolean isFree(List<LoadSegment> segments, int pa, int size) {
        return segments.stream().noneMatch(s -> pa < s.end() && s.pa() < pa + size);
    }
}
