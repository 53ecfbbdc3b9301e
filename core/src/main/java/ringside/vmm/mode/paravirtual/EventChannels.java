package ringside.vmm.mode.paravirtual;

import ringside.machine.board.Platform;
import ringside.machine.time.VirtualClock;

/**
 * The guest's events: channels bound to the timer, to interrupt lines or to nothing, and their bits in the shared page.
 *
 * <p>The interrupt controllers of the guest's computer belong to the VMM: it programs them, acknowledges what they
 * ask for and turns it into pending channels.
 */
final class EventChannels {
    static final int COUNT = 32;

    private static final int FREE = -1, TIMER = -2, OWN = -3;
    private static final int MASTER = 0x20, SLAVE = 0xa0, FIRST_VECTOR = 0x20, CASCADE = 2;
    private static final int EDGE_CASCADED_ICW4 = 0x11, MODE_8086 = 1, END_OF_INTERRUPT = 0x20;
    /** First of the registers that tell which lines are levels. */
    private static final int LEVELS = 0x4d0;
    /** While a handler is at work on a line that is a level, the VMM looks so often whether it is through. */
    private static final int LOOK_TICKS = 100;

    private static final long TICKS_PER_MICROSECOND = VirtualClock.TICKS_PER_SECOND / 1_000_000;

    private final SharedPage shared;
    private final Platform platform;
    private final VirtualClock.Alarm timer;
    /** What each channel is bound to: an interrupt line, or one of the negative words. */
    private final int[] bound = new int[COUNT];

    private final VirtualClock.Alarm look;

    private long period;
    /** Lines that are levels and were given to the guest: shut until its handler is through, for they may stay high. */
    private int held;

    EventChannels(SharedPage shared, Platform platform) {
        this.shared = shared;
        this.platform = platform;
        this.timer = platform.clock().alarm("paravirtual.timer", this::tick);
        this.look = platform.clock().alarm("paravirtual.look", now -> {});
        java.util.Arrays.fill(bound, FREE);
        program(MASTER, FIRST_VECTOR, 1 << CASCADE);
        program(SLAVE, FIRST_VECTOR + 8, CASCADE);
        maskLines();
    }

    private void program(int port, int vector, int cascade) {
        out(port, EDGE_CASCADED_ICW4);
        out(port + 1, vector);
        out(port + 1, cascade);
        out(port + 1, MODE_8086);
    }

    private void out(int port, int value) {
        platform.ports().out(8, port, value);
    }

    private void maskLines() {
        int open = 0;
        for (int source : bound) {
            open |= source >= 0 ? 1 << source : 0;
        }
        open &= ~held;
        open |= open >> 8 != 0 ? 1 << CASCADE : 0;
        out(MASTER + 1, ~open & 0xff);
        out(SLAVE + 1, ~open >> 8 & 0xff);
    }

    // ---- binding

    int bindTimer() {
        return bind(TIMER);
    }

    int bindLine(int irq) {
        return irq == CASCADE ? Errno.EINVAL.result() : bind(irq);
    }

    int bindOwn() {
        return bind(OWN);
    }

    /** The channel of {@code source}, which may have one already. */
    private int bind(int source) {
        if (!shared.exists()) {
            return Errno.EINVAL.result();
        }
        int free = FREE;
        for (int channel = COUNT - 1; channel >= 0; channel--) {
            if (bound[channel] == source && source != OWN) {
                return channel;
            }
            free = bound[channel] == FREE ? channel : free;
        }
        if (free == FREE) {
            return Errno.ENOSPC.result();
        }
        bound[free] = source;
        mask(free);
        maskLines();
        return free;
    }

    boolean isBound(int channel) {
        return bound[channel] != FREE;
    }

    void close(int channel) {
        bound[channel] = FREE;
        shared.put(SharedPage.PENDING, shared.get(SharedPage.PENDING) & ~(1 << channel));
        maskLines();
    }

    // ---- bits

    void mask(int channel) {
        shared.put(SharedPage.MASK, shared.get(SharedPage.MASK) | 1 << channel);
    }

    void unmask(int channel) {
        int bit = 1 << channel;
        shared.put(SharedPage.MASK, shared.get(SharedPage.MASK) & ~bit);
        if ((shared.get(SharedPage.PENDING) & bit) != 0) {
            shared.put(SharedPage.UPCALL_PENDING, 1);
        }
    }

    /** The channel becomes pending. */
    void raise(int channel) {
        int bit = 1 << channel;
        shared.put(SharedPage.PENDING, shared.get(SharedPage.PENDING) | bit);
        if ((shared.get(SharedPage.MASK) & bit) == 0) {
            shared.put(SharedPage.UPCALL_PENDING, 1);
        }
    }

    private void raiseBoundTo(int source) {
        for (int channel = 0; channel < COUNT; channel++) {
            if (bound[channel] == source) {
                raise(channel);
            }
        }
    }

    /** Takes what the devices ask for. */
    void poll() {
        if (held != 0 && shared.get(SharedPage.INTERRUPTS) != 0) {
            letIn();
        }
        while (platform.interrupts().pending()) {
            int line = platform.interrupts().acknowledge() - FIRST_VECTOR;
            if (line >= 8) {
                out(SLAVE, END_OF_INTERRUPT);
            }
            out(MASTER, END_OF_INTERRUPT);
            if (isLevel(line)) {
                held |= 1 << line;
                maskLines();
            }
            raiseBoundTo(line);
        }
        if (held != 0 && look.due() == VirtualClock.NEVER) {
            look.at(platform.clock().now() + LOOK_TICKS);
        }
    }

    private boolean isLevel(int line) {
        return (platform.ports().in(8, LEVELS + (line >> 3)) >> (line & 7) & 1) != 0;
    }

    /** Opens the held lines whose event the guest has taken: with interrupts on again, its handler is through. */
    private void letIn() {
        int waiting = 0;
        for (int channel = 0; channel < COUNT; channel++) {
            boolean pending = (shared.get(SharedPage.PENDING) >> channel & 1) != 0;
            waiting |= pending && bound[channel] >= 0 ? 1 << bound[channel] : 0;
        }
        held &= waiting;
        maskLines();
    }

    // ---- time

    /** Ticks every {@code microseconds} from now on, or no more. */
    void setTimer(int microseconds) {
        period = Integer.toUnsignedLong(microseconds) * TICKS_PER_MICROSECOND;
        if (period == 0) {
            timer.cancel();
        } else {
            timer.at(platform.clock().now() + period);
        }
    }

    private void tick(long now) {
        raiseBoundTo(TIMER);
        timer.at(now + period);
    }

    /** Whether anything but the guest itself could ever make a channel pending. */
    boolean mayCome() {
        return period != 0 || platform.mayInterrupt();
    }
}
