package ringside.machine.devices.ata;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.PortDevice;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.Disk;
import ringside.machine.devices.ata.AtaCommand.Protocol;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;

/**
 * One ATA channel: task file, data port, device control, and the two drives that share them.
 *
 * <p>A command is busy for {@link #COMMAND_TICKS} and {@link #SECTOR_TICKS} a sector of virtual time, then its data or
 * its result is there and the interrupt line rises. A written sector is on its backing before the drive stops being busy:
 * nothing that was acknowledged can be lost.
 */
final class AtaChannel implements PortDevice {
    /** 20 microseconds: a drive with a cache, or nobody would wait for it in a simulation. */
    static final long COMMAND_TICKS = 2_000;
    /** 100 MB/s. */
    static final long SECTOR_TICKS = 512;

    private static final int SECTOR = Disk.SECTOR;
    private static final int DATA = 0, ERROR = 1, COUNT = 2, LOW = 3, MID = 4, HIGH = 5, DEVICE = 6, STATUS = 7;
    private static final int RESET = 4, NO_INTERRUPT = 2;

    /** What happens when the alarm goes off. */
    private enum Due {
        NOTHING,
        COMMAND,
        READ_BLOCK,
        WRITE_BLOCK,
        TRANSFER,
        RESET
    }

    private final String name;
    private final int base;
    private final IrqLine irq;
    private final VirtualClock clock;
    private final VirtualClock.Alarm alarm;
    private final AtaDrive[] drives = new AtaDrive[2];
    private final BusMaster master;
    private final Counters counters;
    private final TaskFile file = new TaskFile();
    private final SectorCursor cursor = new SectorCursor(file);
    private final byte[] buffer = new byte[AtaDrive.MOST_MULTIPLE * SECTOR];

    private int control;
    private boolean interrupting;
    private Due due = Due.NOTHING;
    private AtaCommand command = AtaCommand.UNKNOWN;
    private boolean waitsForMaster;
    /** Data port: how far the guest is in the buffer, and how much of it is the block. */
    private int position;

    private int limit;

    /** @param base the first of the eight ports of the command block */
    AtaChannel(String name, int base, VirtualClock clock, IrqLine irq, BusMaster master, Counters counters) {
        this.name = name;
        this.base = base;
        this.clock = clock;
        this.irq = irq;
        this.master = master;
        this.counters = counters;
        alarm = clock.alarm("ata." + name, tick -> due());
        master.listener(this::masterChanged);
        powerOn();
    }

    private void powerOn() {
        file.signature();
        file.status = TaskFile.READY;
    }

    /** Puts a drive on the channel: 0 master, 1 slave. */
    void attach(int unit, Disk disk) {
        drives[unit] = new AtaDrive(disk, String.format("RS%02x", disk.number()));
    }

    /** The disks on the channel. */
    List<Disk> disks() {
        return Arrays.stream(drives)
                .filter(Objects::nonNull)
                .map(AtaDrive::disk)
                .toList();
    }

    boolean busy() {
        return alarm.due() != VirtualClock.NEVER && (control & NO_INTERRUPT) == 0;
    }

    private AtaDrive drive() {
        return drives[file.selected()];
    }

    private boolean empty() {
        return drives[0] == null && drives[1] == null;
    }

    // ---- ports

    @Override
    public int in(int bits, int port) {
        if (port == base + DATA) {
            return bits == 32 ? dataIn(16) | dataIn(16) << 16 : dataIn(bits);
        }
        int value = 0;
        for (int shift = 0; shift < bits; shift += 8) {
            value |= in8(port + shift / 8) << shift;
        }
        return value;
    }

    private int in8(int port) {
        if (empty()) {
            return 0;
        }
        boolean absent = drive() == null;
        return switch (port - base) {
            case ERROR -> absent ? 0 : file.error;
            case COUNT -> file.count;
            case LOW -> file.low;
            case MID -> file.mid;
            case HIGH -> file.high;
            case DEVICE -> file.device | 0xa0;
            case STATUS -> {
                interrupt(false);
                yield absent ? 0 : file.status;
            }
            default -> absent ? 0 : file.status; // the alternate status leaves the interrupt alone
        };
    }

