package ringside.guest;

import java.util.Arrays;
import java.util.List;

/** A PC boot sector: 512 bytes with 55 AA at their end, or a disk image whose first sector is one. */
public final class BootSector {
    public static final int SECTOR = 512;
    /** Where every PC BIOS puts it. */
    public static final int PA = 0x7c00;
    /** DL at entry: the first hard disk. */
    public static final int HARD_DISK = 0x80;

    private BootSector() {}

    /** The boot sector as a guest of its own, entered as a BIOS would with DL = 80, without a BIOS being there. */
    public static GuestImage of(ImageFile disk) {
        require(disk);
        LoadSegment sector = new LoadSegment("boot sector", PA, Arrays.copyOf(disk.bytes(), SECTOR));
        List<Integer> registers = List.of(0, 0, HARD_DISK, 0, PA, 0, 0, 0);
        return new GuestImage(disk.shortName(), List.of(sector), new EntryState.Real(0, PA, 0, PA, 0, registers));
    }

    /** Refuses a file that no BIOS would boot. */
    public static void require(ImageFile disk) {
        if (disk.length() < SECTOR) {
            throw disk.refuse(
                    "the file has %d bytes, less than one sector".formatted(disk.length()),
                    "a boot sector has 512 bytes, the last two 55 AA");
        }
        if (!disk.hasAt(SECTOR - 2, 0x55, 0xaa)) {
            throw disk.refuse(
                    "no boot signature: %02x %02x instead of 55 aa; %s"
                            .formatted(disk.bytes()[SECTOR - 2], disk.bytes()[SECTOR - 1], FileKind.describe(disk)),
                    SECTOR - 2,
                    "end the sector with 'times 510-($-$$) db 0' and 'dw 0xaa55'");
        }
        if (disk.length() % SECTOR != 0) {
            throw disk.refuse(
                    "the disk image has %d bytes, not a multiple of 512: it was cut short".formatted(disk.length()),
                    disk.length() / SECTOR * SECTOR,
                    "pad it to whole sectors");
        }
    }
}
