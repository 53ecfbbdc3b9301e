package ringside.machine.devices.apic;

import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioDevice;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/**
 * A local APIC of the integrated kind: its page of registers, its timer, and the order in which vectors get through.
 *
 * <p>It comes up as a boot processor's does: software-disabled, LINT0 passing the 8259 on. Registers are 32 bits at
 * multiples of 16; other accesses read zeros and are lost.
 */
final class LocalApic implements MmioDevice {
    private static final int ID = 0x20, VERSION = 0x30, TPR = 0x80, APR = 0x90, PPR = 0xa0, EOI = 0xb0;
    private static final int LOGICAL = 0xd0, FORMAT = 0xe0, SPURIOUS = 0xf0, ISR = 0x100, TMR = 0x180, IRR = 0x200;
    private static final int ERRORS = 0x280, COMMAND = 0x300, COMMAND_TO = 0x310, LVT = 0x320, LAST_LVT = 0x370;
    private static final int INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0;
    private static final int TIMER_LVT = 0, LINT0 = 3, ERROR_LVT = 5, LVTS = 6;
    private static final int MASKED = 0x1_0000, PERIODIC = 0x2_0000, LEVEL = 0x8000;
    private static final int MODE = 0x700, EXTERNAL = 0x700;
    private static final int ENABLED = 0x100;
    private static final int ILLEGAL_SENT = 0x20, ILLEGAL_RECEIVED = 0x40, ILLEGAL_REGISTER = 0x80;
    /** The bits of each local vector that can be written: timer, thermal, performance, LINT0, LINT1, error. */
    private static final int[] LVT_BITS = {0x300ff, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff};

    private final String name;
    private final ApicBus bus;
    private final IrqLine pin;
    private final ApicTimer timer;
    private final Vectors requests = new Vectors();
    private final Vectors inService = new Vectors();
    private final Vectors levels = new Vectors();
    private final int[] lvt = new int[LVTS];
    private int id;
    private int tpr;
    private int logical;
    private int format = -1;
    private int spurious = 0xff;
    private int errors;
    private int shownErrors;
    private int command;
    private int commandTo;
    /** The 8259 asks, at LINT0. */
    private boolean external;

    /** @param pin the processor's INTR */
    LocalApic(String name, int id, ApicBus bus, VirtualClock clock, IrqLine pin) {
        this.name = name;
        this.id = id;
        this.bus = bus;
        this.pin = pin;
        timer = new ApicTimer(name + ".timer", clock, this::expired);
        java.util.Arrays.fill(lvt, MASKED);
        lvt[LINT0] = EXTERNAL;
        bus.add(this);
    }

    int id() {
        return id;
    }

    /** Whether a logical destination means this APIC: flat, or by cluster. */
    boolean inLogical(int destination) {
        int own = logical >>> 24;
        if (format >>> 28 == 0xf) {
            return (own & destination) != 0;
        }
        return destination == 0xff || own >> 4 == destination >> 4 && (own & destination & 15) != 0;
    }

    // ---- priorities

    /** The processor's priority: the higher class of TPR and what is in service. */
    int priority() {
        int served = Math.max(0, inService.highest());
        return tpr >> 4 >= served >> 4 ? tpr : served & 0xf0;
    }

    private boolean enabled() {
        return (spurious & ENABLED) != 0;
    }

    private boolean above(int vector) {
        return enabled() && vector >> 4 > priority() >> 4;
    }

    private boolean deliverable() {
        return requests.highest() != Vectors.NONE && above(requests.highest());
    }

    private boolean passesExternal() {
        return (lvt[LINT0] & (MASKED | MODE)) == EXTERNAL;
    }

    boolean pending() {
        return deliverable() || external && passesExternal();
    }

    private void drive() {
        pin.set(pending());
    }

    /** Whether a request with this vector would get through now. */
    boolean wouldDeliver(int vector) {
        return above(vector);
    }

    /** Whether requests of the 8259 get through. */
    boolean wouldPassExternal() {
        return passesExternal();
    }

    boolean timerMayInterrupt() {
        return timer.running() && (lvt[TIMER_LVT] & MASKED) == 0 && above(lvt[TIMER_LVT] & 0xff);
    }

    // ---- requests

    /** A message for this APIC arrived. */
    void accept(int vector, boolean level) {
        if (vector < 16) {
            error(ILLEGAL_RECEIVED);
        } else if (enabled()) {
            requests.set(vector, true);
            levels.set(vector, level);
            drive();
        }
    }

    /** The 8259's output, at LINT0. */
    void external(boolean high) {
        boolean rises = high && !external;
        external = high;
        if (rises && (lvt[LINT0] & (MASKED | MODE)) == 0) {
            accept(lvt[LINT0] & 0xff, (lvt[LINT0] & LEVEL) != 0);
        }
        drive();
    }

    private void expired() {
        local(TIMER_LVT);
    }

    private void local(int index) {
        if ((lvt[index] & MASKED) == 0) {
            accept(lvt[index] & 0xff, false);
        }
    }