    @Override
    public void out(int bits, int port, int value) {
        if (port == base + DATA) {
            dataOut(Math.min(bits, 16), value);
            if (bits == 32) {
                dataOut(16, value >>> 16);
            }
            return;
        }
        for (int shift = 0; shift < bits; shift += 8) {
            out8(port + shift / 8, value >> shift & 0xff);
        }
    }

    private void out8(int port, int value) {
        int register = port - base;
        if (register > STATUS) {
            control(value);
            return;
        }
        if ((file.status & (TaskFile.BSY | TaskFile.DRQ)) != 0) {
            return; // the command block belongs to the drive
        }
        switch (register) {
            case ERROR -> file.feature = value;
            case COUNT -> file.count = value;
            case LOW -> file.low = value;
            case MID -> file.mid = value;
            case HIGH -> file.high = value;
            case DEVICE -> file.device = value & 0x5f;
            default -> command(value);
        }
    }

    private void control(int value) {
        boolean resetBegins = (value & ~control & RESET) != 0;
        boolean resetEnds = (control & ~value & RESET) != 0;
        control = value & (RESET | NO_INTERRUPT);
        irq.set(interrupting && (control & NO_INTERRUPT) == 0);
        if (resetBegins) {
            abandon();
            file.status = TaskFile.BSY;
        } else if (resetEnds) {
            at(Due.RESET, COMMAND_TICKS);
        }
    }

    /** Forgets the command in progress. */
    private void abandon() {
        due = Due.NOTHING;
        alarm.cancel();
        waitsForMaster = false;
        disks().forEach(Disk::abandon);
        interrupt(false);
        position = 0;
        limit = 0;
    }

    private void interrupt(boolean raised) {
        if (raised && !interrupting) {
            master.interrupt();
            counters.add(DeviceCounts.INTERRUPTS);
        }
        interrupting = raised;
        irq.set(interrupting && (control & NO_INTERRUPT) == 0);
    }

    private void at(Due what, long ticks) {
        due = what;
        alarm.at(clock.now() + ticks);
    }

    /** Sectors are to be moved: so long it takes the drive, and as long as its content takes besides. */
    private void move(Due what, long setup, int sectors) {
        boolean out = command.protocol == Protocol.PIO_OUT || command.protocol == Protocol.DMA_OUT;
        BlockRequest.Operation operation = out ? BlockRequest.Operation.WRITE : BlockRequest.Operation.READ;
        drive().disk().begin(operation, cursor.next(), sectors, clock.now());
        at(what, setup + SECTOR_TICKS * sectors);
    }

    // ---- the data port

    private int dataIn(int bits) {
        if ((file.status & TaskFile.DRQ) == 0 || command.protocol != Protocol.PIO_IN) {
            return 0;
        }
        int value = buffer[position++] & 0xff;
        if (bits == 16 && position < limit) {
            value |= (buffer[position++] & 0xff) << 8;
        }
        if (position == limit) {
            if (cursor.left() > 0) {
                file.status = TaskFile.BSY;
                move(Due.READ_BLOCK, 0, block());
            } else {
                file.status = TaskFile.READY;
            }
        }
        return value;
    }

    private void dataOut(int bits, int value) {
        if ((file.status & TaskFile.DRQ) == 0 || command.protocol != Protocol.PIO_OUT) {
            return;
        }
        buffer[position++] = (byte) value;
        if (bits == 16 && position < limit) {
            buffer[position++] = (byte) (value >> 8);
        }
        if (position == limit) {
            file.status = TaskFile.BSY;
            move(Due.WRITE_BLOCK, 0, limit / SECTOR);
        }
    }

    /** Sectors that the next interrupt is for. */
    private int block() {
        return Math.min(cursor.left(), command.multiple() ? drive().multiple() : 1);
    }

    // ---- commands

