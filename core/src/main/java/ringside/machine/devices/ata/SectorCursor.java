package ringside.machine.devices.ata;

import ringside.machine.devices.Disk;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.state.StateVisitor;

/** Where a command that reads or writes sectors has got to; the task file shows it as the guest addresses sectors. */
final class SectorCursor {
    static final int NO_ERROR = 0;
    /** Beside an error register's bits: the drive itself is at fault, not the sector. */
    static final int DEVICE_FAULT = 0x100;

    private final TaskFile file;
    private AtaDrive drive;
    /** The next sector, and how many are left. */
    private int lba;

    private int left;
    /** Where the command began, and how many it asked for. */
    private int first;

    private int asked;

    SectorCursor(TaskFile file) {
        this.file = file;
    }

    /** Starts where the task file says. */
    void begin(AtaDrive on) {
        drive = on;
        lba = file.lba(on);
        left = file.sectors();
        first = lba;
        asked = left;
    }

    int first() {
        return first;
    }

    /** The sector that is moved next. */
    int next() {
        return lba;
    }

    int asked() {
        return asked;
    }

    /** No sectors: what is in the buffer is all there is. */
    void none() {
        left = 0;
    }

    int left() {
        return left;
    }

    boolean onDisk() {
        return lba >= 0 && lba < drive.sectors();
    }

    /** Reads the next sectors into the buffer, one by one, so that a failing one is known; the error, or none. */
    int read(int sectors, byte[] buffer) {
        for (int i = 0; i < sectors; i++) {
            if (!onDisk()) {
                return missing();
            }
            try {
                drive.disk().read(lba, 1, buffer, i * Disk.SECTOR);
            } catch (DiskFault fault) {
                return failed(fault);
            }
            advance();
        }
        return NO_ERROR;
    }

    /** Writes likewise. */
    int write(int sectors, byte[] buffer) {
        for (int i = 0; i < sectors; i++) {
            if (!onDisk()) {
                return missing();
            }
            try {
                drive.disk().write(lba, 1, buffer, i * Disk.SECTOR);
            } catch (DiskFault fault) {
                return failed(fault);
            }
            advance();
        }
        return NO_ERROR;
    }

    /** Reads all that are left and keeps none. */
    int verify(byte[] scratch) {
        int error = NO_ERROR;
        while (left > 0 && error == NO_ERROR) {
            error = read(1, scratch);
        }
        return error;
    }

    private void advance() {
        left--;
        show();
        lba++;
    }

    private int missing() {
        show();
        return TaskFile.IDNF;
    }

    private int failed(DiskFault fault) {
        show();
        return fault.kind() == DiskFault.Kind.UNREADABLE ? TaskFile.UNC : TaskFile.ABRT | DEVICE_FAULT;
    }

    private void show() {
        file.show(lba, drive);
        file.count = left & 0xff;
    }

    /** @param on the drive whose command is in progress, if there is one */
    void visit(StateVisitor v, String prefix, AtaDrive on) {
        drive = on;
        lba = v.int32(prefix + "lba", lba);
        left = v.int32(prefix + "left", left);
        first = v.int32(prefix + "first", first);
        asked = v.int32(prefix + "asked", asked);
    }
}
