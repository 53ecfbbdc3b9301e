package ringside.machine.cpu;

import java.util.function.Consumer;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.GuestFault;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** A processor without an engine, in protected mode with a GDT, an IDT and a TSS in memory that tests fill. */
final class Rings {
    static final int GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, OTHER_TSS = 0x4000;
    static final int CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1b, DATA3 = 0x23, TASK = 0x28, OTHER = 0x30;
    /** The first place in the GDT that is free. */
    static final int FREE = 0x38;

    static final int STACK0 = 0x8000, STACK3 = 0x9000;
    /** EIP and the EIP after the instruction that is being carried out. */
    static final int HERE = 0x5000, NEXT = 0x5002;

    final PhysicalMemory memory = new PhysicalMemory(0x20000);
    final Cpu cpu = new Cpu(
            CpuModel.named("ice-lake").orElseThrow(),
            new SystemBus(memory, memory.size()),
            new PortBus(),
            new VirtualClock());

    Rings(int ring) {
        reset(ring);
    }

    /** As new, in {@code ring}. */
    void reset(int ring) {
        memory.write(0, new byte[memory.size()]);
        cpu.reset();
        cpu.gdtr.set(GDT, 0x7f);
        cpu.idtr.set(IDT, 0x7ff);
        descriptor(CODE0, 0, 0xfffff, 0x9b, 0xc);
        descriptor(DATA0, 0, 0xfffff, 0x93, 0xc);
        descriptor(CODE3, 0, 0xfffff, 0xfb, 0xc);
        descriptor(DATA3, 0, 0xfffff, 0xf3, 0xc);
        descriptor(TASK, TSS, 0x67, 0x8b, 0);
        descriptor(OTHER, OTHER_TSS, 0x67, 0x89, 0);
        memory.put32(TSS + 4, STACK0);
        memory.put16(TSS + 8, DATA0);
        cpu.cr0 |= Control.CR0_PE;
        cpu.cs().set(ring == 0 ? CODE0 : CODE3, 0, -1, 0xc09b | ring << 5);
        for (int seg : new int[] {Reg.ES, Reg.SS, Reg.DS, Reg.FS, Reg.GS}) {
            cpu.segments[seg].set(ring == 0 ? DATA0 : DATA3, 0, -1, 0xc093 | ring << 5);
        }
        cpu.tr.set(TASK, TSS, 0x67, 0x8b);
        cpu.ldtr.set(0, 0, 0, 1 << 16);
        cpu.r[Reg.ESP] = ring == 0 ? 0x7000 : STACK3;
        cpu.eip = HERE;
        cpu.next = NEXT;
        cpu.cpl = ring;
        cpu.setEflags(Eflags.ALWAYS_ONE);
    }

    /** Writes a segment descriptor; {@code flags} is the upper nibble of byte 6. */
    void descriptor(int selector, int base, int limit, int access, int flags) {
        int at = GDT + (selector & 0xf8);
        memory.put32(at, limit & 0xffff | base << 16);
        memory.put32(at + 4, base >>> 16 & 0xff | access << 8 | limit & 0xf0000 | flags << 20 | base & 0xff000000);
    }

    private void gateAt(int at, int selector, int offset, int access, int parameters) {
        memory.put32(at, offset & 0xffff | selector << 16);
        memory.put32(at + 4, offset & 0xffff0000 | access << 8 | parameters);
    }

    void interruptGate(int vector, int selector, int offset, int access) {
        gateAt(IDT + vector * 8, selector, offset, access, 0);
    }

    void callGate(int selector, int target, int offset, int access, int parameters) {
        gateAt(GDT + (selector & 0xf8), target, offset, access, parameters);
    }

    /** The dword {@code index} above the stack's top. */
    int stack(int index) {
        return memory.get32(cpu.ss().base + cpu.stackPointer() + index * 4);
    }

    void push(int value) {
        cpu.push(32, value);
    }

    /** The fault of {@code action} as the manual writes it, or "none". */
    String faultOf(Consumer<Cpu> action) {
        try {
            action.accept(cpu);
            return "none";
        } catch (GuestFault fault) {
            return fault.getMessage();
        }
    }
}
