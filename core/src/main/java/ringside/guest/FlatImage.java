package ringside.guest;

import java.util.List;

/** A flat binary: the file's bytes at one address, entered there in flat 32-bit protected mode. */
public final class FlatImage {
    private FlatImage() {}

    /** The image of {@code file} at {@code pa}; a GDT and a stack go to a free place. */
    public static GuestImage of(ImageFile file, int pa) {
        if (file.length() == 0) {
            throw file.refuse("the file is empty", "give the binary that the assembler wrote");
        }
        if (pa < 0 || pa > ImageFile.MAX_SIZE - file.length()) {
            throw file.refuse(
                    "%08x-%08x is above any machine's memory".formatted(pa, pa + file.length() - 1),
                    "load it below 40000000");
        }
        List<LoadSegment> segments = List.of(new LoadSegment(file.shortName(), pa, file.bytes()));
        return FlatEntry.image(file.shortName(), segments, pa);
    }
}
