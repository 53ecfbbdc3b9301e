package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.InterruptController;
import ringside.machine.bus.IrqLine;
import ringside.vmm.spi.Ring0;

/**
 * The way of an interrupt: from the real controllers, which the VMM programs, to the lines of the guest's own.
 *
 * <p>The real lines are edges, each ended at once, so that every rise brings the VMM in, however often the device asks
 * again before its guest has answered. What the guest's controller makes of a line, edge or level, masked or not, it
 * decides itself, from the line's level: that the VMM looks up whenever it has control and the line was last seen high,
 * for a device that is worked past the VMM falls silent without telling it.
 */
final class InterruptRouting {
    /** The vectors that the real controllers give. */
    static final int BASE = 0xd0;

    private static final int LINES = 16, CASCADE = 2, SPURIOUS = 7;
    private static final int MASTER = 0x20, SLAVE = 0xa0, LEVELS = 0x4d0;
    private static final int INITIALISE = 0x11, MODE_8086 = 1, END = 0x60, POLL = 0x0c, READ_REQUESTS = 0x0a;
    private static final int READ_IN_SERVICE = 0x0b;
    /** Lines that the chipset can sense by level, which is how their level is looked up. */
    private static final int SENSED = 0xdef8;

    /** The pins of PCI slots lead to lines 10 and 11 by turns. */
    private static final int CONFIGURATION = 0xcf8, BRIDGE_ROUTES = 1 << 31 | 1 << 11 | 0x60, ROUTES = 0x0b0a_0b0a;

    private final Ring0 ring0;
    private final InterruptController controller;
    private final List<List<IrqLine>> guestLines = new ArrayList<>();
    /** Lines that were high when they were last looked at. */
    private int high;

    private int given;
    private long interrupts;

    /** Programs the controllers; every line is masked until it is led somewhere. */
    InterruptRouting(Ring0 ring0, InterruptController controller) {
        this.ring0 = ring0;
        this.controller = controller;
        for (int line = 0; line < LINES; line++) {
            guestLines.add(new ArrayList<>());
        }
        initialise(MASTER, BASE, 1 << CASCADE);
        initialise(SLAVE, BASE + 8, CASCADE);
        ring0.out(32, CONFIGURATION, BRIDGE_ROUTES);
        ring0.out(32, CONFIGURATION + 4, ROUTES);
        unmask();
    }

    private void initialise(int chip, int base, int cascade) {
        ring0.out(8, chip, INITIALISE);
        ring0.out(8, chip + 1, base);
        ring0.out(8, chip + 1, cascade);
        ring0.out(8, chip + 1, MODE_8086);
    }

    private void unmask() {
        ring0.out(8, MASTER + 1, ~(given | 1 << CASCADE) & 0xff);
        ring0.out(8, SLAVE + 1, ~given >> 8 & 0xff);
    }

    /** Leads a real line to one of the guest's, beside those that it leads to already. */
    void lead(int line, IrqLine toGuest) {
        guestLines.get(line).add(toGuest);
        given |= 1 << line;
        unmask();
    }

    /** The lines that lead to the guest, one bit each. */
    int given() {
        return given;
    }

    /** Interrupts that were led to the guest. */
    long interrupts() {
        return interrupts;
    }

    // ---- the hardware delivered one

    /** Whether a vector is of the controllers; then its interrupt is led on. */
    boolean delivered(int vector) {
        int line = vector - BASE;
        if (line < 0 || line >= LINES) {
            return false;
        }
        if ((line & 7) != SPURIOUS || inService(line)) {
            end(line);
            raise(line);
        } else if (line > SPURIOUS) {
            ring0.out(8, MASTER, END | CASCADE);
        }
        return true;
    }

    private boolean inService(int line) {
        int chip = chip(line);
        ring0.out(8, chip, READ_IN_SERVICE);
        return (ring0.in(8, chip) >> (line & 7) & 1) != 0;
    }

    private static int chip(int line) {
        return line < 8 ? MASTER : SLAVE;
    }

    private void end(int line) {
        ring0.out(8, chip(line), END | line & 7);
        if (line > SPURIOUS) {
            ring0.out(8, MASTER, END | CASCADE);
        }
    }

    private void raise(int line) {
        interrupts++;
        high |= SENSED & 1 << line;
        for (IrqLine toGuest : guestLines.get(line)) {
            toGuest.pulse();
        }
    }

    // ---- the VMM has control

    /** Takes what came meanwhile, and lowers the lines that have fallen. */
    void follow() {
        while (controller.pending()) {
            int line = poll();
            if (line >= 0) {
                raise(line);
            }
        }
        for (int line = 0, left = high; left != 0; line++, left >>>= 1) {
            if ((left & 1) != 0 && !isHigh(line)) {
                high &= ~(1 << line);
                guestLines.get(line).forEach(toGuest -> toGuest.set(false));
            }
        }
    }

    /** Takes the request of highest priority by the poll command; the line, or -1. */
    private int poll() {
        ring0.out(8, MASTER, POLL);
        int master = ring0.in(8, MASTER);
        int line = master & 7;
        if (master < 0x80) {
            return -1;
        }
        if (line == CASCADE) {
            ring0.out(8, SLAVE, POLL);
            int slave = ring0.in(8, SLAVE);
            line = slave < 0x80 ? -1 : 8 + (slave & 7);
            if (line < 0) {
                ring0.out(8, MASTER, END | CASCADE);
                return -1;
            }
        }
        end(line);
        return line;
    }

    /**
     * Senses one line by level for a moment: the request register shows it then. The request that a high line leaves behind
     * is taken by a poll, and others that come first are led on.
     */
    private boolean isHigh(int line) {
        int chip = chip(line);
        int levels = LEVELS + (line >> 3);
        ring0.out(8, levels, 1 << (line & 7));
        ring0.out(8, chip, READ_REQUESTS);
        boolean up = (ring0.in(8, chip) >> (line & 7) & 1) != 0;
        ring0.out(8, levels, 0);
        for (boolean left = up; left; ) {
            int taken = poll();
            left = taken != line && taken >= 0;
            if (left) {
                raise(taken);
            }
        }
        return up;
    }
}
