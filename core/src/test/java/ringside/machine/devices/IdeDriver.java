package ringside.machine.devices;

import ringside.machine.bus.PortBus;

/** A driver of the kind every system has, over a machine's ports: the test passes virtual time where a guest would. */
final class IdeDriver {
    static final int READ = 0x20, WRITE = 0x30, READ_MULTIPLE = 0xc4, WRITE_MULTIPLE = 0xc5;
    static final int READ_DMA = 0xc8, WRITE_DMA = 0xca, SET_MULTIPLE = 0xc6, IDENTIFY = 0xec;
    static final int BSY = 0x80, DF = 0x20, DRQ = 0x08, ERR = 0x01;
    private static final int MOST_POLLS = 1000;
    private static final long POLL_TICKS = 500;

    final TestMachine machine;
    private final PortBus ports;
    private final int base;
    private final int unit;
    int interrupts;

    IdeDriver(TestMachine machine, boolean primary, int unit) {
        this.machine = machine;
        this.ports = machine.platform.ports();
        this.base = primary ? 0x1f0 : 0x170;
        this.unit = unit;
        select(0);
    }

    IdeDriver(TestMachine machine) {
        this(machine, true, 0);
    }

    int in(int register) {
        return ports.in(8, base + register);
    }

    void out(int register, int value) {
        ports.out(8, base + register, value);
    }

    private void select(int bits) {
        out(6, 0xa0 | unit << 4 | bits);
    }

    /** Waits until the drive is not busy; its status, which takes the interrupt back. */
    int wait(int polls) {
        for (int i = 0; i < polls && (ports.in(8, base + 0x206) & BSY) != 0; i++) {
            machine.pass(POLL_TICKS);
        }
        interrupts += machine.intr ? 1 : 0;
        return in(7);
    }

    int ready() {
        return wait(MOST_POLLS);
    }

    /** Addresses by LBA and gives the command. */
    void command(int code, int lba, int sectors) {
        select(0x40 | lba >> 24 & 15);
        out(2, sectors);
        out(3, lba);
        out(4, lba >> 8);
        out(5, lba >> 16);
        out(7, code);
    }

    /** A command without data; its status. */
    int simple(int code, int feature, int count) {
        select(0);
        out(1, feature);
        out(2, count);
        out(7, code);
        return ready();
    }

    void dataIn(byte[] to, int offset, int bytes) {
        for (int i = 0; i < bytes; i += 2) {
            int word = ports.in(16, base);
            to[offset + i] = (byte) word;
            to[offset + i + 1] = (byte) (word >> 8);
        }
    }

    void dataOut(byte[] from, int offset, int bytes) {
        for (int i = 0; i < bytes; i += 2) {
            ports.out(16, base, from[offset + i] & 0xff | (from[offset + i + 1] & 0xff) << 8);
        }
    }

    /** Reads by PIO, {@code block} sectors an interrupt; null after an error. */
    byte[] read(int code, int lba, int sectors, int block) {
        byte[] data = new byte[sectors * Disk.SECTOR];
        command(code, lba, sectors);
        for (int done = 0; done < sectors; done += block) {
            int status = ready();
            if ((status & (ERR | DRQ)) != DRQ) {
                return null;
            }
            dataIn(data, done * Disk.SECTOR, Math.min(block, sectors - done) * Disk.SECTOR);
        }
        return data;
    }

    /** Writes by PIO; the status at the end, or at the error. */
    int write(int code, int lba, byte[] data, int block) {
        int sectors = data.length / Disk.SECTOR;
        command(code, lba, sectors);
        for (int done = 0; done < sectors; done += block) {
            int status = ready();
            if ((status & (ERR | DRQ)) != DRQ) {
                return status;
            }
            dataOut(data, done * Disk.SECTOR, Math.min(block, sectors - done) * Disk.SECTOR);
        }
        return ready();
    }

    byte[] identify() {
        byte[] data = new byte[Disk.SECTOR];
        select(0);
        out(7, IDENTIFY);
        ready();
        dataIn(data, 0, Disk.SECTOR);
        return data;
    }
}
