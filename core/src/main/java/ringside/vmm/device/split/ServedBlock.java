package ringside.vmm.device.split;

import ringside.machine.devices.Disk;
import ringside.machine.devices.disk.BlockRequest.Operation;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.time.VirtualClock;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.ServiceChannel;

/** A disk whose requests a service VM carries out, in pieces of at most {@link #MOST_SECTORS}, the data copied from there. */
final class ServedBlock extends BlockBackEnd {
    static final int MOST_SECTORS = 128;
    /** As long as nothing comes from the service VM, there is nothing to do. */
    private static final long LONG = VirtualClock.TICKS_PER_SECOND;

    /** Where the disk says how it went. */
    private static final class Outcome implements DiskBacking {
        private final long sectors;
        private boolean failed;

        Outcome(long sectors) {
            this.sectors = sectors;
        }

        @Override
        public long sectors() {
            return sectors;
        }

        private void tell(DiskFault.Kind kind, String what) throws DiskFault {
            if (failed) {
                throw new DiskFault(kind, "the service VM could not " + what);
            }
        }

        @Override
        public void read(long lba, int count, byte[] to, int offset) throws DiskFault {
            tell(DiskFault.Kind.UNREADABLE, "read sectors from " + lba);
        }

        @Override
        public void write(long lba, int count, byte[] from, int offset) throws DiskFault {
            tell(DiskFault.Kind.UNWRITABLE, "write sectors from " + lba);
        }

        @Override
        public void flush() throws DiskFault {
            tell(DiskFault.Kind.UNWRITABLE, "flush the disk");
        }
    }

    private final Peripheral.Served disk;
    private final Outcome outcome;
    private Front front;
    private Piece current;

    private ServedBlock(Peripheral.Served served, Outcome outcome) {
        super(served.name(), new Disk(Disk.FIRST_HARD_DISK + served.number(), outcome));
        this.disk = served;
        this.outcome = outcome;
    }

    static ServedBlock of(Peripheral.Served served) {
        return new ServedBlock(served, new Outcome(served.sectors()));
    }

    @Override
    public void connect(Front other) {
        front = other;
    }

    /** One piece of a request, as the service VM has it. */
    private final class Piece implements ServiceChannel.Job {
        private final Operation operation;
        private final long sector;
        private final int left;
        private final long done;
        private final Chain chain;

        /** @param left sectors of the request from here on */
        Piece(Operation operation, long sector, int left, long done, Chain chain) {
            this.operation = operation;
            this.sector = sector;
            this.left = left;
            this.done = done;
            this.chain = chain;
        }

        @Override
        public int front() {
            return disk.front();
        }

        @Override
        public Operation operation() {
            return operation;
        }

        @Override
        public long sector() {
            return disk.first() + sector;
        }

        @Override
        public int sectors() {
            return Math.min(left, MOST_SECTORS);
        }

        @Override
        public boolean fetch(byte[] to, int length) {
            return operation == Operation.WRITE
                    && copied(() -> chain.readable.read(HEADER_BYTES + done, to, 0, length));
        }

        @Override
        public boolean deliver(byte[] from, int length) {
            return operation == Operation.READ && copied(() -> chain.writable.write(done, from, 0, length));
        }

        private boolean copied(Copy copy) {
            if (current != this) {
                return false; // the front end has withdrawn it
            }
            try {
                copy.run();
                return true;
            } catch (FrontEndFault fault) {
                return false; // told when the request ends
            }
        }

        @Override
        public void finished(boolean well, long tick) {
            if (current != this) {
                return;
            }
            outcome.failed = !well;
            int rest = left - sectors();
            if (well && rest > 0) {
                current = new Piece(operation, sector + sectors(), rest, done + sectors() * (long) Disk.SECTOR, chain);
                disk.channel().post(current, tick);
            } else {
                current = null;
                front.hurry(0, tick + ServiceChannel.EVENT_TICKS);
            }
        }
    }

    @FunctionalInterface
    private interface Copy {
        void run() throws FrontEndFault;
    }

    /** What takes time is the service VM. */
    @Override
    public long ticks(int queue, Chain chain) {
        return 1;
    }

    @Override
    void begin(Operation operation, long sector, int sectors, Chain chain, long now) {
        outcome.failed = false;
        current = new Piece(operation, sector, sectors, 0, chain);
        disk.channel().post(current, now);
    }

    @Override
    public long left(int queue, Chain chain, long now) throws FrontEndFault {
        long own = super.left(queue, chain, now);
        return current == null ? own : LONG;
    }

    /** The service VM has had the data copied; what is left is how it went. */
    @Override
    void move(boolean write, int sector, int count, Chain chain) throws DiskFault {
        outcome.tell(
                write ? DiskFault.Kind.UNWRITABLE : DiskFault.Kind.UNREADABLE,
                (write ? "write" : "read") + " sectors from " + sector);
    }

    @Override
    long copies(long data) {
        return 0;
    }

    @Override
    public void abandon() {
        super.abandon();
        if (current != null) {
            disk.channel().withdraw(current);
            current = null;
        }
    }
}
