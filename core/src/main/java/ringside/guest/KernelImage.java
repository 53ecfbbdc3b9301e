package ringside.guest;

import java.util.List;

/** A kernel file of whatever kind is known: Multiboot where it has that header, a plain ELF executable otherwise. */
public final class KernelImage {
    private KernelImage() {}

    /**
     * @param append options for the kernel; only Multiboot has a way to pass them
     * @param ramSize bytes of memory of the machine
     */
    public static GuestImage of(ImageFile file, String append, int ramSize) {
        if (MultibootImage.claims(file)) {
            return MultibootImage.of(file, append, List.of(), ramSize);
        }
        if (!ElfImage.claims(file)) {
            throw file.refuse(
                    "not a kernel: no Multiboot header, no ELF header; " + FileKind.describe(file),
                    remedy(FileKind.of(file)));
        }
        GuestImage image = ElfImage.of(file, ramSize);
        if (!append.isEmpty()) {
            throw file.refuse(
                    "a plain ELF program takes no command line", "leave --append away or add a Multiboot header");
        }
        return image;
    }

    private static String remedy(FileKind kind) {
        return switch (kind) {
            case BOOT_SECTOR -> "boot it with --disk";
            case BZIMAGE -> "the Linux boot protocol is not spoken; give a Multiboot kernel";
            case GZIP, XZ, ZIP -> "unpack it first";
            default -> "give a Multiboot kernel or an ELF32 executable, or load raw bytes with --flat FILE@ADDRESS";
        };
    }
}
