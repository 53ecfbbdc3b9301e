package ringside.machine.devices;

import java.util.ArrayDeque;
import java.util.Queue;
import ringside.error.RingsideException;
import ringside.machine.bus.BytePorts;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.StopRequest;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/**
 * The 8042 keyboard controller at 60h and 64h, with a keyboard and no mouse behind it.
 *
 * <p>Answers of the controller are there at once; bytes of the keyboard arrive one at a time, 100 microseconds apart.
 * IRQ 1 is high while a keyboard byte waits in the output buffer and the command byte allows it. Keys are queued in
 * scan code set 1, which is what translation makes of them; without translation they go out in set 2.
 */
public final class KeyboardController implements Device, BytePorts {
    private static final long BYTE_TICKS = 10_000;
    /** Keys beyond this many waiting bytes are lost, as on a real keyboard though later. */
    private static final int BUFFER = 4096;

    private static final int ACK = 0xfa;
    private static final int RESEND = 0xfe;

    /** Command byte: IRQ 1 enable, keyboard disable, translate. */
    private static final int INTERRUPT = 1;

    private static final int DISABLED = 0x10;
    private static final int TRANSLATE = 0x40;

    private final IrqLine irq1;
    private final A20Gate a20;
    private final StopRequest stop;
    private final VirtualClock clock;
    private final VirtualClock.Alarm alarm;

    private int commandByte = TRANSLATE | 0x20 | 0x04 | INTERRUPT;
    /** The output buffer, or -1. */
    private int output = -1;

    private boolean fromKeyboard;
    /** The controller's command that waits for its data byte, or 0. */
    private int command;
    /** The keyboard's command that waits for its data byte, or 0. */
    private int keyboardCommand;

    private boolean lastWasCommand;
    private boolean scanning = true;
    private final byte[] ram = new byte[32];
    private final Queue<Integer> keys = new ArrayDeque<>();

    public KeyboardController(VirtualClock clock, IrqLine irq1, A20Gate a20, StopRequest stop) {
        this.clock = clock;
        this.irq1 = irq1;
        this.a20 = a20;
        this.stop = stop;
        alarm = clock.alarm("keyboard", due -> deliver());
    }

    // ---- the outside

    /** Presses and releases the keys for each character. */
    public void type(String text) {
        for (char c : text.toCharArray()) {
            for (int code : ScanCodes.press(c)
                    .orElseThrow(() -> new RingsideException(
                            String.format("no key of a US keyboard makes character %04x", (int) c),
                            "",
                            "type ASCII, or give scan codes"))) {
                scanCode(code);
            }
        }
    }

    /** One byte of scan code set 1; ignored while scanning is disabled. */
    public void scanCode(int set1) {
        if (!scanning) {
            return;
        }
        if ((commandByte & TRANSLATE) != 0) {
            queue(set1);
        } else {
            for (int code : ScanCodes.set2(set1)) {
                queue(code);
            }
        }
    }

    private void queue(int value) {
        if (keys.size() < BUFFER) {
            keys.add(value & 0xff);
        }
        schedule();
    }

    // ---- output buffer

    private void schedule() {
        boolean deliverable = !keys.isEmpty() && output < 0 && (commandByte & DISABLED) == 0;
        if (deliverable && alarm.due() == VirtualClock.NEVER) {
            alarm.at(clock.now() + BYTE_TICKS);
        } else if (!deliverable) {
            alarm.cancel();
        }
    }

    private void deliver() {
        output = keys.remove();
        fromKeyboard = true;
        update();
    }

    /** The controller's own answer; it replaces what waits. */
    private void answer(int value) {
        output = value & 0xff;
        fromKeyboard = false;
    }

    private void update() {
        irq1.set(output >= 0 && fromKeyboard && (commandByte & INTERRUPT) != 0);
        schedule();
    }

    @Override
    public boolean mayInterrupt() {
        return alarm.due() != VirtualClock.NEVER && (commandByte & INTERRUPT) != 0;
    }

    // ---- ports

    @Override
    public int in8(int port) {
        if (port == 0x64) {
            // bit 4: keyboard not locked; bit 2: self-test passed
            return 0x14 | (output >= 0 ? 1 : 0) | (lastWasCommand ? 8 : 0);
        }
        int value = output >= 0 ? output : 0;
        output = -1;
        update();
        return value;
    }

