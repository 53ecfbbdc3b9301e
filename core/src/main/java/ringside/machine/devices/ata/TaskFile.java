package ringside.machine.devices.ata;

import ringside.machine.state.StateVisitor;

/** The command block registers of a channel: what the guest wrote, and what the drive answered, in one place. */
final class TaskFile {
    /** Status bits: busy, ready, device fault, seek complete, data request, error. */
    static final int BSY = 0x80, DRDY = 0x40, DF = 0x20, DSC = 0x10, DRQ = 0x08, ERR = 0x01;

    /** Error bits: uncorrectable, id not found, aborted. */
    static final int UNC = 0x40, IDNF = 0x10, ABRT = 0x04;

    static final int READY = DRDY | DSC;
    private static final int LBA = 0x40;
    private static final int SLAVE = 0x10;

    int feature;
    int count;
    int low;
    int mid;
    int high;
    int device;
    int error;
    int status;

    /** 0 master, 1 slave. */
    int selected() {
        return (device & SLAVE) != 0 ? 1 : 0;
    }

    /** Sectors asked for: 0 means 256. */
    int sectors() {
        return count == 0 ? 256 : count;
    }

    /** The sector addressed, by LBA or by the drive's geometry, or -1 where no sector can have this address. */
    int lba(AtaDrive drive) {
        if ((device & LBA) != 0) {
            return (device & 15) << 24 | high << 16 | mid << 8 | low;
        }
        int cylinder = high << 8 | mid;
        int head = device & 15;
        boolean valid = low >= 1 && low <= drive.trackSectors() && head < drive.heads();
        return valid ? (cylinder * drive.heads() + head) * drive.trackSectors() + low - 1 : -1;
    }

    /** Shows a sector in the registers, in the form the guest addresses by. */
    void show(int lba, AtaDrive drive) {
        if ((device & LBA) != 0) {
            low = lba & 0xff;
            mid = lba >> 8 & 0xff;
            high = lba >> 16 & 0xff;
            device = device & 0xf0 | lba >> 24 & 15;
        } else {
            int track = lba / drive.trackSectors();
            int cylinder = track / drive.heads();
            low = lba % drive.trackSectors() + 1;
            mid = cylinder & 0xff;
            high = cylinder >> 8 & 0xff;
            device = device & 0xf0 | track % drive.heads();
        }
    }

    /** What a drive without packet commands shows after reset and diagnostics. */
    void signature() {
        count = 1;
        low = 1;
        mid = 0;
        high = 0;
        device &= SLAVE;
        error = 1;
    }

    void visit(StateVisitor v, String prefix) {
        feature = v.int32(prefix + "feature", feature);
        count = v.int32(prefix + "count", count);
        low = v.int32(prefix + "low", low);
        mid = v.int32(prefix + "mid", mid);
        high = v.int32(prefix + "high", high);
        device = v.int32(prefix + "device", device);
        error = v.int32(prefix + "error", error);
        status = v.int32(prefix + "status", status);
    }
}