    private void command(int code) {
        interrupt(false);
        command = AtaCommand.of(code);
        if (drive() == null && command != AtaCommand.DIAGNOSE) {
            return;
        }
        file.error = 0;
        file.status = TaskFile.BSY;
        waitsForMaster = false;
        if (!command.addressesSectors()) {
            if (command == AtaCommand.FLUSH) {
                drive().disk().begin(BlockRequest.Operation.FLUSH, 0, 0, clock.now());
            }
            at(Due.COMMAND, COMMAND_TICKS);
            return;
        }
        cursor.begin(drive());
        drive().standby(false);
        if (refusal() != SectorCursor.NO_ERROR) {
            at(Due.COMMAND, COMMAND_TICKS);
        } else if (command.protocol == Protocol.PIO_OUT) {
            request();
        } else if (command.dma()) {
            waitsForMaster = true;
            masterChanged();
        } else {
            move(Due.COMMAND, COMMAND_TICKS, block());
        }
    }

    /** Asks for the next block of a write. */
    private void request() {
        position = 0;
        limit = block() * SECTOR;
        file.status = TaskFile.READY | TaskFile.DRQ;
    }

    private void masterChanged() {
        if (waitsForMaster && master.started()) {
            waitsForMaster = false;
            move(Due.TRANSFER, COMMAND_TICKS, cursor.left());
        } else if (due == Due.TRANSFER && !master.started()) {
            due = Due.NOTHING;
            alarm.cancel();
            drive().disk().abandon();
            waitsForMaster = true;
        }
    }

    private void due() {
        long left = drive() == null ? 0 : drive().disk().left(clock.now());
        if (left > 0) {
            alarm.at(clock.now() + left);
            return;
        }
        Due what = due;
        due = Due.NOTHING;
        switch (what) {
            case NOTHING -> {} // abandoned
            case RESET -> powerOn();
            case COMMAND -> execute();
            case READ_BLOCK -> readBlock();
            case WRITE_BLOCK -> writeBlock();
            case TRANSFER -> transfer();
        }
    }

    /** Carries out what moves no data, or the first step of a read. */
    private void execute() {
        switch (command) {
            case READ_SECTORS, WRITE_SECTORS, READ_MULTIPLE, WRITE_MULTIPLE, READ_DMA, WRITE_DMA -> {
                if (refusal() == SectorCursor.NO_ERROR) {
                    readBlock();
                } else {
                    fail(refusal());
                }
            }
            case VERIFY -> finish(refusal() == SectorCursor.NO_ERROR ? cursor.verify(buffer) : refusal());
            case IDENTIFY -> {
                drive().identify(buffer);
                cursor.none();
                offer(1);
            }
            case DIAGNOSE -> {
                powerOn();
                file.device = 0;
                interrupt(true);
            }
            case SET_GEOMETRY -> accept(drive().geometry((file.device & 15) + 1, file.count));
            case SET_MULTIPLE -> accept(drive().multiple(file.count));
            case SET_FEATURES -> accept(drive().feature(file.feature, file.count));
            case RECALIBRATE, SEEK, IDLE, IDLE_NOW, OLD_IDLE_NOW -> accept(true);
            case STANDBY, STANDBY_NOW, OLD_STANDBY_NOW -> {
                drive().standby(true);
                accept(true);
            }
            case CHECK_POWER, OLD_CHECK_POWER -> {
                file.count = drive().standby() ? 0 : 0xff;
                accept(true);
            }
            case NATIVE_SIZE -> {
                file.show(drive().sectors() - 1, drive());
                accept(true);
            }
            case FLUSH -> flush();
            case UNKNOWN -> accept(false);
        }
    }

    /** Why the drive does not begin with the sectors it was asked for. */
    private int refusal() {
        if (command.multiple() && drive().multiple() == 0) {
            return TaskFile.ABRT;
        }
        return cursor.onDisk() ? SectorCursor.NO_ERROR : TaskFile.IDNF;
    }

    private void accept(boolean done) {
        finish(done ? SectorCursor.NO_ERROR : TaskFile.ABRT);
    }

