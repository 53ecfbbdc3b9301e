package ringside.vmm.device.split;

import java.nio.charset.StandardCharsets;
import ringside.machine.devices.Disk;
import ringside.machine.devices.disk.BlockRequest.Operation;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.state.StateVisitor;
import ringside.observe.Counters;

/** A disk (virtio 1.2, section 5.2): what it acknowledged is on its backing, in the order of the requests. */
class BlockBackEnd implements BackEnd {
    static final int TYPE = 2;
    static final long SEG_MAX = 1 << 2, BLK_SIZE = 1 << 6, FLUSH = 1 << 9;
    static final int OK = 0, IO_ERROR = 1, UNSUPPORTED = 2;
    private static final int IN = 0, OUT = 1, FLUSH_CACHE = 4, GET_ID = 8;
    static final int HEADER_BYTES = 16;
    private static final int ID_BYTES = 20, CONFIGURATION_BYTES = 60;
    private static final int MOST_BYTES = 4 << 20;
    private static final int SETUP_TICKS = 1_000, BYTES_PER_TICK = 8;

    private final String id;
    private final Disk disk;
    private final byte[] space = new byte[CONFIGURATION_BYTES];
    private final byte[] header = new byte[HEADER_BYTES];
    private final byte[] status = new byte[1];
    private byte[] buffer = new byte[0];
    /** The header has been read, and the disk knows of the request. */
    private boolean begun;