    @Override
    public void out8(int port, int value) {
        lastWasCommand = port == 0x64;
        if (lastWasCommand) {
            command(value);
        } else if (command != 0) {
            int waiting = command;
            command = 0;
            data(waiting, value);
        } else {
            keyboard(value);
        }
        update();
    }

    /** A byte written to port 64h. */
    private void command(int value) {
        command = 0;
        switch (value) {
            case 0x60, 0xd1, 0xd2, 0xd3, 0xd4 -> command = value;
            case 0x20 -> answer(commandByte);
            case 0xa7 -> commandByte |= 0x20;
            case 0xa8 -> commandByte &= ~0x20;
            case 0xa9, 0xab -> answer(0); // interface tests: no error
            case 0xaa -> {
                commandByte |= DISABLED;
                answer(0x55);
            }
            case 0xad -> commandByte |= DISABLED;
            case 0xae -> commandByte &= ~DISABLED;
            case 0xc0 -> answer(0x80); // input port: not locked
            case 0xd0 -> answer(outputPort());
            case 0xdd -> a20.set(false);
            case 0xdf -> a20.set(true);
            default -> {
                if (value > 0x20 && value < 0x40) {
                    answer(ram[value & 31]);
                } else if (value > 0x60 && value < 0x80) {
                    command = value;
                } else if (value >= 0xf0 && (value & 1) == 0) {
                    stop.stop("reset", 0); // a low pulse on line 0 of the output port
                }
            }
        }
    }

    /** The data byte of a command. */
    private void data(int waiting, int value) {
        switch (waiting) {
            case 0x60 -> commandByte = value;
            case 0xd1 -> {
                a20.set((value & 2) != 0);
                if ((value & 1) == 0) {
                    stop.stop("reset", 0);
                }
            }
            case 0xd2 -> {
                output = value;
                fromKeyboard = true;
            }
            case 0xd3 -> answer(value);
            case 0xd4 -> {} // no mouse: nobody answers
            default -> ram[waiting & 31] = (byte) value;
        }
    }

    private int outputPort() {
        boolean full = output >= 0 && fromKeyboard;
        return 0xcd | (a20.open() ? 2 : 0) | (full ? 0x10 : 0);
    }

    /** A byte sent to the keyboard; sending enables it. */
    private void keyboard(int value) {
        commandByte &= ~DISABLED;
        if (keyboardCommand != 0) {
            int waiting = keyboardCommand;
            keyboardCommand = 0;
            queue(ACK);
            if (waiting == 0xf0 && value == 0) {
                queue((commandByte & TRANSLATE) != 0 ? 0x41 : 2);
            }
            return;
        }
        switch (value) {
            case 0xed, 0xf0, 0xf3 -> {
                keyboardCommand = value;
                queue(ACK);
            }
            case 0xee -> queue(0xee);
            case 0xf2 -> {
                queue(ACK);
                queue(0xab);
                queue((commandByte & TRANSLATE) != 0 ? 0x41 : 0x83);
            }
            case 0xf4, 0xf5, 0xf6 -> {
                scanning = value != 0xf5;
                keys.clear();
                queue(ACK);
            }
            case 0xff -> {
                scanning = true;
                keys.clear();
                queue(ACK);
                queue(0xaa);
            }
            default -> queue(RESEND);
        }
    }

    @Override
    public String stateName() {
        return "keyboard";
    }

    @Override
    public void visit(StateVisitor v) {
        commandByte = v.int32("commandByte", commandByte);
        output = v.int32("output", output);
        fromKeyboard = v.flag("fromKeyboard", fromKeyboard);
        command = v.int32("command", command);
        keyboardCommand = v.int32("keyboardCommand", keyboardCommand);
        lastWasCommand = v.flag("lastWasCommand", lastWasCommand);
        scanning = v.flag("scanning", scanning);
        v.bytes("ram", ram);
        long[] stored = v.longs("keys", keys.stream().mapToLong(key -> key).toArray());
        keys.clear();
        for (long key : stored) {
            keys.add((int) key);
        }
    }
}
