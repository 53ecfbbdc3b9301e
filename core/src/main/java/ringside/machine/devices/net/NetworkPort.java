package ringside.machine.devices.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final List<Arrival> arriving = new ArrayList<>();
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

    /** A frame arrives at {@code tick} of this port's clock, behind those that arrive by then. */
    void arrive(long tick, byte[] frame) {
        int place = arriving.size();
        while (place > 0 && arriving.get(place - 1).tick > tick) {
            place--;
        }
        arriving.add(place, new Arrival(tick, frame));
        alarm.at(arriving.getFirst().tick);
    }

    /** Whether frames are on their way to this port, or may be sent by machines that take turns with this one. */
    public boolean expecting() {
        return !arriving.isEmpty() || segment != null && clock.takesTurns();
    }

    private void deliver() {
        if (!arriving.isEmpty()) {
            Arrival arrival = arriving.removeFirst();
            alarm.at(arriving.isEmpty() ? VirtualClock.NEVER : arriving.getFirst().tick);
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
