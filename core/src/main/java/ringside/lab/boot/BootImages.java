package ringside.lab.boot;

import java.util.Optional;
import ringside.error.RingsideException;
import ringside.guest.BootSector;
import ringside.guest.FlatImage;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.guest.RomImage;
import ringside.machine.board.Firmware;

/**
 * The image files of a boot; which of them are there decides how the guest is entered.
 *
 * @param bios ROM; entered at the reset vector unless a kernel or a flat binary is given too
 * @param withoutBios the boot sector of the first drive is entered directly, nobody serves INT 13h
 * @param kernel Multiboot kernel or ELF executable
 * @param append options for the kernel
 * @param flat raw bytes, entered at {@code flatPa}
 * @param drives disks and floppy; the first is booted by {@code bios} or by Ringside's own firmware
 */
public record BootImages(
        Optional<ImageFile> bios,
        boolean withoutBios,
        Optional<ImageFile> kernel,
        String append,
        Optional<ImageFile> flat,
        int flatPa,
        Drives drives) {
    public BootImages {
        if (kernel.isPresent() && flat.isPresent()) {
            throw new RingsideException("--kernel and --flat were both given", "", "give the one to be entered");
        }
        if (kernel.isEmpty() && flat.isEmpty() && bios.isEmpty() && drives.isEmpty()) {
            throw new RingsideException(
                    "nothing to boot", "", "give --kernel FILE, --flat FILE@ADDRESS, --disk FILE or --bios FILE");
        }
        if (withoutBios && drives.isEmpty()) {
            throw new RingsideException("--bios none, and no disk to start instead", "", "give --disk FILE");
        }
        if (!append.isEmpty() && kernel.isEmpty()) {
            throw new RingsideException("--append without a kernel to read it", "", "give --kernel FILE too");
        }
    }

    public static BootImages kernel(ImageFile file, String append) {
        return new BootImages(Optional.empty(), false, Optional.of(file), append, Optional.empty(), 0, Drives.NONE);
    }

    public static BootImages flat(ImageFile file, int pa) {
        return new BootImages(Optional.empty(), false, Optional.empty(), "", Optional.of(file), pa, Drives.NONE);
    }

    public static BootImages bios(ImageFile file) {
        return new BootImages(Optional.of(file), false, Optional.empty(), "", Optional.empty(), 0, Drives.NONE);
    }

    public static BootImages disk(ImageFile file) {
        return new BootImages(Optional.empty(), false, Optional.empty(), "", Optional.empty(), 0, Drives.of(file));
    }

    /** A boot sector on its own, without firmware. */
    public static BootImages sector(ImageFile file) {
        return new BootImages(Optional.empty(), true, Optional.empty(), "", Optional.empty(), 0, Drives.of(file));
    }

    /** Everything that is loaded, as one guest for a machine with {@code ramSize} bytes. */
    GuestImage guest(int ramSize) {
        Optional<GuestImage> rom = bios.map(RomImage::of);
        Optional<GuestImage> program = kernel.map(file -> KernelImage.of(file, append, ramSize))
                .or(() -> flat.map(file -> FlatImage.of(file, flatPa)));
        if (program.isPresent()) {
            return rom.map(r -> program.get().with(r.segments())).orElse(program.get());
        }
        return rom.orElseGet(() -> withoutBios ? BootSector.of(drives.first()) : firmware(drives.first()));
    }

    private static GuestImage firmware(ImageFile disk) {
        BootSector.require(disk);
        GuestImage rom = Firmware.image();
        return new GuestImage(disk.shortName(), rom.segments(), rom.entry());
    }
}
