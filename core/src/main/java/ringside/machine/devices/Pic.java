package ringside.machine.devices;

import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;

/**
 * One 8259A interrupt controller (Intel data sheet 231468), in its 8086 way of acknowledging.
 *
 * <p>A request is an edge that is still high, or a high level, as its mode says; one that drops before it is
 * acknowledged is forgotten, and an acknowledge cycle that finds none gives the spurious request 7. In 8080 mode the
 * vector is given all the same: there is no 8080 to take a CALL.
 */
final class Pic {
    private static final int NONE = 8;

    private final IrqLine output;
    private final boolean master;
    /** Lines as they are. */
    private int lines;
    /** IRR: requests. */
    private int requests;
    /** ISR: in service. */
    private int inService;
    /** IMR. */
    private int mask = 0xff;
    /** ELCR: lines sensed by level. */
    private int level;

    private int base;
    private int icw1;
    private int icw3;
    private int icw4;
    /** The ICW that comes next, 2-4; 0 outside initialisation. */
    private int expected;
    /** The line of lowest priority. */
    private int lowest = 7;

    private boolean rotateAutomatically;
    private boolean specialMask;
    private boolean readInService;
    private boolean poll;
    /** The INT output. */
    private boolean asking;

    Pic(boolean master, IrqLine output) {
        this.master = master;
        this.output = output;
    }

    // ---- lines

    void line(int n, boolean high) {
        int bit = 1 << n;
        boolean rising = high && (lines & bit) == 0;
        lines = high ? lines | bit : lines & ~bit;
        if (rising || levelTriggered(n) && high) {
            requests |= bit;
        } else if (!high) {
            requests &= ~bit;
        }
        drive();
    }

    private boolean levelTriggered(int n) {
        return (icw1 & 8) != 0 || (level >> n & 1) != 0;
    }

    int level() {
        return level;
    }

    void level(int lineBits) {
        level = lineBits;
        for (int n = 0; n < 8; n++) {
            line(n, (lines >> n & 1) != 0);
        }
    }

    // ---- priorities

    /** The request to be served next, or NONE: unmasked and of a priority above everything in service. */
    private int winner(int asked) {
        int candidates = asked & ~mask;
        int blocking = specialMask ? inService & ~mask : inService;
        for (int i = 1; i <= 8; i++) {
            int n = lowest + i & 7;
            int bit = 1 << n;
            boolean nestedSlave = master && specialFullyNested() && (icw3 & bit) != 0;
            if ((blocking & bit) != 0 && !nestedSlave) {
                return NONE;
            }
            if ((candidates & bit) != 0) {
                return n;
            }
            if ((blocking & bit) != 0) {
                return NONE;
            }
        }
        return NONE;
    }

    private boolean specialFullyNested() {
        return (icw4 & 0x10) != 0;
    }

    boolean pending() {
        return expected == 0 && winner(requests) != NONE;
    }

    boolean wouldDeliver(int n) {
        return expected == 0 && winner(requests | 1 << n) != NONE;
    }

    /** Puts the INT output to what the requests ask for. */
    private void drive() {
        drive(pending());
    }

    private void drive(boolean high) {
        if (high != asking) {
            asking = high;
            output.set(high);
        }
    }

    /** Tells the CPU what INT is, changed or not: after loading. */
    void redrive() {
        output.set(asking);
    }

    // ---- acknowledge

    /**
     * Takes the winning request into service and gives its number, or the spurious 7.
     *
     * <p>INT drops in between, so that a master sees an edge for the slave's next request.
     */
    int take() {
        drive(false);
        int n = winner(requests);
        if (n == NONE) {
            return 7;
        }
        if (!levelTriggered(n)) {
            requests &= ~(1 << n);
        }
        if ((icw4 & 2) == 0) {
            inService |= 1 << n;
        } else if (rotateAutomatically) {
            lowest = n;
        }
        drive();
        return n;
    }

    int vector(int n) {
        return base | n;
    }

