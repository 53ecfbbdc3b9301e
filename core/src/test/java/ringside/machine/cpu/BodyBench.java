package ringside.machine.cpu;

import java.util.HexFormat;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.Decoder;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** A processor without an engine: one instruction's body at a time, in a mode of choice, flat memory beneath. */
final class BodyBench {
    static final int STACK = 0x8000;

    final PhysicalMemory memory = new PhysicalMemory(0x20000);
    final PortBus ports = new PortBus();
    final Cpu cpu;

    BodyBench(String model) {
        cpu = new Cpu(
                CpuModel.named(model).orElseThrow(), new SystemBus(memory, memory.size()), ports, new VirtualClock());
        cpu.r[Reg.ESP] = STACK;
        // the TSS lies at 0: its I/O bitmap is outside its limit, no port is allowed
        memory.put16(102, 104);
    }

    /** Flat 32-bit protected mode at {@code cpl}, with {@code flags} and no task. */
    BodyBench protectedMode(int cpl, int flags) {
        cpu.cr0 |= Control.CR0_PE;
        cpu.cs().set(8 | cpl, 0, -1, 0xc09b | cpl << 5);
        for (int seg : new int[] {Reg.ES, Reg.SS, Reg.DS, Reg.FS, Reg.GS}) {
            cpu.segments[seg].set(16 | cpl, 0, -1, 0xc093 | cpl << 5);
        }
        cpu.tr.set(0x18, 0, 103, 0x8b);
        cpu.cpl = cpl;
        cpu.setEflags(flags);
        return this;
    }

    /** Virtual-8086 mode with {@code flags}; every segment starts at 0. */
    BodyBench virtual8086(int flags) {
        cpu.cr0 |= Control.CR0_PE;
        for (int seg = 0; seg < 6; seg++) {
            cpu.segments[seg].set(0, 0, 0xffff, 0xf3);
        }
        cpu.tr.set(0x18, 0, 103, 0x8b);
        cpu.cpl = 3;
        cpu.setEflags(flags | Eflags.VM);
        return this;
    }

    /** Executes the instruction of {@code hex}; the vector of the fault it raises, or -1. */
    int execute(String hex) {
        Insn insn = Decoder.decode(HexFormat.of().parseHex(hex), 0, cpu.cs().big ? 32 : 16);
        try {
            insn.row.body().execute(cpu, insn);
            return -1;
        } catch (GuestFault fault) {
            return fault.vector;
        }
    }

    /** Puts {@code value} on top of the stack and executes POPF of the default operand size. */
    int popf(int value) {
        memory.put32(STACK, value);
        return execute("9d");
    }

    /** What PUSHF of the default operand size leaves on the stack. */
    int pushf() {
        execute("9c");
        return cpu.cs().big ? memory.get32(STACK - 4) : memory.get16(STACK - 2);
    }
}
