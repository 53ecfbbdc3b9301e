package ringside.machine.devices.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.function.Consumer;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/** The end of a cable at an adapter: sends into a segment, and hands on what arrives when its machine's time has come. */
public final class NetworkPort {
    /** What a port is plugged into. */
    @FunctionalInterface
    public interface Segment {
        /** A frame left {@code from} and was complete at {@code tick}; the array is the segment's from now on. */
        void carry(NetworkPort from, long tick, byte[] frame);
    }

    private static final int LEAST_BYTES = 60;

    private record Arrival(long tick, byte[] frame) {}

    private final VirtualClock clock;
    private final Consumer<byte[]> receiver;
    private final VirtualClock.Alarm alarm;
    private final Queue<Arrival> arriving = new ArrayDeque<>();
    private Segment segment;

    /**
     * @param name unique on the clock
     * @param receiver gets each frame at its tick
     */
    public NetworkPort(String name, VirtualClock clock, Consumer<byte[]> receiver) {
        this.clock = clock;
        this.receiver = receiver;
        alarm = clock.alarm("port." + name, tick -> deliver());
    }

    /** Plugs the cable in; null pulls it out. */
    public void connect(Segment into) {
        segment = into;
    }

    public boolean connected() {
        return segment != null;
    }

    /** Sends a frame whose last bit leaves now, filled up to the least length; without a cable it is lost. */
    public void send(byte[] frame) {
        if (segment != null) {
            segment.carry(this, clock.now(), Arrays.copyOf(frame, Math.max(LEAST_BYTES, frame.length)));
        }
    }

    /** A frame arrives at {@code tick} of this port's clock; ticks never go backwards. */
    void arrive(long tick, byte[] frame) {
        arriving.add(new Arrival(tick, frame));
        alarm.at(arriving.element().tick);
    }

    /** Whether frames are on their way to this port. */
    public boolean expecting() {
        return !arriving.isEmpty();
    }

    private void deliver() {
        Arrival arrival = arriving.poll();
        if (arrival != null) {
            alarm.at(arriving.isEmpty() ? VirtualClock.NEVER : arriving.element().tick);
            receiver.accept(arrival.frame);
        }
    }

    /** Frames on their way are state of the machine they go to. */
    public void visit(StateVisitor v, String prefix) {
        int bytes = arriving.stream().mapToInt(a -> 12 + a.frame.length).sum();
        ByteBuffer packed = ByteBuffer.allocate(bytes);
        arriving.forEach(a -> packed.putLong(a.tick).putInt(a.frame.length).put(a.frame));
        ByteBuffer taken = ByteBuffer.wrap(v.blob(prefix + "arriving", packed.array()));
        arriving.clear();
        while (taken.hasRemaining()) {
            long tick = taken.getLong();
            byte[] frame = new byte[taken.getInt()];
            taken.get(frame);
            arriving.add(new Arrival(tick, frame));
        }
    }
}
