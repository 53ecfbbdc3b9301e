package ringside.machine.devices.ata;

import java.nio.charset.StandardCharsets;
import ringside.machine.devices.Disk;
import ringside.machine.state.StateVisitor;

/** One hard disk on a channel: its sectors, what the guest set up of it, and how it identifies itself. */
final class AtaDrive {
    /** Sectors that READ and WRITE MULTIPLE move a block, at most. */
    static final int MOST_MULTIPLE = 16;

    private static final int MOST_CHS_CYLINDERS = 16_383;

    private final Disk disk;
    private final String serial;
    private int heads;
    private int trackSectors;
    private int multiple;
    /** Transfer mode as SET FEATURES names it: 20h and up multiword DMA, 40h and up Ultra DMA. */
    private int transferMode;

    private boolean writeCache;
    private boolean standby;

    AtaDrive(Disk disk, String serial) {
        this.disk = disk;
        this.serial = serial;
        powerOn();
    }

    private void powerOn() {
        heads = disk.geometry().heads();
        trackSectors = disk.geometry().sectors();
        multiple = 0;
        transferMode = 0x42;
        writeCache = true;
        standby = false;
    }

    Disk disk() {
        return disk;
    }

    int heads() {
        return heads;
    }

    int trackSectors() {
        return trackSectors;
    }

    int cylinders() {
        return Math.clamp(disk.sectors() / (heads * trackSectors), 1, MOST_CHS_CYLINDERS);
    }

    /** Sectors that LBA can reach: 28 bits. */
    int sectors() {
        return Math.min(disk.sectors(), (1 << 28) - 1);
    }

    int multiple() {
        return multiple;
    }

    boolean standby() {
        return standby;
    }

    void standby(boolean sleeps) {
        standby = sleeps;
    }

    // ---- what a guest sets up; false: the drive cannot

    boolean geometry(int newHeads, int newSectors) {
        if (newSectors == 0) {
            return false;
        }
        heads = newHeads;
        trackSectors = newSectors;
        return true;
    }

    boolean multiple(int sectors) {
        if (sectors > MOST_MULTIPLE || Integer.bitCount(sectors) > 1) {
            return false;
        }
        multiple = sectors;
        return true;
    }

    boolean feature(int feature, int value) {
        switch (feature) {
            case 0x02 -> writeCache = true;
            case 0x82 -> writeCache = false;
            case 0x03 -> {
                return transferMode(value);
            }
            case 0x55, 0xaa, 0x66, 0xcc -> {} // read look-ahead, reverting to defaults: nothing to see
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean transferMode(int mode) {
        boolean pio = mode <= 1 || mode >= 0x08 && mode <= 0x0c;
        boolean dma = mode >= 0x20 && mode <= 0x22 || mode >= 0x40 && mode <= 0x45;
        if (dma) {
            transferMode = mode;
        }
        return pio || dma;
    }

    // ---- IDENTIFY DEVICE

    /** Fills 512 bytes with the identification, words in little-endian order. */
    void identify(byte[] to) {
        java.util.Arrays.fill(to, 0, Disk.SECTOR, (byte) 0);
        word(to, 0, 0x0040); // fixed drive
        word(
                to,
                1,
                Math.clamp(
                        disk.sectors()
                                / (disk.geometry().heads() * disk.geometry().sectors()),
                        1,
                        MOST_CHS_CYLINDERS));
        word(to, 3, disk.geometry().heads());
        word(to, 6, disk.geometry().sectors());
        text(to, 10, 10, serial);
        text(to, 23, 4, "1.0");
        text(to, 27, 20, "RINGSIDE HARD DISK");
        word(to, 47, 0x8000 | MOST_MULTIPLE);
        word(to, 49, 0x0f00); // IORDY, LBA, DMA
        word(to, 50, 0x4000);
        word(to, 51, 0x0200);
        word(to, 53, 7); // words 54-58, 64-70 and 88 hold
        word(to, 54, cylinders());
        word(to, 55, heads);
        word(to, 56, trackSectors);
        dword(to, 57, Math.min(cylinders() * heads * trackSectors, sectors()));
        word(to, 59, multiple == 0 ? 0 : 0x100 | multiple);
        dword(to, 60, sectors());
        word(to, 63, 0x07 | selected(0x20));
        word(to, 64, 3); // PIO modes 3 and 4
        for (int i = 65; i <= 68; i++) {
            word(to, i, 120); // ns a word
        }
        word(to, 80, 0x003e); // ATA-1 to ATA-5
        word(to, 82, 0x4028); // power management, write cache, NOP
        word(to, 83, 0x4000);
        word(to, 84, 0x4000);
        word(to, 85, 0x4008 | (writeCache ? 0x20 : 0));
        word(to, 86, 0);
        word(to, 87, 0x4000);
        word(to, 88, 0x3f | selected(0x40));
        word(to, 93, 0x6001);
    }

    /** The selected mode of a family as IDENTIFY shows it: a bit in the high byte. */
    private int selected(int family) {
        return (transferMode & 0xf0) == family ? 0x100 << (transferMode & 7) : 0;
    }

    private static void word(byte[] to, int index, int value) {
        to[2 * index] = (byte) value;
        to[2 * index + 1] = (byte) (value >> 8);
    }

    private static void dword(byte[] to, int index, int value) {
        word(to, index, value);
        word(to, index + 1, value >> 16);
    }

    /** Text padded with blanks, its characters swapped within each word. */
    private static void text(byte[] to, int index, int words, String text) {
        byte[] characters = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 2 * words; i++) {
            to[2 * index + (i ^ 1)] = i < characters.length ? characters[i] : (byte) ' ';
        }
    }

    void visit(StateVisitor v, String prefix) {
        heads = v.int32(prefix + "heads", heads);
        trackSectors = v.int32(prefix + "trackSectors", trackSectors);
        multiple = v.int32(prefix + "multiple", multiple);
        transferMode = v.int32(prefix + "mode", transferMode);
        writeCache = v.flag(prefix + "writeCache", writeCache);
        standby = v.flag(prefix + "standby", standby);
    }
}
