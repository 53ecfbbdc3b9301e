package ringside.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Kernels for a Multiboot loader (Multiboot specification 0.6.96), as ELF or with the addresses in their header. */
public final class MultibootImage {
    /** EAX at entry. */
    public static final int LOADER_MAGIC = 0x2badb002;

    private static final int HEADER_MAGIC = 0x1badb002;
    private static final int SEARCHED = 8192;
    private static final int FLAG_VIDEO = 4, FLAG_ADDRESSES = 0x10000;
    /** Low half: what the loader must provide or refuse. Provided: aligned modules, memory information. */
    private static final int REQUIREMENTS = 0xffff, PROVIDED = 3;

    /**
     * A file loaded beside the kernel.
     *
     * @param text its line in the module list
     */
    public record Module(ImageFile file, String text) {}

    private MultibootImage() {}

    /** Whether the first 8 KiB hold a Multiboot header with a right checksum. */
    public static boolean claims(ImageFile file) {
        return header(file).isPresent();
    }

    /**
     * The kernel with its information structure.
     *
     * @param append options; the command line is the file's name followed by them, as other loaders have it
     * @param ramSize bytes of memory that the structure tells of
     */
    public static GuestImage of(ImageFile file, String append, List<Module> modules, int ramSize) {
        int header = header(file)
                .orElseThrow(() -> file.refuse(
                        "no Multiboot header in the first 8 KiB; " + FileKind.describe(file),
                        "put 1BADB002, flags and checksum, aligned to 4, into a section that is linked first"));
        int flags = file.get32(header + 4, "the Multiboot header");
        checkFlags(file, header, flags);
        List<LoadSegment> segments = new ArrayList<>();
        SortedMap<String, Integer> symbols = new TreeMap<>();
        int entry;
        if ((flags & FLAG_ADDRESSES) != 0) {
            segments.add(byAddresses(file, header, ramSize));
            entry = file.get32(header + 28, "the Multiboot header");
        } else {
            ElfImage elf = ElfImage.parse(file, ramSize);
            segments.addAll(elf.segments());
            symbols.putAll(elf.symbols());
            entry = elf.entryPa();
        }
        String line = append.isEmpty() ? file.shortName() : file.shortName() + " " + append;
        int info = MultibootInformation.add(file.shortName(), segments, line, modules, ramSize);
        List<Integer> registers = List.of(LOADER_MAGIC, 0, 0, info, 0, 0, 0, 0);
        EntryState state = new EntryState.Flat(FlatEntry.CODE, entry, FlatEntry.DATA, 0, 0, -1, 0, -1, registers);
        return new GuestImage(file.shortName(), segments, state, symbols, new TreeMap<>(), List.of());
    }

    private static OptionalInt header(ImageFile file) {
        for (int at = 0; at + 12 <= Math.min(file.length(), SEARCHED); at += 4) {
            if (file.get32(at, "") == HEADER_MAGIC
                    && HEADER_MAGIC + file.get32(at + 4, "") + file.get32(at + 8, "") == 0) {
                return OptionalInt.of(at);
            }
        }
        return OptionalInt.empty();
    }

    private static void checkFlags(ImageFile file, int header, int flags) {
        if ((flags & FLAG_VIDEO) != 0) {
            throw file.refuse(
                    "the kernel requires a video mode table (flag 2); the machine has VGA text only",
                    header + 4,
                    "clear flag 2 in the Multiboot header");
        }
        int unknown = flags & REQUIREMENTS & ~PROVIDED;
        if (unknown != 0) {
            throw file.refuse(
                    "the kernel requires features that Multiboot 1 does not define (flags %04x)".formatted(unknown),
                    header + 4,
                    "leave bits 3-15 of the flags clear");
        }
    }

    /** The one segment of a kernel that gives its addresses itself ("a.out kludge"). */
    private static LoadSegment byAddresses(ImageFile file, int header, int ramSize) {
        String what = "the Multiboot header";
        int headerPa = file.get32(header + 12, what);
        int loadPa = file.get32(header + 16, what);
        int loadEnd = file.get32(header + 20, what);
        int bssEnd = file.get32(header + 24, what);
        int offset = header - (headerPa - loadPa);
        if (Integer.compareUnsigned(loadPa, headerPa) > 0 || offset < 0) {
            throw file.refuse(
                    "load_addr %08x does not fit header_addr %08x: the file would start %d bytes before its beginning"
                            .formatted(loadPa, headerPa, -offset),
                    header + 16,
                    "header_addr - load_addr is at most the header's offset in the file");
        }
        long start = Integer.toUnsignedLong(loadPa);
        long length = loadEnd == 0 ? file.length() - offset : Integer.toUnsignedLong(loadEnd) - start;
        long size = bssEnd == 0 ? length : Integer.toUnsignedLong(bssEnd) - start;
        if (length < 0 || size < length || start + size > ramSize) {
            throw file.refuse(
                    "load_addr %08x, load_end_addr %08x and bss_end_addr %08x are out of order or outside RAM (%08x bytes)"
                            .formatted(loadPa, loadEnd, bssEnd, ramSize),
                    header + 16,
                    "put them in this order and below the end of RAM");
        }
        return new LoadSegment("kernel", loadPa, file.slice(offset, (int) length, (int) size, "the kernel"));
    }
}