    private void error(int bit) {
        errors |= bit;
        if (bit != ILLEGAL_RECEIVED) {
            local(ERROR_LVT);
        }
    }

    /** Whether the acknowledge cycle is the 8259's to answer. */
    boolean externalWins() {
        return !deliverable() && external && passesExternal();
    }

    /** Takes the highest request into service; the spurious vector where none gets through any more. */
    int acknowledge() {
        if (!deliverable()) {
            drive();
            return spurious & 0xff;
        }
        int vector = requests.highest();
        requests.set(vector, false);
        inService.set(vector, true);
        drive();
        return vector;
    }

    private void endOfInterrupt() {
        int vector = inService.highest();
        if (vector == Vectors.NONE) {
            return;
        }
        inService.set(vector, false);
        if (levels.has(vector)) {
            levels.set(vector, false);
            bus.ended(vector);
        }
        drive();
    }

    private void command(int value) {
        command = value & 0xccfff;
        int vector = value & 0xff;
        int mode = value >> 8 & 7;
        if (mode <= ApicBus.LOWEST && vector < 16) {
            error(ILLEGAL_SENT);
            return;
        }
        int shorthand = value >> 18 & 3;
        if (shorthand == 0) {
            bus.send(new ApicBus.Message(mode, vector, false, (value & 0x800) != 0, commandTo >>> 24));
        } else if (mode == ApicBus.FIXED) {
            for (LocalApic apic : bus.locals()) {
                boolean self = apic == this;
                if (shorthand == 2 || shorthand == 1 == self) {
                    apic.accept(vector, false);
                }
            }
        }
    }

    // ---- registers

    @Override
    public int read(int bits, int offset) {
        if (bits != 32 || (offset & 15) != 0) {
            return 0;
        }
        if (offset >= ISR && offset < ERRORS) {
            Vectors set = offset < TMR ? inService : offset < IRR ? levels : requests;
            return set.word(offset >> 4 & 7);
        }
        if (offset >= LVT && offset <= LAST_LVT) {
            return lvt[offset - LVT >> 4];
        }
        return switch (offset) {
            case ID -> id << 24;
            case VERSION -> (LVTS - 1) << 16 | 0x14;
            case TPR -> tpr;
            case APR, EOI -> 0;
            case PPR -> priority();
            case LOGICAL -> logical;
            case FORMAT -> format;
            case SPURIOUS -> spurious;
            case ERRORS -> shownErrors;
            case COMMAND -> command;
            case COMMAND_TO -> commandTo;
            case INITIAL -> timer.initial();
            case CURRENT -> timer.current();
            case DIVIDE -> timer.divide();
            default -> {
                error(ILLEGAL_REGISTER);
                yield 0;
            }
        };
    }

    @Override
    public void write(int bits, int offset, int value) {
        if (bits != 32 || (offset & 15) != 0) {
            return;
        }
        if (offset >= LVT && offset <= LAST_LVT) {
            localVector(offset - LVT >> 4, value);
            return;
        }
        switch (offset) {
            case ID -> id = value >>> 24 & 15;
            case TPR -> tpr = value & 0xff;
            case EOI -> endOfInterrupt();
            case LOGICAL -> logical = value & 0xff00_0000;
            case FORMAT -> format = value | 0x0fff_ffff;
            case SPURIOUS -> spurious(value);
            case ERRORS -> {
                shownErrors = errors;
                errors = 0;
            }
            case COMMAND -> command(value);
            case COMMAND_TO -> commandTo = value & 0xff00_0000;
            case INITIAL -> timer.start(value);
            case DIVIDE -> timer.divide(value);
            case VERSION, APR, PPR, CURRENT -> {} // read-only
            default -> error(ILLEGAL_REGISTER);
        }
        drive();
    }

    private void localVector(int index, int value) {
        lvt[index] = value & LVT_BITS[index] | (enabled() ? 0 : MASKED);
        if (index == TIMER_LVT) {
            timer.periodic((value & PERIODIC) != 0);
        }
        drive();
    }

    private void spurious(int value) {
        spurious = value & 0x1ff;
        if (!enabled()) {
            for (int i = 0; i < LVTS; i++) {
                lvt[i] |= MASKED;
            }
        }
    }

    void visit(StateVisitor v) {
        id = v.int32(name + ".id", id);
        tpr = v.int32(name + ".tpr", tpr);
        logical = v.int32(name + ".logical", logical);
        format = v.int32(name + ".format", format);
        spurious = v.int32(name + ".spurious", spurious);
        errors = v.int32(name + ".errors", errors);
        shownErrors = v.int32(name + ".shownErrors", shownErrors);
        command = v.int32(name + ".command", command);
        commandTo = v.int32(name + ".commandTo", commandTo);
        external = v.flag(name + ".external", external);
        v.ints(name + ".lvt", lvt);
        requests.visit(v, name + ".irr");
        inService.visit(v, name + ".isr");
        levels.visit(v, name + ".tmr");
        timer.visit(v, name + ".");
        drive(); // tells the CPU what the pin is, changed or not: after loading
    }
}
