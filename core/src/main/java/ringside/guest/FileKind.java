package ringside.guest;

import java.util.List;

/** Kinds of file that are often given by mistake, told from their first bytes, so that a refusal can name what it got. */
enum FileKind {
    ELF64("a 64-bit ELF file", 0, 0x7f, 'E', 'L', 'F', 2),
    ELF("an ELF file", 0, 0x7f, 'E', 'L', 'F'),
    BZIMAGE("a Linux bzImage", 0x202, 'H', 'd', 'r', 'S'),
    GZIP("a gzip archive", 0, 0x1f, 0x8b),
    XZ("an xz archive", 0, 0xfd, '7', 'z', 'X', 'Z'),
    ZIP("a zip or jar archive", 0, 'P', 'K', 3, 4),
    CLASS("a Java class", 0, 0xca, 0xfe, 0xba, 0xbe),
    QCOW("a qcow2 disk image", 0, 'Q', 'F', 'I', 0xfb),
    ISO("an ISO 9660 image", 0x8001, 'C', 'D', '0', '0', '1'),
    BOOT_SECTOR("a boot sector or disk image", 510, 0x55, 0xaa),
    WINDOWS("a DOS or Windows executable", 0, 'M', 'Z'),
    SCRIPT("a script", 0, '#', '!'),
    OTHER("neither ELF nor anything else known", 0);

    private final String words;
    private final int offset;
    private final int[] magic;

    FileKind(String words, int offset, int... magic) {
        this.words = words;
        this.offset = offset;
        this.magic = magic;
    }

    /** What the file is taken for, as a clause. */
    static String describe(ImageFile file) {
        return file.length() == 0 ? "the file is empty" : "the file looks like " + of(file).words;
    }

    static FileKind of(ImageFile file) {
        return List.of(values()).stream()
                .filter(kind -> file.hasAt(kind.offset, kind.magic))
                .findFirst()
                .orElse(OTHER);
    }
}