    private void finish(int error) {
        if (error == SectorCursor.NO_ERROR) {
            file.status = TaskFile.READY;
            ended(true);
            interrupt(true);
        } else {
            fail(error);
        }
    }

    /** The guest is about to be told how its command ended. */
    private void ended(boolean well) {
        Optional<BlockRequest.Operation> operation = command.operation();
        if (operation.isPresent()) {
            boolean moves = command.addressesSectors();
            int sectors = moves ? cursor.asked() : 0;
            counters.add(DeviceCounts.REQUESTS);
            counters.add(DeviceCounts.REQUEST_BYTES, (long) sectors * SECTOR);
            drive().disk().completed(operation.get(), moves ? cursor.first() : 0, sectors, well);
        }
    }

    private void fail(int error) {
        ended(false);
        file.error = error & 0xff;
        file.status = TaskFile.READY | TaskFile.ERR | ((error & SectorCursor.DEVICE_FAULT) != 0 ? TaskFile.DF : 0);
        interrupt(true);
    }

    private void flush() {
        try {
            drive().disk().flush();
            accept(true);
        } catch (DiskFault fault) {
            fail(TaskFile.ABRT | SectorCursor.DEVICE_FAULT);
        }
    }

    // ---- sectors

    /** Puts a block of data before the guest. */
    private void offer(int sectors) {
        position = 0;
        limit = sectors * SECTOR;
        file.status = TaskFile.READY | TaskFile.DRQ;
        interrupt(true);
    }

    private void readBlock() {
        int sectors = block();
        int error = cursor.read(sectors, buffer);
        if (error == SectorCursor.NO_ERROR) {
            if (cursor.left() == 0) {
                ended(true);
            }
            counters.add(DeviceCounts.BYTES_COPIED, (long) sectors * SECTOR);
            offer(sectors);
        } else {
            fail(error);
        }
    }

    private void writeBlock() {
        counters.add(DeviceCounts.BYTES_COPIED, limit);
        int error = cursor.write(limit / SECTOR, buffer);
        if (error != SectorCursor.NO_ERROR || cursor.left() == 0) {
            finish(error);
        } else {
            request();
            interrupt(true);
        }
    }

    /** A whole DMA command. */
    private void transfer() {
        boolean in = command.protocol == Protocol.DMA_IN;
        int error = SectorCursor.NO_ERROR;
        while (cursor.left() > 0 && error == SectorCursor.NO_ERROR) {
            int sectors = Math.min(cursor.left(), AtaDrive.MOST_MULTIPLE);
            error = in ? cursor.read(sectors, buffer) : SectorCursor.NO_ERROR;
            if (error == SectorCursor.NO_ERROR && !moved(in, sectors * SECTOR)) {
                master.tooShort();
                file.status = TaskFile.READY;
                ended(false);
                return;
            }
            error = in ? error : cursor.write(sectors, buffer);
        }
        master.finished();
        finish(error);
    }

    /** Whether the scatter list took, or gave, so many bytes of the buffer; one for the other direction does neither. */
    private boolean moved(boolean in, int bytes) {
        if (master.toMemory() != in) {
            return false;
        }
        int done = master.move(buffer, bytes);
        counters.add(DeviceCounts.BYTES_COPIED, done);
        return done == bytes;
    }

    // ---- state

    void visit(StateVisitor v) {
        file.visit(v, name + ".");
        control = v.int32(name + ".control", control);
        interrupting = v.flag(name + ".interrupting", interrupting);
        due = Due.values()[v.int32(name + ".due", due.ordinal())];
        command = AtaCommand.values()[v.int32(name + ".command", command.ordinal())];
        waitsForMaster = v.flag(name + ".waits", waitsForMaster);
        position = v.int32(name + ".position", position);
        limit = v.int32(name + ".limit", limit);
        v.bytes(name + ".buffer", buffer);
        for (int unit = 0; unit < drives.length; unit++) {
            if (drives[unit] != null) {
                drives[unit].visit(v, name + "." + unit + ".");
            }
        }
        cursor.visit(v, name + ".cursor.", drive());
        master.visit(v, name + ".master.");
    }
}