    BlockBackEnd(String id, Disk disk) {
        this.id = id;
        this.disk = disk;
        Bytes.put64(space, 0, disk.sectors());
        Bytes.put32(space, 12, VirtioCards.QUEUE_SIZE - 2);
        Bytes.put32(space, 20, Disk.SECTOR);
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public String title() {
        return "block '" + id + "'";
    }

    @Override
    public long features() {
        return SEG_MAX | BLK_SIZE | FLUSH;
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public byte[] configuration() {
        return space;
    }

    @Override
    public long ticks(int queue, Chain chain) {
        return SETUP_TICKS + Math.min(MOST_BYTES, chain.readable.bytes() + chain.writable.bytes()) / BYTES_PER_TICK;
    }

    @Override
    public long left(int queue, Chain chain, long now) throws FrontEndFault {
        if (!begun && chain.readable.bytes() >= HEADER_BYTES) {
            chain.readable.read(0, header, 0, HEADER_BYTES);
            begun = true;
            begin(Bytes.get32(header, 0), Bytes.get64(header, 8), chain, now);
        }
        return disk.left(now);
    }

    /** Tells the disk of a request that it could carry out. */
    private void begin(int operation, long sector, Chain chain, long now) {
        long bytes = operation == IN
                ? chain.writable.bytes() - 1
                : operation == OUT ? chain.readable.bytes() - HEADER_BYTES : 0;
        int sectors = (int) (Math.clamp(bytes, 0, MOST_BYTES) / Disk.SECTOR);
        boolean there = sector >= 0 && sector <= disk.sectors() - sectors;
        switch (operation) {
            case IN, OUT -> {
                if (sectors > 0 && there) {
                    begin(operation == IN ? Operation.READ : Operation.WRITE, sector, sectors, chain, now);
                }
            }
            case FLUSH_CACHE -> begin(Operation.FLUSH, 0, 0, chain, now);
            default -> {} // the disk has nothing to do with it
        }
    }

    /** A request that can be carried out begins. */
    void begin(Operation operation, long sector, int sectors, Chain chain, long now) {
        disk.begin(operation, sector, sectors, now);
    }

    @Override
    public void abandon() {
        begun = false;
        disk.abandon();
    }

    @Override
    public int serve(int queue, Chain chain, Tally tally) throws FrontEndFault {
        long in = chain.readable.bytes() - HEADER_BYTES;
        long out = chain.writable.bytes() - 1;
        if (in < 0 || out < 0) {
            throw new FrontEndFault(
                    "a request of %d bytes to read and %d to write has no room for header and status",
                    chain.readable.bytes(), chain.writable.bytes());
        }
        if (!begun) {
            chain.readable.read(0, header, 0, HEADER_BYTES);
        }
        begun = false;
        int operation = Bytes.get32(header, 0);
        long data = operation == IN ? out : operation == OUT ? in : 0;
        int outcome;
        try {
            outcome = carryOut(operation, Bytes.get64(header, 8), data, chain, tally);
        } catch (DiskFault fault) {
            tally.tell(fault.getMessage());
            outcome = IO_ERROR;
        }
        status[0] = (byte) outcome;
        chain.writable.write(out, status, 0, 1);
        int written = outcome != OK ? 0 : operation == IN ? (int) out : operation == GET_ID ? idBytes(out) : 0;
        long moved = outcome == OK ? data : 0;
        tally.copied(HEADER_BYTES + copies(moved) + (operation == GET_ID ? written : 0) + 1);
        tally.request(data);
        told(operation, Bytes.get64(header, 8), data, outcome == OK);
        return written + 1;
    }

    /** What whoever looks at the disk's requests is shown, as of every other device model. */
    private void told(int operation, long sector, long data, boolean well) {
        switch (operation) {
            case IN -> disk.completed(Operation.READ, sector, (int) (data / Disk.SECTOR), well);
            case OUT -> disk.completed(Operation.WRITE, sector, (int) (data / Disk.SECTOR), well);
            case FLUSH_CACHE -> disk.completed(Operation.FLUSH, 0, 0, well);
            default -> {} // moves no sectors
        }
    }

    private static int idBytes(long room) {
        return (int) Math.min(room, ID_BYTES);
    }

    private int carryOut(int operation, long sector, long data, Chain chain, Tally tally)
            throws DiskFault, FrontEndFault {
        switch (operation) {
            case IN, OUT -> {
                return transfer(operation == OUT, sector, data, chain, tally);
            }
            case FLUSH_CACHE -> {
                disk.flush();
                return OK;
            }
            case GET_ID -> {
                byte[] name = new byte[ID_BYTES];
                byte[] text = id.getBytes(StandardCharsets.ISO_8859_1);
                System.arraycopy(text, 0, name, 0, Math.min(text.length, ID_BYTES));
                chain.writable.write(0, name, 0, idBytes(chain.writable.bytes() - 1));
                return OK;
            }
            default -> {
                return UNSUPPORTED;
            }
        }
    }

    private int transfer(boolean write, long sector, long bytes, Chain chain, Tally tally)
            throws DiskFault, FrontEndFault {
        long count = bytes / Disk.SECTOR;
        if (bytes % Disk.SECTOR != 0 || bytes > MOST_BYTES) {
            tally.refused(String.format(
                    "queue 0, head %d: a request of %d bytes, neither whole sectors nor at most %d bytes",
                    chain.head(), bytes, MOST_BYTES));
            return IO_ERROR;
        }
        if (sector < 0 || sector > disk.sectors() - count) {
            tally.refused(String.format(
                    "queue 0, head %d: sectors %s to %s of a disk of %d",
                    chain.head(),
                    Long.toUnsignedString(sector),
                    Long.toUnsignedString(sector + count - 1),
                    disk.sectors()));
            return IO_ERROR;
        }
        move(write, (int) sector, (int) count, chain);
        return OK;
    }

    /** Moves the data of a request that has been checked. */
    void move(boolean write, int sector, int count, Chain chain) throws DiskFault, FrontEndFault {
        int length = count * Disk.SECTOR;
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        if (write) {
            chain.readable.read(HEADER_BYTES, buffer, 0, length);
            disk.write(sector, count, buffer, 0);
        } else {
            disk.read(sector, count, buffer, 0);
            chain.writable.write(0, buffer, 0, length);
        }
    }

    /** How much of so much data this back end copies itself. */
    long copies(long data) {
        return data;
    }

    @Override
    public Counters counters() {
        return disk.counters();
    }

    @Override
    public void visit(StateVisitor v) {
        v.bytes("header", header);
        begun = v.flag("begun", begun);
        disk.visit(v);
    }
}
