package ringside.machine.devices;

import ringside.machine.bus.BytePorts;
import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;

/**
 * A 16550A serial port: eight ports, one interrupt line, a {@link Console} at the other end of the cable.
 *
 * <p>The line is infinitely fast: a byte written is sent at once, so the transmitter is always empty, and waiting input
 * enters the receiver as soon as it has room. Input below the FIFO's trigger level is announced as a character timeout
 * when nothing more waits. DTR and RTS are wired back to the guest only in loopback; CTS, DSR and DCD are on.
 */
public final class Uart implements Device, BytePorts {
    private static final int FIFO_SIZE = 16;
    private static final int[] TRIGGER = {1, 4, 8, 14};

    private static final int DLAB = 0x80;
    private static final int LOOP = 0x10;
    /** OUT2 gates the interrupt line of a PC's serial port. */
    private static final int OUT2 = 0x08;
    /** CTS, DSR, DCD. */
    private static final int CONNECTED = 0xb0;

    private static final int OVERRUN = 0x02;
    private static final int BREAK = 0x10;

    private final String name;
    private final IrqLine irq;
    private final Console console;

    private int ier;
    private int lcr;
    private int mcr;
    private int scratch;
    private int divisor = 12;
    /** FIFO control: enable in bit 0, trigger in bits 7-6. */
    private int fcr;
    /** Overrun and break; the other bits of LSR follow from the rest. */
    private int lineErrors;
    /** The modem lines as seen, bits 7-4 of MSR, and what changed since it was read, bits 3-0. */
    private int modem = CONNECTED;

    private final int[] fifo = new int[FIFO_SIZE];
    private int head;
    private int length;
    /** THRE has to be announced. */
    private boolean transmitterEmpty;

    public Uart(String name, IrqLine irq, Console console) {
        this.name = name;
        this.irq = irq;
        this.console = console;
        console.receiver(this::pump);
    }

    private boolean fifos() {
        return (fcr & 1) != 0;
    }

    private boolean loop() {
        return (mcr & LOOP) != 0;
    }

    // ---- receiver

    /** Takes waiting input as far as there is room. */
    private void pump() {
        while (!loop() && console.hasInput() && length < (fifos() ? FIFO_SIZE : 1)) {
            put(console.receive());
        }
        update();
    }

    private void put(int value) {
        if (length == (fifos() ? FIFO_SIZE : 1)) {
            lineErrors |= OVERRUN;
            if (fifos()) {
                return;
            }
            length = 0;
        }
        fifo[(head + length++) % FIFO_SIZE] = value;
    }

    private int take() {
        if (length == 0) {
            return 0;
        }
        int value = fifo[head];
        head = (head + 1) % FIFO_SIZE;
        length--;
        // the line drops before the next byte raises it: an edge for the 8259
        update();
        pump();
        return value;
    }

    private void clearReceiver() {
        head = 0;
        length = 0;
    }

    // ---- interrupts

    /** IIR without its FIFO bits: the enabled cause of highest priority, or 1. */
    private int cause() {
        if ((ier & 4) != 0 && lineErrors != 0) {
            return 6;
        }
        if ((ier & 1) != 0 && length > 0) {
            return !fifos() || length >= TRIGGER[fcr >> 6] ? 4 : 12;
        }
        if ((ier & 2) != 0 && transmitterEmpty) {
            return 2;
        }
        return (ier & 8) != 0 && (modem & 15) != 0 ? 0 : 1;
    }

    private void update() {
        irq.set(cause() != 1 && (mcr & OUT2) != 0 && !loop());
    }

    @Override
    public boolean mayInterrupt() {
        return (ier & 1) != 0 && console.hasInput();
    }

    // ---- modem lines

    private void modemLines() {
        int now = CONNECTED;
        if (loop()) {
            // DTR to DSR, RTS to CTS, OUT1 to RI, OUT2 to DCD
            now = (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4;
        }
        int changed = (now ^ modem) >> 4 & 15;
        // RI counts at its trailing edge only
        if ((now & 0x40) != 0) {
            changed &= ~4;
        }
        modem = now | modem & 15 | changed;
    }

    // ---- ports

    @Override
    public int in8(int port) {
        int value = switch (port & 7) {
            case 0 -> (lcr & DLAB) != 0 ? divisor & 0xff : take();
            case 1 -> (lcr & DLAB) != 0 ? divisor >> 8 : ier;
            case 2 -> identification();
            case 3 -> lcr;
            case 4 -> mcr;
            case 5 -> lineStatus();
            case 6 -> {
                int answer = modem;
                modem &= 0xf0;
                yield answer;
            }
            default -> scratch;
        };
        update();
        return value;
    }

    private int identification() {
        int cause = cause();
        if (cause == 2) {
            transmitterEmpty = false;
        }
        return cause | (fifos() ? 0xc0 : 0);
    }

    private int lineStatus() {
        int answer = 0x60 | lineErrors | (length > 0 ? 1 : 0);
        lineErrors = 0;
        return answer;
    }

    @Override
    public void out8(int port, int value) {
        switch (port & 7) {
            case 0 -> {
                if ((lcr & DLAB) != 0) {
                    divisor = divisor & 0xff00 | value;
                } else {
                    transmit(value);
                }
            }
            case 1 -> {
                if ((lcr & DLAB) != 0) {
                    divisor = divisor & 0xff | value << 8;
                } else {
                    transmitterEmpty |= (value & ~ier & 2) != 0;
                    ier = value & 15;
                }
            }
            case 2 -> fifoControl(value);
            case 3 -> lineControl(value);
            case 4 -> {
                mcr = value & 0x1f;
                modemLines();
                pump();
            }
            case 7 -> scratch = value;
            default -> {} // LSR and MSR are read-only
        }
        update();
    }

    private void transmit(int value) {
        transmitterEmpty = false;
        update();
        if (loop()) {
            put(value);
        } else {
            console.send(value);
        }
        transmitterEmpty = true;
    }

    private void fifoControl(int value) {
        boolean toggled = ((value ^ fcr) & 1) != 0;
        if (toggled || (value & 3) == 3) {
            clearReceiver();
        }
        fcr = (value & 1) != 0 ? value & 0xc9 : 0;
        pump();
    }

    private void lineControl(int value) {
        boolean breakBegins = (value & ~lcr & 0x40) != 0;
        lcr = value;
        if (breakBegins && loop()) {
            lineErrors |= BREAK;
            put(0);
        }
    }

    @Override
    public String stateName() {
        return "uart." + name;
    }

    @Override
    public void visit(StateVisitor v) {
        ier = v.int32("ier", ier);
        lcr = v.int32("lcr", lcr);
        mcr = v.int32("mcr", mcr);
        scratch = v.int32("scratch", scratch);
        divisor = v.int32("divisor", divisor);
        fcr = v.int32("fcr", fcr);
        lineErrors = v.int32("lineErrors", lineErrors);
        modem = v.int32("modem", modem);
        v.ints("fifo", fifo);
        head = v.int32("head", head);
        length = v.int32("length", length);
        transmitterEmpty = v.flag("thre", transmitterEmpty);
    }
}
