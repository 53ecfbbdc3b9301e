package ringside.machine.devices;

import ringside.machine.board.Platform;
import ringside.machine.bus.Dma;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** A platform without a CPU: tests do the port accesses and let time pass themselves. */
final class TestMachine {
    private static final int RAM = 1 << 20;

    final byte[] ram = new byte[RAM];
    /** Where devices answer at physical addresses; RAM is {@link #ram}, not here. */
    final SystemBus addresses = new SystemBus(new PhysicalMemory(PhysicalMemory.PAGE), PhysicalMemory.PAGE);

    final Platform platform;
    boolean intr;
    boolean a20;
    String stopped = "";

    TestMachine() {
        this(DeviceSettings.of(16 << 20));
    }

    TestMachine(DeviceSettings settings) {
        Dma dma = new Dma() {
            @Override
            public void read(int pa, byte[] to, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    to[offset + i] = inRam(pa + i) ? ram[pa + i] : (byte) 0xff;
                }
            }

            @Override
            public void write(int pa, byte[] from, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    if (inRam(pa + i)) {
                        ram[pa + i] = from[offset + i];
                    }
                }
            }
        };
        platform = new Platform(
                settings,
                new Platform.Wires(
                        high -> intr = high,
                        high -> a20 = high,
                        dma,
                        (reason, code) -> stopped = reason + " " + code,
                        addresses));
    }

    private static boolean inRam(int pa) {
        return pa >= 0 && pa < RAM;
    }

    void put32(int pa, int value) {
        for (int i = 0; i < 4; i++) {
            ram[pa + i] = (byte) (value >> 8 * i);
        }
    }

    int in(int port) {
        return platform.ports().in(8, port);
    }

    TestMachine out(int port, int... values) {
        for (int value : values) {
            platform.ports().out(8, port, value);
        }
        return this;
    }

    /** Lets time pass as an engine does: alarms fire exactly at their tick. */
    TestMachine pass(long ticks) {
        VirtualClock clock = platform.clock();
        long end = clock.now() + ticks;
        while (clock.deadline() <= end) {
            clock.advance(Math.max(0, clock.deadline() - clock.now()));
            clock.fire();
        }
        clock.advance(end - clock.now());
        return this;
    }

    /** Both 8259 as a PC's firmware sets them up: vectors 20h and 28h, everything unmasked. */
    TestMachine initialisePics() {
        out(0x20, 0x11).out(0x21, 0x20, 0x04, 0x01);
        out(0xa0, 0x11).out(0xa1, 0x28, 0x02, 0x01);
        return out(0x21, 0).out(0xa1, 0);
    }
}
