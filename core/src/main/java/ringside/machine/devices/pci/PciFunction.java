package ringside.machine.devices.pci;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.Window;
import ringside.machine.state.StateVisitor;

/**
 * The configuration space of one function: identity, writable bits, base address registers and an interrupt pin.
 *
 * <p>Built by whoever is the device; {@link PciHost} lets the guest at it.
 */
public final class PciFunction implements ConfigurationSpace {
    public static final int COMMAND = 0x04, STATUS = 0x06, LINE = 0x3c;
    /** Command bits: answer at ports, answer at addresses, master the bus, keep the interrupt pin down. */
    public static final int IO = 1, MEMORY = 2, MASTER = 4, NO_INTERRUPT = 0x400;

    private static final int BARS = 0x10;
    private static final int HEADER_TYPE = 0x0e;
    private static final int PIN = 0x3d;

    /** A window moves only when its place changes: that costs whoever looks things up. */
    private static final class Bar {
        private static final int NOWHERE = 0;

        private final int register;
        private final int size;
        private final boolean io;
        private final Window window;
        private int place = NOWHERE;

        Bar(int register, int size, boolean io, Window window) {
            this.register = register;
            this.size = size;
            this.io = io;
            this.window = window;
        }

        /** @param value the register's content; a base of 0 means that nobody has assigned one */
        void place(int value, boolean enabled) {
            int wanted = placed(value, size, io, enabled);
            if (wanted == place) {
                return;
            }
            place = wanted;
            if (place == NOWHERE) {
                window.off();
            } else {
                window.at(place);
            }
        }
    }

    /**
     * A base address register.
     *
     * @param index which of the six
     * @param size of its window in bytes or ports
     */
    public record Base(int index, int size, boolean io) {
        /** Its offset in configuration space. */
        public int register() {
            return BARS + 4 * index;
        }
    }

    private final int slot;
    private final int function;
    private final byte[] config = new byte[256];
    private final byte[] writable = new byte[256];
    private final List<Bar> bars = new ArrayList<>();
    private Runnable changed = () -> {};

    public PciFunction(int slot, int function, int vendor, int device, int classCode, int revision) {
        this.slot = slot;
        this.function = function;
        put(0x00, vendor | device << 16);
        put(0x08, classCode << 8 | revision);
    }

    // ---- what the device says of itself

    /** A register's content, little-endian from {@code register}. */
    public PciFunction put(int register, int value) {
        for (int i = 0; i < 4; i++) {
            config[register + i] = (byte) (value >> 8 * i);
        }
        return this;
    }

    /** Bits of 32 that the guest may write. */
    public PciFunction writable(int register, int bits) {
        for (int i = 0; i < 4; i++) {
            writable[register + i] = (byte) (bits >> 8 * i);
        }
        return this;
    }

    public PciFunction multifunction() {
        config[HEADER_TYPE] |= (byte) 0x80;
        return this;
    }

    /** The interrupt pin: 1 is INTA. */
    public PciFunction pin(int pin) {
        config[PIN] = (byte) pin;
        return writable(LINE, 0xff);
    }

    /** A base address register over a window of {@code size} bytes or ports, a power of two. */
    public PciFunction bar(int index, int size, boolean io, Window window) {
        int register = BARS + 4 * index;
        bars.add(new Bar(register, size, io, window));
        put(register, io ? 1 : 0);
        return writable(register, -size & (io ? ~3 : ~15));
    }

    /** Called after each write of the guest and each load of state. */
    public PciFunction listener(Runnable onChange) {
        changed = onChange;
        return this;
    }

    // ---- what others ask

    @Override
    public int slot() {
        return slot;
    }

    @Override
    public int function() {
        return function;
    }

    /** Its base address registers. */
    public List<Base> bases() {
        return bars.stream()
                .map(bar -> new Base((bar.register - BARS) / 4, bar.size, bar.io))
                .toList();
    }

    public boolean allows(int commandBits) {
        return (get(16, COMMAND) & commandBits) == commandBits;
    }

    /** The base address in a register, its type bits removed. */
    public int base(int index) {
        int value = get(32, BARS + 4 * index);
        return value & ((value & 1) != 0 ? ~3 : ~15);
    }

    public int interruptPin() {
        return config[PIN];
    }

    @Override
    public int get(int bits, int register) {
        int value = 0;
        for (int i = 0; i < bits / 8; i++) {
            value |= (config[register + i & 0xff] & 0xff) << 8 * i;
        }
        return value;
    }

    /** Where a base address register that holds {@code value} puts its window; 0 where nowhere. */
    public static int placed(int value, int size, boolean io, boolean enabled) {
        int base = value & (io ? 0xfffc : ~15);
        boolean sizeAsked = value >>> 4 == -size >>> 4;
        return enabled && !sizeAsked ? base : Bar.NOWHERE;
    }

    // ---- what the guest does

    @Override
    public void set(int bits, int register, int value) {
        for (int i = 0; i < bits / 8; i++) {
            int at = register + i & 0xff;
            int mask = writable[at] & 0xff;
            config[at] = (byte) (config[at] & ~mask | value >> 8 * i & mask);
        }
        placeWindows();
        changed.run();
    }

    private void placeWindows() {
        for (Bar bar : bars) {
            bar.place(get(32, bar.register), allows(bar.io ? IO : MEMORY));
        }
    }

    public void visit(StateVisitor v) {
        v.bytes("config", config);
        placeWindows();
        changed.run();
    }
}
