package ringside.machine.devices.apic;

import ringside.machine.bus.MmioDevice;
import ringside.machine.state.StateVisitor;

/**
 * An I/O APIC with 24 pins, each with a redirection entry of 64 bits, reached through an index and a window.
 *
 * <p>A pin is asserted or not; the entry's polarity says how that looks on a wire and makes no difference here.
 */
final class IoApic implements MmioDevice {
    static final int PINS = 24;
    private static final int SELECT = 0x00, WINDOW = 0x10;
    private static final int ID = 0, VERSION = 1, ARBITRATION = 2, FIRST_ENTRY = 0x10;
    private static final int SENDING = 0x1000, REMOTE_IRR = 0x4000, LEVEL = 0x8000, MASKED = 0x1_0000, LOGICAL = 0x800;

    private final ApicBus bus;
    private final long[] entries = new long[PINS];
    private int id;
    private int selected;
    private int asserted;

    IoApic(int id, ApicBus bus) {
        this.id = id;
        this.bus = bus;
        java.util.Arrays.fill(entries, MASKED);
        bus.add(this);
    }

    private boolean has(int pin, int bit) {
        return (entries[pin] & bit) != 0;
    }

    /** A line changes: edges are sent as they rise, levels while they last. */
    void pin(int pin, boolean high) {
        boolean rises = high && (asserted >> pin & 1) == 0;
        asserted = high ? asserted | 1 << pin : asserted & ~(1 << pin);
        if (has(pin, LEVEL)) {
            level(pin);
        } else if (rises && !has(pin, MASKED)) {
            send(pin);
        }
    }

    private void level(int pin) {
        if ((asserted >> pin & 1) != 0 && !has(pin, MASKED) && !has(pin, REMOTE_IRR)) {
            entries[pin] |= REMOTE_IRR;
            send(pin);
        }
    }

    private void send(int pin) {
        int low = (int) entries[pin];
        int destination = (int) (entries[pin] >>> 56);
        bus.send(new ApicBus.Message(low >> 8 & 7, low & 0xff, (low & LEVEL) != 0, (low & LOGICAL) != 0, destination));
    }

    /** A level-triggered interrupt with this vector was ended: pins still asserted ask again. */
    void ended(int vector) {
        for (int pin = 0; pin < PINS; pin++) {
            if (has(pin, REMOTE_IRR) && (entries[pin] & 0xff) == vector) {
                entries[pin] &= ~REMOTE_IRR;
                level(pin);
            }
        }
    }

    /** The vector of a pin that would be sent on, or -1. */
    int openVector(int pin) {
        return has(pin, MASKED) ? -1 : (int) entries[pin] & 0xff;
    }

    // ---- registers

    @Override
    public int read(int bits, int offset) {
        return switch (offset) {
            case SELECT -> selected;
            case WINDOW -> register();
            default -> 0;
        };
    }

    private int register() {
        return switch (selected) {
            case ID, ARBITRATION -> id << 24;
            case VERSION -> PINS - 1 << 16 | 0x11;
            default -> {
                int pin = selected - FIRST_ENTRY >> 1;
                yield pin < 0 || pin >= PINS ? 0 : (int) (entries[pin] >>> 32 * (selected & 1));
            }
        };
    }

    @Override
    public void write(int bits, int offset, int value) {
        if (offset == SELECT) {
            selected = value & 0xff;
        } else if (offset == WINDOW) {
            register(value);
        }
    }

    private void register(int value) {
        int pin = selected - FIRST_ENTRY >> 1;
        if (selected == ID) {
            id = value >>> 24 & 15;
        } else if (pin >= 0 && pin < PINS) {
            long entry = entries[pin];
            if ((selected & 1) != 0) {
                entries[pin] = entry & 0xffff_ffffL | (long) (value & 0xff00_0000) << 32;
            } else {
                int keep = (value & LEVEL) != 0 ? SENDING | REMOTE_IRR : SENDING;
                entries[pin] = entry & 0xffff_ffff_0000_0000L | entry & keep | value & 0x1_afff;
                if (has(pin, LEVEL)) {
                    level(pin);
                }
            }
        }
    }

    void visit(StateVisitor v) {
        id = v.int32("io.id", id);
        selected = v.int32("io.selected", selected);
        asserted = v.int32("io.asserted", asserted);
        long[] saved = v.longs("io.entries", entries);
        System.arraycopy(saved, 0, entries, 0, PINS);
    }
}
