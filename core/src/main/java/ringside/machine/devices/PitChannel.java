package ringside.machine.devices;

import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;

/**
 * One counter of an 8254 (Intel data sheet 231164): a state machine that takes one step for each pulse of CLK.
 *
 * <p>{@link #clock} is that step, written from the data sheet's mode descriptions. {@link #advance} takes any number of
 * steps at once: stretches in which the counter only counts down are skipped, {@link #quiet} tells how long they are.
 */
final class PitChannel {
    static final long FOREVER = Long.MAX_VALUE;

    private final IrqLine output;
    /** The control word without the channel: access in bits 5-4, mode 3-1, BCD 0. */
    private int control = 0x30;
    /** The count register, binary; 0 stands for the modulus. */
    private int reload;
    /** The counting element, binary, 0 up to the modulus less one. */
    private int count;

    private boolean gate;
    /** High until a control word says otherwise: the first one must not make an edge of its own. */
    private boolean out = true;
    /** A count was written since the control word. */
    private boolean programmed;
    /** The counting element has been loaded since the control word. */
    private boolean loaded;
    /** The next CLK moves the count register into the counting element. */
    private boolean loadNext;
    /** Modes 0, 1, 4, 5: the coming zero is the terminal count. */
    private boolean armed;
    /** Mode 0: counting stands still between the two bytes of a count. */
    private boolean held;
    /** Mode 3: this half-cycle began with an odd count. */
    private boolean odd;
    /** The count register holds what has not reached the counting element. */
    private boolean nullCount = true;

    private int lowByte;
    private boolean writeHigh;
    private boolean readHigh;
    /** The latched count, or -1. */
    private int latch = -1;
    /** The latched status, or -1. */
    private int status = -1;

    PitChannel(boolean gate, IrqLine output) {
        this.gate = gate;
        this.output = output;
        output.set(true);
    }

    private int mode() {
        int mode = control >> 1 & 7;
        return mode > 5 ? mode - 4 : mode;
    }

    private boolean bcd() {
        return (control & 1) != 0;
    }

    private int modulus() {
        return bcd() ? 10_000 : 0x1_0000;
    }

    boolean out() {
        return out;
    }

    boolean gate() {
        return gate;
    }

    private void out(boolean high) {
        out = high;
        output.set(high);
    }

    // ---- the processor's side

    /** A control word whose access bits are not 0. */
    void control(int word) {
        control = word & 0x3f;
        programmed = false;
        loaded = false;
        loadNext = false;
        armed = false;
        held = false;
        nullCount = true;
        writeHigh = false;
        readHigh = false;
        latch = -1;
        status = -1;
        out(mode() != 0);
    }

    void latchCount() {
        if (latch < 0) {
            latch = shown();
        }
    }

    void latchStatus() {
        if (status < 0) {
            status = (out ? 0x80 : 0) | (nullCount ? 0x40 : 0) | control;
        }
    }

    /** The counting element as the bus shows it. */
    private int shown() {
        return bcd() ? toBcd(count) : count;
    }

    int read() {
        if (status >= 0) {
            int answer = status;
            status = -1;
            return answer;
        }
        int access = control >> 4 & 3;
        int value = latch >= 0 ? latch : shown();
        boolean high = access == 2 || access == 3 && readHigh;
        if (access == 3) {
            readHigh = !readHigh;
        }
        if (access != 3 || high) {
            latch = -1;
        }
        return high ? value >> 8 : value & 0xff;
    }

    void write(int value) {
        switch (control >> 4 & 3) {
            case 1 -> load(value);
            case 2 -> load(value << 8);
            default -> {
                if (writeHigh) {
                    load(value << 8 | lowByte);
                } else {
                    lowByte = value;
                    if (mode() == 0) {
                        held = true;
                        out(false);
                    }
                }
                writeHigh = !writeHigh;
            }
        }
    }

    private void load(int written) {
        reload = bcd() ? fromBcd(written) : written;
        nullCount = true;
        held = false;
        boolean first = !programmed;
        programmed = true;
        switch (mode()) {
            case 0 -> {
                out(false);
                loadNext = true;
            }
            case 2, 3 -> loadNext |= first;
            case 4 -> loadNext = true;
            default -> {} // 1, 5: at the trigger
        }
    }

    void gate(boolean high) {
        boolean rising = high && !gate;
        gate = high;
        int mode = mode();
        if (rising && programmed && mode != 0 && mode != 4) {
            loadNext = true;
        }
        if (!high && (mode == 2 || mode == 3)) {
            out(true);
        }
    }

