package ringside.machine.devices.net;

import ringside.machine.bus.Dma;
import ringside.machine.bus.MmioDevice;
import ringside.machine.devices.Device;
import ringside.machine.devices.Wiring;
import ringside.machine.devices.pci.IsaBridge;
import ringside.machine.devices.pci.PciFunction;
import ringside.machine.devices.pci.PciHost;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.ClockRate;
import ringside.machine.time.VirtualClock;

/**
 * A Realtek RTL8139C network adapter (data sheet 1.6): four transmit descriptors, a receive ring, both by bus-master DMA.
 *
 * <p>Its 256 registers answer at ports and at addresses alike. Frames leave at 100 Mbit/s; shorter ones than 60 bytes are
 * filled up. Not built: the 8139C+ descriptor rings, wake-up, early interrupts.
 */
public final class Rtl8139 implements Device {
    /** Event bits: received, transmitted, failed to transmit, no room to receive, the timer. */
    static final int RX_OK = 1, TX_OK = 4, TX_ERROR = 8, RX_OVERFLOW = 0x10, TIME_OUT = 0x4000;

    private static final int RESET = 0x10, RECEIVES = 8, TRANSMITS = 4, EMPTY = 1;
    private static final int FREE = 0x2000, SENT = 0x8000, ABORTED = 0x4000_0000, SIZE = 0x1fff;
    private static final int LOOPBACK = 0x6_0000, TX_WRITABLE = 0x0307_07f0;
    private static final int MOST_BYTES = 1792, LEAST_BYTES = 60;
    /** Preamble, check sequence and gap: 100 Mbit/s are 8 ticks a byte. */
    private static final int OVERHEAD = 24, BYTE_TICKS = 8;

    private static final int WINDOW = 256;

    private final VirtualClock clock;
    private final Dma memory;
    private final IsaBridge bridge;
    private final PciFunction function;
    private final Registers registers = new Registers();
    private final ReceiveRing ring;
    private final SerialRom rom = new SerialRom();
    private final NetworkPort port;
    private final VirtualClock.Alarm sending;
    private final VirtualClock.Alarm timer;
    private final ClockRate pciClock = new ClockRate(33_000_000);
    /** The descriptor whose turn it is to be sent. */
    private int turn;

    private long timerStart;

    public Rtl8139(Wiring wiring, PciHost host, IsaBridge bridge) {
        this.clock = wiring.clock();
        this.memory = wiring.memory("nic");
        this.bridge = bridge;
        this.ring = new ReceiveRing(registers, memory);
        this.port = new NetworkPort("nic", clock, this::arrived);
        sending = clock.alarm("nic.send", tick -> sent());
        timer = clock.alarm("nic.timer", tick -> raise(TIME_OUT));
        function = new PciFunction(3, 0, 0x10ec, 0x8139, 0x020000, 0x10)
                .put(PciFunction.COMMAND, 0x0280_0000)
                .writable(PciFunction.COMMAND, PciFunction.IO | PciFunction.MEMORY | PciFunction.MASTER)
                .put(0x2c, 0x8139_10ec)
                .pin(1)
                .bar(0, WINDOW, true, wiring.portWindow(WINDOW, this))
                .bar(1, WINDOW, false, wiring.addresses().window("nic", WINDOW, new Addresses()));
        host.add(function);
        registers.reset();
        address(wiring.settings().mac());
        wiring.settings().cable().ifPresent(cable -> cable.connect(port));
    }

    private void address(long mac) {
        rom.put(0, 0x8129);
        for (int i = 0; i < 6; i++) {
            registers.put(8, Registers.MAC + i, (int) (mac >> 8 * (5 - i)));
        }
        for (int i = 0; i < 3; i++) {
            rom.put(7 + i, registers.get(16, Registers.MAC + 2 * i));
        }
    }

    /** Where the cable goes in. */
    public NetworkPort port() {
        return port;
    }

    private boolean can(int commandBit) {
        return registers.has(8, Registers.COMMAND, commandBit);
    }

    // ---- interrupts

    private void raise(int events) {
        registers.put(16, Registers.EVENTS, registers.get(16, Registers.EVENTS) | events);
        interrupt();
    }

    private void interrupt() {
        bridge.pin(function, (registers.get(16, Registers.EVENTS) & registers.get(16, Registers.MASK)) != 0);
    }

    @Override
    public boolean mayInterrupt() {
        boolean comes = sending.due() != VirtualClock.NEVER || timer.due() != VirtualClock.NEVER || port.expecting();
        return comes && registers.get(16, Registers.MASK) != 0 && bridge.wouldDeliver(function);
    }

    // ---- receiving and sending

    private void arrived(byte[] frame) {
        if (!can(RECEIVES) || !function.allows(PciFunction.MASTER)) {
            return;
        }
        int event = ring.receive(frame);
        if (event == RX_OVERFLOW) {
            registers.put(32, Registers.MISSED, registers.get(32, Registers.MISSED) + 1 & 0xff_ffff);
        }
        if (event != 0) {
            raise(event);
        }
    }

    private int status(int descriptor) {
        return registers.get(32, Registers.TX_STATUS + 4 * descriptor);
    }

    private void status(int descriptor, int value) {
        registers.put(32, Registers.TX_STATUS + 4 * descriptor, value);
    }

    /** Starts on the descriptor whose turn it is, if the driver has given it away. */
    private void send() {
        boolean idle = sending.due() == VirtualClock.NEVER;
        if (idle && can(TRANSMITS) && (status(turn) & FREE) == 0 && function.allows(PciFunction.MASTER)) {
            int bytes = Math.max(LEAST_BYTES, status(turn) & SIZE);
            sending.at(clock.now() + (long) (bytes + OVERHEAD) * BYTE_TICKS);
        }
    }

