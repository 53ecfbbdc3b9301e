package ringside.machine.devices.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;
import ringside.machine.time.VirtualClock;

/**
 * A learning switch: stores each frame, looks where its address was seen, forwards it there or else everywhere.
 *
 * <p>A frame that is complete at tick t leaves after the latency, or when its way out is free again, and is complete at
 * the other end once all its bits, with preamble and gap, went through at the switch's bandwidth. Ports of several
 * machines may be joined: their clocks count the same virtual time.
 */
public final class Switch implements Stateful, NetworkPort.Segment {
    public static final long FAST_ETHERNET = 100_000_000L;
    /** 10 microseconds. */
    public static final long DEFAULT_LATENCY = 1_000;

    private static final int MOST_ADDRESSES = 1024;
    /** Preamble, check sequence and gap between frames. */
    private static final int OVERHEAD = 8 + 4 + 12;

    private static final long GROUP = 1L << 40;

    /**
     * A frame within the switch.
     *
     * @param port where it came in
     * @param tick when it was complete there
     * @param delay by how much it is held up
     * @param back whether it goes out where it came in, and nowhere else: an answer
     */
    public record Passing(int port, long tick, long delay, boolean back, byte[] frame) {}

    /** What becomes of frames: a switch, or a line, that is not perfect. */
    @FunctionalInterface
    public interface Behaviour {
        /** The frames that go on in the place of one that came in; none where it is lost. */
        List<Passing> pass(Passing passing);
    }

    private final String name;
    private final long latency;
    private final long bitsPerSecond;
    private final List<NetworkPort> ports = new ArrayList<>();
    private final List<Long> free = new ArrayList<>();
    private final Map<Long, Integer> learned = new LinkedHashMap<>();
    private Behaviour behaviour = passing -> List.of(passing);
    private Capture capture;
    private long frames;
    private long bytes;
    private long lost;

    public Switch(String name) {
        this(name, DEFAULT_LATENCY, FAST_ETHERNET);
    }

    /** @param latency in ticks, from the last bit in to the first bit out */
    public Switch(String name, long latency, long bitsPerSecond) {
        this.name = name;
        this.latency = latency;
        this.bitsPerSecond = bitsPerSecond;
    }

    /** Plugs a port in; the number of the port at the switch. */
    public int connect(NetworkPort port) {
        ports.add(port);
        free.add(0L);
        port.connect(this);
        return ports.size() - 1;
    }

    /** From now on {@code rule} says what becomes of each frame. */
    public void behave(Behaviour rule) {
        behaviour = rule;
    }

    /** Frames of which nothing went on. */
    public long lost() {
        return lost;
    }

    /** Records every frame that comes in. */
    public void capture(Capture into) {
        capture = into;
    }

    public long frames() {
        return frames;
    }

    public long bytes() {
        return bytes;
    }

    /** The port an address was last seen at, or -1. */
    public int portOf(long mac) {
        return learned.getOrDefault(mac, -1);
    }

    @Override
    public void carry(NetworkPort from, long tick, byte[] frame) {
        frames++;
        bytes += frame.length;
        if (capture != null) {
            capture.add(tick, frame);
        }
        int in = ports.indexOf(from);
        List<Passing> onward = behaviour.pass(new Passing(in, tick, 0, false, frame));
        lost += onward.isEmpty() ? 1 : 0;
        onward.forEach(this::distribute);
    }

    private void distribute(Passing passing) {
        byte[] frame = passing.frame();
        if (passing.back()) {
            forward(passing.port(), passing);
            return;
        }
        learn(mac(frame, 6), passing.port());
        long destination = mac(frame, 0);
        int out = (destination & GROUP) != 0 ? -1 : portOf(destination);
        for (int port = 0; port < ports.size(); port++) {
            if (port != passing.port() && (out == -1 || out == port)) {
                forward(port, passing);
            }
        }
    }

    private void learn(long source, int port) {
        if ((source & GROUP) != 0) {
            return;
        }
        learned.remove(source);
        if (learned.size() == MOST_ADDRESSES) {
            learned.remove(learned.keySet().iterator().next());
        }
        learned.put(source, port);
    }

    /** One that is held up leaves the way out to those behind it. */
    private void forward(int port, Passing passing) {
        byte[] frame = passing.frame();
        long begin = Math.max(passing.tick() + latency, free.get(port));
        long end = begin + (frame.length + OVERHEAD) * 8 * VirtualClock.TICKS_PER_SECOND / bitsPerSecond;
        if (passing.delay() == 0) {
            free.set(port, end);
        }
        ports.get(port).arrive(end + passing.delay(), frame.clone());
    }

    /** The six bytes at {@code offset}, the first one the highest. */
    static long mac(byte[] frame, int offset) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | frame[offset + i] & 0xff;
        }
        return mac;
    }

    @Override
    public String stateName() {
        return "switch." + name;
    }

    @Override
    public void visit(StateVisitor v) {
        frames = v.int64("frames", frames);
        bytes = v.int64("bytes", bytes);
        lost = v.int64("lost", lost);
        long[] freeAt = v.longs("free", free.stream().mapToLong(Long::longValue).toArray());
        for (int i = 0; i < freeAt.length; i++) {
            free.set(i, freeAt[i]);
        }
        long[] pairs = new long[2 * learned.size()];
        int at = 0;
        for (Map.Entry<Long, Integer> entry : learned.entrySet()) {
            pairs[at++] = entry.getKey();
            pairs[at++] = entry.getValue();
        }
        pairs = v.longs("learned", pairs);
        learned.clear();
        for (int i = 0; i < pairs.length; i += 2) {
            learned.put(pairs[i], (int) pairs[i + 1]);
        }
    }
}
