package ringside.lab.boot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ringside.error.RingsideException;
import ringside.guest.ImageFile;
import ringside.machine.devices.Disk;
import ringside.machine.devices.disk.FileBacking;

/**
 * The disk images of a boot.
 *
 * @param disks hard disks in the order of their numbers, the first one 80h; one that has a floppy's size is the floppy
 *     where none is named
 * @param floppy drive 00h
 * @param keep whether what the guest writes goes into the image files, rather than away with the machine
 */
public record Drives(List<ImageFile> disks, Optional<ImageFile> floppy, boolean keep) {
    public static final Drives NONE = new Drives(List.of(), Optional.empty(), false);

    private static final List<Integer> FLOPPY_KIB = List.of(360, 720, 1200, 1440);
    private static final int MOST_DISKS = 4;

    public Drives {
        if (floppy.isEmpty() && disks.size() == 1 && floppySized(disks.getFirst())) {
            floppy = Optional.of(disks.getFirst());
            disks = List.of();
        }
        disks = List.copyOf(disks);
        if (disks.size() > MOST_DISKS) {
            throw new RingsideException(
                    disks.size() + " hard disks were given", "", "two IDE channels have room for " + MOST_DISKS);
        }
    }

    public static Drives of(ImageFile disk) {
        return new Drives(List.of(disk), Optional.empty(), false);
    }

    private static boolean floppySized(ImageFile image) {
        return FLOPPY_KIB.contains(image.length() / 1024) && image.length() % 1024 == 0;
    }

    public boolean isEmpty() {
        return disks.isEmpty() && floppy.isEmpty();
    }

    /** The image that firmware boots from, hard disks first; only where there is one. */
    ImageFile first() {
        return disks.isEmpty() ? floppy.orElseThrow() : disks.getFirst();
    }

    /** The drives themselves, opened. */
    List<Disk> open() {
        List<Disk> drives = new ArrayList<>();
        floppy.ifPresent(image -> drives.add(drive(0, image)));
        for (int i = 0; i < disks.size(); i++) {
            drives.add(drive(Disk.FIRST_HARD_DISK + i, disks.get(i)));
        }
        return drives;
    }

    private Disk drive(int number, ImageFile image) {
        return keep ? new Disk(number, new FileBacking(Path.of(image.name()), true)) : new Disk(number, image.bytes());
    }
}
