package ringside.vmm.device.split;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import ringside.machine.devices.net.NetworkPort;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;
import ringside.vmm.spi.Peripheral;

/** A network adapter (virtio 1.2, section 5.1) with one pair of queues, its cable in a switch. */
final class NetworkBackEnd implements BackEnd {
    static final int TYPE = 1;
    static final long MAC = 1 << 5, STATUS = 1 << 16;
    private static final int RECEIVE = 0, TRANSMIT = 1;
    private static final int HEADER_BYTES = 12, GSO_TYPE = 1, BUFFERS = 10;
    private static final int LEAST_FRAME = 14, MOST_FRAME = 1514, CONFIGURATION_BYTES = 12, LINK_UP = 1;
    /** Frames that wait for buffers; those beyond are lost, as on a wire. */
    private static final int MOST_WAITING = 256;

    private static final int SETUP_TICKS = 200, BYTES_PER_TICK = 8;

    private final String name;
    private final byte[] space = new byte[CONFIGURATION_BYTES];
    private final NetworkPort port;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private Front front = queue -> false;

    NetworkBackEnd(String alarm, Peripheral.Network network, VirtualClock clock) {
        name = network.name();
        for (int i = 0; i < 6; i++) {
            space[i] = (byte) (network.mac() >> 8 * (5 - i));
        }
        port = new NetworkPort(alarm, clock, this::arrived);
        network.segment().connect(port);
    }

    @Override
    public void connect(Front other) {
        front = other;
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public String title() {
        return "network '" + name + "'";
    }

    @Override
    public long features() {
        return MAC | STATUS;
    }

    @Override
    public int queues() {
        return 2;
    }

    @Override
    public byte[] configuration() {
        Bytes.put16(space, 6, port.connected() ? LINK_UP : 0);
        return space;
    }

    @Override
    public boolean supplies(int queue) {
        return queue == RECEIVE;
    }

    @Override
    public boolean waits(int queue) {
        return queue == RECEIVE && !waiting.isEmpty();
    }

    @Override
    public boolean expecting() {
        return port.expecting() || !waiting.isEmpty();
    }

    private void arrived(byte[] frame) {
        if (front.arrived(RECEIVE) && waiting.size() < MOST_WAITING) {
            waiting.add(frame);
        }
    }

    @Override
    public long ticks(int queue, Chain chain) {
        return SETUP_TICKS + Math.min(MOST_FRAME, chain.readable.bytes()) / BYTES_PER_TICK;
    }

    @Override
    public int serve(int queue, Chain chain, Tally tally) throws FrontEndFault {
        return queue == RECEIVE ? receive(chain, tally) : transmit(chain, tally);
    }

    private int receive(Chain chain, Tally tally) throws FrontEndFault {
        byte[] frame = waiting.remove();
        int bytes = HEADER_BYTES + frame.length;
        if (chain.writable.bytes() < bytes) {
            tally.refused(String.format(
                    "queue 0, head %d: a buffer of %d bytes for a frame of %d and its header: the frame is lost",
                    chain.head(), chain.writable.bytes(), frame.length));
            return 0;
        }
        byte[] header = new byte[HEADER_BYTES];
        Bytes.put16(header, BUFFERS, 1);
        chain.writable.write(0, header, 0, HEADER_BYTES);
        chain.writable.write(HEADER_BYTES, frame, 0, frame.length);
        tally.copied(bytes);
        tally.request(frame.length);
        return bytes;
    }

    private int transmit(Chain chain, Tally tally) throws FrontEndFault {
        long bytes = chain.readable.bytes() - HEADER_BYTES;
        if (bytes < LEAST_FRAME || bytes > MOST_FRAME) {
            tally.refused(String.format(
                    "queue 1, head %d: a frame of %d bytes is not sent: they are %d to %d",
                    chain.head(), bytes, LEAST_FRAME, MOST_FRAME));
            return 0;
        }
        byte[] all = new byte[HEADER_BYTES + (int) bytes];
        chain.readable.read(0, all, 0, all.length);
        tally.copied(all.length);
        tally.request(bytes);
        if (all[0] != 0 || all[GSO_TYPE] != 0) {
            tally.refused(String.format(
                    "queue 1, head %d: a frame that the device shall split or sum, which was not negotiated",
                    chain.head()));
            return 0;
        }
        byte[] frame = new byte[(int) bytes];
        System.arraycopy(all, HEADER_BYTES, frame, 0, frame.length);
        port.send(frame);
        return 0;
    }

    @Override
    public void reset() {
        waiting.clear();
    }

    @Override
    public void visit(StateVisitor v) {
        port.visit(v, "port.");
        ByteBuffer packed = ByteBuffer.allocate(
                waiting.stream().mapToInt(frame -> 4 + frame.length).sum());
        waiting.forEach(frame -> packed.putInt(frame.length).put(frame));
        ByteBuffer taken = ByteBuffer.wrap(v.blob("waiting", packed.array()));
        waiting.clear();
        while (taken.hasRemaining()) {
            byte[] frame = new byte[taken.getInt()];
            taken.get(frame);
            waiting.add(frame);
        }
    }
}