    /** Whether line {@code n} carries a slave, by ICW1 and ICW3. */
    boolean cascaded(int n) {
        return (icw1 & 2) == 0 && (icw3 >> n & 1) != 0;
    }

    // ---- registers

    int in(int a0) {
        if (poll) {
            poll = false;
            boolean asked = winner(requests) != NONE;
            return asked ? 0x80 | take() : 0;
        }
        return a0 == 1 ? mask : readInService ? inService : requests;
    }

    void out(int a0, int value) {
        if (a0 == 0 && (value & 0x10) != 0) {
            initialise(value);
        } else if (a0 == 1) {
            command(value);
        } else if ((value & 8) != 0) {
            control(value);
        } else {
            endOfInterrupt(value >> 5, value & 7);
        }
        drive();
    }

    private void initialise(int value) {
        icw1 = value;
        expected = 2;
        requests = 0;
        inService = 0;
        mask = 0;
        lowest = 7;
        icw3 = 0;
        icw4 = 0;
        rotateAutomatically = false;
        specialMask = false;
        readInService = false;
        poll = false;
        level(level);
    }

    /** ICW2-4 while they are expected, otherwise OCW1. */
    private void command(int value) {
        switch (expected) {
            case 2 -> {
                base = value & 0xf8;
                expected = (icw1 & 2) == 0 ? 3 : afterIcw3();
            }
            case 3 -> {
                icw3 = value;
                expected = afterIcw3();
            }
            case 4 -> {
                icw4 = value;
                expected = 0;
            }
            default -> mask = value;
        }
    }

    private int afterIcw3() {
        return (icw1 & 1) != 0 ? 4 : 0;
    }

    /** OCW3. */
    private void control(int value) {
        if ((value & 0x40) != 0) {
            specialMask = (value & 0x20) != 0;
        }
        if ((value & 2) != 0) {
            readInService = (value & 1) != 0;
        }
        poll = (value & 4) != 0;
    }

    /** OCW2, by its bits R, SL, EOI. */
    private void endOfInterrupt(int operation, int n) {
        switch (operation) {
            case 0 -> rotateAutomatically = false;
            case 1 -> finish(highestInService());
            case 3 -> finish(n);
            case 4 -> rotateAutomatically = true;
            case 5 -> {
                int served = highestInService();
                finish(served);
                lowest = served == NONE ? lowest : served;
            }
            case 6 -> lowest = n;
            case 7 -> {
                finish(n);
                lowest = n;
            }
            default -> {} // 2: no operation
        }
    }

    private void finish(int n) {
        inService &= ~(1 << n);
    }

    /** In special mask mode a masked bit in service is passed over. */
    private int highestInService() {
        int bits = specialMask ? inService & ~mask : inService;
        for (int i = 1; i <= 8; i++) {
            int n = lowest + i & 7;
            if ((bits >> n & 1) != 0) {
                return n;
            }
        }
        return NONE;
    }

    void visit(String prefix, StateVisitor v) {
        lines = v.int32(prefix + "lines", lines);
        requests = v.int32(prefix + "irr", requests);
        inService = v.int32(prefix + "isr", inService);
        mask = v.int32(prefix + "imr", mask);
        level = v.int32(prefix + "elcr", level);
        base = v.int32(prefix + "base", base);
        icw1 = v.int32(prefix + "icw1", icw1);
        icw3 = v.int32(prefix + "icw3", icw3);
        icw4 = v.int32(prefix + "icw4", icw4);
        expected = v.int32(prefix + "expected", expected);
        lowest = v.int32(prefix + "lowest", lowest);
        rotateAutomatically = v.flag(prefix + "rotate", rotateAutomatically);
        specialMask = v.flag(prefix + "specialMask", specialMask);
        readInService = v.flag(prefix + "readIsr", readInService);
        poll = v.flag(prefix + "poll", poll);
        asking = v.flag(prefix + "int", asking);
    }
}
