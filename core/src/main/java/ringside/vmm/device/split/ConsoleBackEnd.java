package ringside.vmm.device.split;

import ringside.machine.devices.Console;

/** A console (virtio 1.2, section 5.3) with one port: bytes to, and from, a console of the machine. */
final class ConsoleBackEnd implements BackEnd {
    static final int TYPE = 3;
    static final long SIZE = 1, EMERGENCY_WRITE = 1 << 2;
    private static final int RECEIVE = 0;
    private static final int COLUMNS = 80, ROWS = 25, CONFIGURATION_BYTES = 12, EMERGENCY = 8;
    /** The most that one buffer takes, and one request sends. */
    private static final int MOST_BYTES = 4096;

    private static final int SETUP_TICKS = 100;

    private final Console console;
    private final byte[] space = new byte[CONFIGURATION_BYTES];
    private final byte[] buffer = new byte[MOST_BYTES];

    ConsoleBackEnd(Console console) {
        this.console = console;
        Bytes.put16(space, 0, COLUMNS);
        Bytes.put16(space, 2, ROWS);
        Bytes.put32(space, 4, 1);
    }

    @Override
    public void connect(Front front) {
        console.receiver(() -> front.arrived(RECEIVE));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public String title() {
        return "console '" + console.name() + "'";
    }

    @Override
    public long features() {
        return SIZE | EMERGENCY_WRITE;
    }

    @Override
    public int queues() {
        return 2;
    }

    @Override
    public byte[] configuration() {
        return space;
    }

    @Override
    public boolean configure(int offset, int bits, int value) {
        if (offset == EMERGENCY) {
            console.send(value & 0xff);
        }
        return offset == EMERGENCY;
    }

    @Override
    public boolean supplies(int queue) {
        return queue == RECEIVE;
    }

    @Override
    public boolean waits(int queue) {
        return queue == RECEIVE && console.hasInput();
    }

    @Override
    public long ticks(int queue, Chain chain) {
        return SETUP_TICKS + Math.min(MOST_BYTES, chain.readable.bytes());
    }

    @Override
    public int serve(int queue, Chain chain, Tally tally) throws FrontEndFault {
        return queue == RECEIVE ? receive(chain, tally) : send(chain, tally);
    }

    private int receive(Chain chain, Tally tally) throws FrontEndFault {
        int room = (int) Math.min(MOST_BYTES, chain.writable.bytes());
        int bytes = 0;
        while (bytes < room && console.hasInput()) {
            buffer[bytes++] = (byte) console.receive();
        }
        chain.writable.write(0, buffer, 0, bytes);
        tally.copied(bytes);
        tally.request(bytes);
        return bytes;
    }

    private int send(Chain chain, Tally tally) throws FrontEndFault {
        long bytes = chain.readable.bytes();
        if (bytes > MOST_BYTES) {
            tally.refused(String.format(
                    "queue 1, head %d: %d bytes at once are not sent: at most %d are",
                    chain.head(), bytes, MOST_BYTES));
            return 0;
        }
        chain.readable.read(0, buffer, 0, (int) bytes);
        for (int i = 0; i < bytes; i++) {
            console.send(buffer[i] & 0xff);
        }
        tally.copied(bytes);
        tally.request(bytes);
        return 0;
    }
}
