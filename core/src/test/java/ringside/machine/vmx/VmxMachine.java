package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.*;

import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.engine.Interpreter;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** A processor with the assist and a VMCS that passes every check: a flat, paged ring-0 guest with an IDT. */
final class VmxMachine {
    static final int CODE = 0x10000;
    static final int STACK = 0x20000;
    static final int HANDLER = 0x18000;
    static final int HOST_CODE = 0x30000;
    private static final int DIRECTORY = 0x40000;
    private static final int TABLE = 0x41000;
    private static final int GDT = 0x42000;
    private static final int IDT = 0x43000;
    static final int IO_A = 0x44000;
    static final int IO_B = 0x45000;
    static final int MSRS = 0x46000;

    final PhysicalMemory memory = new PhysicalMemory(1 << 20);
    final Cpu cpu = new Cpu(
            CpuModel.named("skylake").orElseThrow(), new SystemBus(memory, 1 << 20), new PortBus(), new VirtualClock());
    final Interpreter engine = new Interpreter();
    final VmxUnit vmx = new VmxUnit(cpu);
    final Vmcs vmcs = new Vmcs();

    VmxMachine() {
        tables();
        controls();
        guest();
        host();
    }

    private void tables() {
        memory.put32(DIRECTORY, TABLE | 7);
        for (int page = 0; page < 256; page++) {
            memory.put32(TABLE + page * 4, page << 12 | 7);
        }
        memory.put64(GDT + 8, 0x00cf9b000000ffffL);
        memory.put64(GDT + 16, 0x00cf93000000ffffL);
        for (int vector = 0; vector < 256; vector++) {
            memory.put64(IDT + vector * 8, 0x00018e0000080000L | HANDLER & 0xffff);
        }
        memory.put8(HANDLER, 0xf4);
    }

    private void controls() {
        vmcs.write(IO_BITMAP_A, IO_A);
        vmcs.write(IO_BITMAP_B, IO_B);
        vmcs.write(MSR_BITMAP, MSRS);
        vmcs.write(VMCS_LINK_POINTER, -1);
    }

    private void guest() {
        vmcs.write(GUEST_CR0, 0x80000031L);
        vmcs.write(GUEST_CR3, DIRECTORY);
        vmcs.write(GUEST_CR4, 0x2000);
        for (int seg = 0; seg < 6; seg++) {
            segment(seg, seg == Reg.CS ? 8 : 16, -1, seg == Reg.CS ? 0xc09b : 0xc093);
        }
        segment(6, 0, 0, 0x10000);
        segment(7, 0x18, 0x67, 0x8b);
        vmcs.write(GUEST_GDTR_BASE, GDT);
        vmcs.write(GUEST_GDTR_LIMIT, 0xff);
        vmcs.write(GUEST_IDTR_BASE, IDT);
        vmcs.write(GUEST_IDTR_LIMIT, 0x7ff);
        vmcs.write(GUEST_RSP, STACK);
        vmcs.write(GUEST_RIP, CODE);
        vmcs.write(GUEST_RFLAGS, 2);
        vmcs.write(GUEST_DR7, 0x400);
    }

    private void segment(int seg, int selector, int limit, int rights) {
        vmcs.write(GUEST_ES_SELECTOR.of(seg), selector);
        vmcs.write(GUEST_ES_LIMIT.of(seg), limit);
        vmcs.write(GUEST_ES_RIGHTS.of(seg), rights);
    }

    private void host() {
        vmcs.write(HOST_CR0, 0x80000031L);
        vmcs.write(HOST_CR3, DIRECTORY);
        vmcs.write(HOST_CR4, 0x2000);
        for (VmcsField field : new VmcsField[] {
            HOST_ES_SELECTOR, HOST_SS_SELECTOR, HOST_DS_SELECTOR, HOST_FS_SELECTOR, HOST_GS_SELECTOR
        }) {
            vmcs.write(field, 16);
        }
        vmcs.write(HOST_CS_SELECTOR, 8);
        vmcs.write(HOST_TR_SELECTOR, 0x18);
        vmcs.write(HOST_RSP, 0x50000);
        vmcs.write(HOST_RIP, HOST_CODE);
    }

    void code(int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            memory.put8(CODE + i, bytes[i]);
        }
    }

    /** Enters and runs; the answer is the exit, or whatever else ended the run. */
    Stop run(long instructions) {
        return switch (vmx.enter(vmcs)) {
            case VmxUnit.Entry.Entered() -> engine.run(cpu, instructions);
            case VmxUnit.Entry.Aborted() -> new Stop.Shutdown();
            case VmxUnit.Entry.Refused(Stop.VmExit exit, String rule) -> exit;
            case VmxUnit.Entry.Failed(int error, String rule) -> throw new AssertionError(rule);
        };
    }

    ExitReason reason(Stop stop) {
        return stop instanceof Stop.VmExit exit ? ExitReason.of(exit.reason()) : null;
    }

    long qualification() {
        return vmcs.read(EXIT_QUALIFICATION);
    }
}
