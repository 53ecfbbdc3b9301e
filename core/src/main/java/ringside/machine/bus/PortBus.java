package ringside.machine.bus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ringside.error.RingsideException;

/** The I/O port space: 65,536 ports, each owned by at most one device. Reading an unowned port gives all ones. */
public final class PortBus {
    /**
     * A claimed range, bounds included.
     *
     * @param definition what the owner is, or where it was described
     */
    public record Range(int first, int last, String owner, String definition, PortDevice device) {
        @Override
        public String toString() {
            return String.format("%s %04x-%04x (%s)", owner, first, last, definition);
        }
    }

    private final PortDevice[] devices = new PortDevice[0x10000];
    private final List<Range> ranges = new ArrayList<>();
    private final List<Movable> movables = new ArrayList<>();
    private PortTrace trace;

    /** Sees every access after it was made; for watch points and comparisons. */
    @FunctionalInterface
    public interface PortTrace {
        void access(boolean write, int bits, int port, int value);
    }

    public void trace(PortTrace portTrace) {
        trace = portTrace;
    }

    /** Claims ports {@code first} to {@code last}; an overlap is refused, naming both ranges and both definitions. */
    public void map(int first, int last, String owner, String definition, PortDevice device) {
        if (first < 0 || last > 0xffff || first > last) {
            throw new RingsideException(
                    String.format("ports %x-%x of '%s' are not a range", first, last, owner),
                    "",
                    "ports run from 0 to ffff");
        }
        Range range = new Range(first, last, owner, definition, device);
        for (Range other : ranges) {
            if (first <= other.last && other.first <= last) {
                throw new RingsideException(
                        "ports of " + range + " overlap those of " + other, "", "choose ports that are free");
            }
        }
        ranges.add(range);
        placeMovables();
    }

    /** A range of {@code size} ports that is nowhere until it is moved; ports that others claimed stay theirs. */
    public Window window(int size, PortDevice device) {
        Movable movable = new Movable(size, device);
        movables.add(movable);
        return movable;
    }

    private final class Movable implements Window {
        private static final int NOWHERE = -1;

        private final int size;
        private final PortDevice device;
        private int first = NOWHERE;

        Movable(int size, PortDevice device) {
            this.size = size;
            this.device = device;
        }

        @Override
        public void at(int port) {
            if (port != first) {
                first = port;
                placeMovables();
            }
        }

        @Override
        public void off() {
            at(NOWHERE);
        }

        private void place() {
            for (int port = first; first != NOWHERE && port < first + size && port <= 0xffff; port++) {
                if (devices[port] == null) {
                    devices[port] = device;
                }
            }
        }
    }

    private void placeMovables() {
        Arrays.fill(devices, null);
        for (Range range : ranges) {
            Arrays.fill(devices, range.first, range.last + 1, range.device);
        }
        movables.forEach(Movable::place);
    }

    /** Who answers at a port now, or null. */
    public PortDevice deviceAt(int port) {
        return devices[port];
    }

    public List<Range> ranges() {
        return List.copyOf(ranges);
    }

    /** Reads {@code bits}/8 ports from {@code port} up; where they have several owners, byte by byte. */
    public int in(int bits, int port) {
        int value = read(bits, port & 0xffff) & ones(bits);
        if (trace != null) {
            trace.access(false, bits, port & 0xffff, value);
        }
        return value;
    }

    /** Writes likewise. */
    public void out(int bits, int port, int value) {
        write(bits, port & 0xffff, value & ones(bits));
        if (trace != null) {
            trace.access(true, bits, port & 0xffff, value & ones(bits));
        }
    }

    private static int ones(int bits) {
        return bits == 32 ? -1 : (1 << bits) - 1;
    }

    private boolean oneOwner(int bits, int port) {
        for (int i = 1; i < bits / 8; i++) {
            if (devices[port + i & 0xffff] != devices[port]) {
                return false;
            }
        }
        return true;
    }

    private int read(int bits, int port) {
        if (oneOwner(bits, port)) {
            return devices[port] == null ? -1 : devices[port].in(bits, port);
        }
        int value = 0;
        for (int shift = 0; shift < bits; shift += 8) {
            value |= (read(8, port + shift / 8 & 0xffff) & 0xff) << shift;
        }
        return value;
    }

    private void write(int bits, int port, int value) {
        if (!oneOwner(bits, port)) {
            for (int shift = 0; shift < bits; shift += 8) {
                write(8, port + shift / 8 & 0xffff, value >>> shift & 0xff);
            }
        } else if (devices[port] != null) {
            devices[port].out(bits, port, value);
        }
    }
}
