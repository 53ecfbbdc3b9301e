package ringside.shell;

import java.nio.file.Path;
import java.util.List;
import ringside.error.RingsideException;
import ringside.guest.BootSector;
import ringside.guest.FlatImage;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.guest.MultibootImage;

/** A guest by the name of a file, whatever kind it is: a binary is recognised by its content. */
final class GuestFile {
    private static final int SIGNATURE_AT = BootSector.SECTOR - 2;

    private GuestFile() {}

    /** The guest in a binary: a kernel, a boot sector, or with {@code FILE@ADDRESS} bytes for that address. */
    static GuestImage binary(String written, int ramBytes) {
        int at = written.lastIndexOf('@');
        if (at > 0) {
            return FlatImage.of(ImageFile.read(Path.of(written.substring(0, at))), hex(written, at + 1));
        }
        ImageFile file = ImageFile.read(Path.of(written));
        boolean kernel = MultibootImage.claims(file) || file.startsWith(0x7f, 'E', 'L', 'F');
        boolean sector = !kernel && file.hasAt(SIGNATURE_AT, 0x55, 0xaa);
        if (!kernel && !sector) {
            throw file.refuse(
                    "neither a kernel nor a boot sector", "say where raw bytes go: load " + written + "@100000");
        }
        return kernel ? KernelImage.of(file, "", ramBytes) : BootSector.of(file);
    }

    /** The guest called {@code name}, or the first where it is empty. */
    static GuestImage choose(List<GuestImage> guests, String name, String file) {
        List<String> names = guests.stream().map(GuestImage::name).toList();
        if (guests.isEmpty()) {
            throw new RingsideException("the script defines no guest", file, "define one: guest('name') { ... }");
        }
        int index = name.isEmpty() ? 0 : names.indexOf(name);
        if (index < 0) {
            throw new RingsideException(
                    "no guest is called '" + name + "'", file, "it defines " + String.join(", ", names));
        }
        return guests.get(index);
    }

    private static int hex(String written, int from) {
        String digits = written.substring(from).replaceFirst("^0[xX]", "");
        try {
            return Integer.parseUnsignedInt(digits, 16);
        } catch (NumberFormatException e) {
            throw new RingsideException(
                    "'" + digits + "' is no address", written, "write hex digits: kernel.bin@100000", e);
        }
    }
}
