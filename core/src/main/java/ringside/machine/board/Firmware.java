package ringside.machine.board;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.RomImage;

/**
 * Ringside's own firmware: a small BIOS in ROM that boots drive 80h or 00h and serves INT 10h to 1Ah.
 *
 * <p>It is real code, entered at the reset vector; its source lies in {@code core/src/main/guests/firmware}. Its disks
 * are those of the devices' settings; what INT 10h prints appears on the screen, on port E9 and on COM1.
 */
public final class Firmware {
    private static final String RESOURCE = "/ringside/firmware/bios.bin";

    private Firmware() {}

    /** The ROM as a guest: a machine that loads it boots from its disks as a PC does. */
    public static GuestImage image() {
        return RomImage.of(new ImageFile("the firmware", rom()));
    }

    /** The bytes of the ROM. */
    public static byte[] rom() {
        try (InputStream in = Firmware.class.getResourceAsStream(RESOURCE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