    /** The last bit of the descriptor's frame has left. */
    private void sent() {
        int descriptor = turn;
        int bytes = status(descriptor) & SIZE;
        turn = turn + 1 & 3;
        if (bytes > MOST_BYTES || bytes == 0) {
            status(descriptor, status(descriptor) | FREE | ABORTED);
            raise(TX_ERROR);
        } else {
            byte[] frame = new byte[Math.max(LEAST_BYTES, bytes)];
            memory.read(registers.get(32, Registers.TX_PA + 4 * descriptor), frame, 0, bytes);
            status(descriptor, status(descriptor) | FREE | SENT);
            if ((registers.get(32, Registers.TX_CONFIG) & LOOPBACK) == LOOPBACK) {
                arrived(frame);
            } else {
                port.send(frame);
            }
            raise(TX_OK);
        }
        send();
    }

    private void reset() {
        registers.reset();
        turn = 0;
        sending.cancel();
        timer.cancel();
        interrupt();
    }

    // ---- registers

    private int read(int bits, int register) {
        int value = 0;
        for (int i = 0; i < bits / 8; i++) {
            value |= read8(register + i & 0xff) << 8 * i;
        }
        return value;
    }

    private int read8(int register) {
        return switch (register) {
            case Registers.COMMAND -> registers.get(8, register) & ~EMPTY | (ring.empty() ? EMPTY : 0);
            case Registers.TIMER, Registers.TIMER + 1, Registers.TIMER + 2, Registers.TIMER + 3 ->
                (int) (pciClock.cyclesAt(clock.now() - timerStart) >> 8 * (register & 3)) & 0xff;
            case Registers.ROM -> registers.get(8, register) & ~1 | rom.out();
            case Registers.MEDIA -> port.connected() ? 0x10 : 0x14;
            case Registers.TX_SUMMARY -> summary(FREE) | summary(ABORTED) << 4;
            case Registers.TX_SUMMARY + 1 -> summary(SENT) << 4;
            case Registers.MII_STATUS -> registers.get(8, register) & ~4 | (port.connected() ? 4 : 0);
            default -> registers.get(8, register);
        };
    }

    /** One bit of all four descriptors. */
    private int summary(int bit) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (status(i) & bit) != 0 ? 1 << i : 0;
        }
        return value;
    }

    private void write(int bits, int register, int value) {
        if (bits == 32 && (register & ~12) == Registers.TX_STATUS) {
            status(register >> 2 & 3, value & 0x003f_3fff);
            send();
            return;
        }
        for (int i = 0; i < bits / 8; i++) {
            write8(register + i & 0xff, value >> 8 * i & 0xff);
        }
        switch (register & ~1) {
            case Registers.TIMER, Registers.TIMER + 2, Registers.TIMER_LIMIT, Registers.TIMER_LIMIT + 2 -> armTimer();
            default -> {} // no more than its bits
        }
        interrupt();
    }

    private void write8(int register, int value) {
        switch (register) {
            case Registers.COMMAND -> command(value);
            case Registers.EVENTS, Registers.EVENTS + 1 ->
                registers.put(8, register, registers.get(8, register) & ~value);
            case Registers.RX_READ, Registers.RX_READ + 1 -> registers.put(8, register, value);
            case Registers.TX_CONFIG, Registers.TX_CONFIG + 1, Registers.TX_CONFIG + 2, Registers.TX_CONFIG + 3 -> {
                int mask = TX_WRITABLE >> 8 * (register & 3) & 0xff;
                registers.put(8, register, registers.get(8, register) & ~mask | value & mask);
            }
            case Registers.MISSED, Registers.MISSED + 1, Registers.MISSED + 2 -> registers.put(32, Registers.MISSED, 0);
            case Registers.TIMER, Registers.TIMER + 1, Registers.TIMER + 2, Registers.TIMER + 3 ->
                timerStart = clock.now();
            case Registers.ROM -> {
                registers.write(register, value);
                if ((value & 0xc0) == 0x80) {
                    rom.pins(value);
                }
            }
            default -> registers.write(register, value);
        }
    }

    private void command(int value) {
        if ((value & RESET) != 0) {
            reset();
            return;
        }
        registers.put(8, Registers.COMMAND, value & (RECEIVES | TRANSMITS));
        send();
    }

    private void armTimer() {
        int limit = registers.get(32, Registers.TIMER_LIMIT);
        if (limit == 0) {
            timer.cancel();
        } else {
            timer.at(Math.max(clock.now(), timerStart + pciClock.tickOf(Integer.toUnsignedLong(limit))));
        }
    }

    // ---- the two ways to the registers

    @Override
    public int in(int bits, int port) {
        return read(bits, port & WINDOW - 1);
    }

    @Override
    public void out(int bits, int port, int value) {
        write(bits, port & WINDOW - 1, value);
    }

    private final class Addresses implements MmioDevice {
        @Override
        public int read(int bits, int offset) {
            return Rtl8139.this.read(bits, offset);
        }

        @Override
        public void write(int bits, int offset, int value) {
            Rtl8139.this.write(bits, offset, value);
        }
    }

    @Override
    public String stateName() {
        return "nic";
    }

    @Override
    public void visit(StateVisitor v) {
        registers.visit(v);
        turn = v.int32("turn", turn);
        timerStart = v.int64("timerStart", timerStart);
        rom.visit(v);
        port.visit(v, "");
        function.visit(v);
    }
}