    // ---- CLK

    /** One CLK pulse. */
    void clock() {
        int mode = mode();
        if (!out && mode >= 4) {
            out(true);
        }
        if (loadNext) {
            loadNext = false;
            transfer();
            armed = true;
            if (mode == 1) {
                out(false);
            }
        } else if (loaded && counting()) {
            switch (mode) {
                case 2 -> rate();
                case 3 -> square();
                default -> down();
            }
        }
    }

    private boolean counting() {
        return switch (mode()) {
            case 0 -> gate && !held;
            case 1, 5 -> true;
            default -> gate;
        };
    }

    private void transfer() {
        loaded = true;
        nullCount = false;
        odd = mode() == 3 && (reload & 1) != 0;
        count = odd ? reload - 1 : reload;
    }

    /** Modes 0, 1, 4, 5. */
    private void down() {
        decrement(1);
        if (count == 0 && armed) {
            armed = false;
            out(mode() < 4);
        }
    }

    /** Mode 2: OUT is low for the one CLK in which the count is 1. */
    private void rate() {
        decrement(1);
        if (count == 0) {
            transfer();
            out(true);
        } else if (count == 1) {
            out(false);
        }
    }

    /** Mode 3: counts by two; the high half of an odd count lasts one CLK longer. */
    private void square() {
        boolean extra = odd && out;
        if (!(extra && count == 0)) {
            decrement(2);
            if (count != 0 || extra) {
                return;
            }
        }
        transfer();
        out(!out);
    }

    private void decrement(int by) {
        count = Math.floorMod(count - by, modulus());
    }

    /** How many of the coming CLKs do nothing but count down; {@link #FOREVER} if no other will come. */
    long quiet() {
        int mode = mode();
        if (loadNext || !out && mode >= 4 && loaded) {
            return 0;
        }
        if (!loaded || !counting()) {
            return FOREVER;
        }
        int left = count == 0 ? modulus() : count;
        return switch (mode) {
            case 2 -> count == 1 ? 0 : left - 2;
            case 3 -> odd && out && count == 0 ? 0 : left / 2 - 1;
            default -> armed ? left - 1 : FOREVER;
        };
    }

    /** As many CLK pulses at once. */
    void advance(long clocks) {
        long left = clocks;
        while (left > 0) {
            long quiet = Math.min(quiet(), left);
            if (loaded && counting()) {
                decrement((int) (quiet % modulus() * (mode() == 3 ? 2 : 1)));
            }
            left -= quiet;
            if (left > 0) {
                clock();
                left--;
                left = skipPeriods(left);
            }
        }
    }

    /** Takes whole periods of the periodic modes off {@code clocks}: they lead back to where the channel stands. */
    private long skipPeriods(long clocks) {
        boolean periodic = mode() == 2 || mode() == 3 && reload != 1;
        if (!periodic || nullCount || loadNext || !counting()) {
            return clocks;
        }
        long period = reload == 0 ? modulus() : reload;
        return clocks > 2 * period ? period + clocks % period : clocks;
    }

    private static int toBcd(int value) {
        return value % 10 | value / 10 % 10 << 4 | value / 100 % 10 << 8 | value / 1000 % 10 << 12;
    }

    private static int fromBcd(int value) {
        return ((value & 15) + 10 * (value >> 4 & 15) + 100 * (value >> 8 & 15) + 1000 * (value >> 12 & 15)) % 10_000;
    }

    void visit(String prefix, StateVisitor v) {
        control = v.int32(prefix + "control", control);
        reload = v.int32(prefix + "reload", reload);
        count = v.int32(prefix + "count", count);
        gate = v.flag(prefix + "gate", gate);
        out = v.flag(prefix + "out", out);
        programmed = v.flag(prefix + "programmed", programmed);
        loaded = v.flag(prefix + "loaded", loaded);
        loadNext = v.flag(prefix + "loadNext", loadNext);
        armed = v.flag(prefix + "armed", armed);
        held = v.flag(prefix + "held", held);
        odd = v.flag(prefix + "odd", odd);
        nullCount = v.flag(prefix + "nullCount", nullCount);
        lowByte = v.int32(prefix + "lowByte", lowByte);
        writeHigh = v.flag(prefix + "writeHigh", writeHigh);
        readHigh = v.flag(prefix + "readHigh", readHigh);
        latch = v.int32(prefix + "latch", latch);
        status = v.int32(prefix + "status", status);
    }
}
