package ringside.lab.boot;

import java.util.List;
import java.util.Optional;
import ringside.error.RingsideException;
import ringside.guest.BootSector;
import ringside.guest.FlatImage;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.guest.RomImage;
import ringside.machine.devices.Disk;

/**
 * The image files of a boot; which of them are there decides how the guest is entered.
 *
 * @param bios ROM; entered at the reset vector unless a kernel or a flat binary is given too
 * @param kernel Multiboot kernel or ELF executable
 * @param append options for the kernel
 * @param flat raw bytes, entered at {@code flatPa}
 * @param disk the first hard disk; without a BIOS of its own its boot sector is entered directly
 */
public record BootImages(
        Optional<ImageFile> bios,
        Optional<ImageFile> kernel,
        String append,
        Optional<ImageFile> flat,
        int flatPa,
        Optional<ImageFile> disk) {
    public BootImages {
        if (kernel.isPresent() && flat.isPresent()) {
            throw new RingsideException("--kernel and --flat were both given", "", "give the one to be entered");
        }
        if (kernel.isEmpty() && flat.isEmpty() && bios.isEmpty() && disk.isEmpty()) {
            throw new RingsideException(
                    "nothing to boot", "", "give --kernel FILE, --flat FILE@ADDRESS, --disk FILE or --bios FILE");
        }
        if (!append.isEmpty() && kernel.isEmpty()) {
            throw new RingsideException("--append without a kernel to read it", "", "give --kernel FILE too");
        }
    }

    public static BootImages kernel(ImageFile file, String append) {
        return new BootImages(Optional.empty(), Optional.of(file), append, Optional.empty(), 0, Optional.empty());
    }

    public static BootImages flat(ImageFile file, int pa) {
        return new BootImages(Optional.empty(), Optional.empty(), "", Optional.of(file), pa, Optional.empty());
    }

    public static BootImages bios(ImageFile file) {
        return new BootImages(Optional.of(file), Optional.empty(), "", Optional.empty(), 0, Optional.empty());
    }

    public static BootImages disk(ImageFile file) {
        return new BootImages(Optional.empty(), Optional.empty(), "", Optional.empty(), 0, Optional.of(file));
    }

    /** Everything that is loaded, as one guest for a machine with {@code ramSize} bytes. */
    GuestImage guest(int ramSize) {
        Optional<GuestImage> rom = bios.map(RomImage::of);
        Optional<GuestImage> program = kernel.map(file -> KernelImage.of(file, append, ramSize))
                .or(() -> flat.map(file -> FlatImage.of(file, flatPa)));
        if (program.isPresent()) {
            return rom.map(r -> program.get().with(r.segments())).orElse(program.get());
        }
        return rom.orElseGet(() -> BootSector.of(disk.orElseThrow()));
    }

    /** The drives of the machine. */
    List<Disk> disks() {
        return disk.map(file -> List.of(new Disk(Disk.FIRST_HARD_DISK, file.bytes()))).orElse(List.of());
    }
}
