package ringside.engine;

import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** A processor with RAM and nothing else, in flat 32-bit ring 0, for tests of the engine. */
final class FlatMachine {
    static final int CODE = 0x10000;
    static final int STACK = 0x20000;

    final PhysicalMemory memory;
    final SystemBus bus;
    final PortBus ports = new PortBus();
    final VirtualClock clock = new VirtualClock();
    final Cpu cpu;
    final Interpreter engine = new Interpreter();

    FlatMachine(int size) {
        memory = new PhysicalMemory(size);
        bus = new SystemBus(memory, size);
        cpu = new Cpu(CpuModel.ofYear(2004), bus, ports, clock);
        flat(32);
    }

    /** Enters flat protected mode with code of {@code bits}. */
    void flat(int bits) {
        cpu.cr0 = 0x11;
        cpu.cs().set(8, 0, -1, bits == 32 ? 0xc09b : 0x809b);
        for (int seg : new int[] {Reg.ES, Reg.SS, Reg.DS, Reg.FS, Reg.GS}) {
            cpu.segments[seg].set(16, 0, -1, 0xc093);
        }
        cpu.r[Reg.ESP] = STACK;
        cpu.eip = CODE;
        cpu.modeChanged();
    }

    void code(int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            memory.put8(CODE + i, bytes[i]);
        }
    }

    Stop run(long instructions) {
        return engine.run(cpu, instructions);
    }
}
