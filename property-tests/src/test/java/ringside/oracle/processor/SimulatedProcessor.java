package ringside.oracle.processor;

import java.util.Arrays;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.arch.Msr;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.engine.Interpreter;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/**
 * A simulated machine whose ring 3 looks like that of a 32-bit process on a 64-bit Linux: flat segments with the same
 * selectors, PAE paging with NX, alignment checks armed.
 *
 * <p>Exceptions go through a real IDT to a ring-0 stack, where their frame is read; only the first six entries of the GDT
 * are mapped, so that a selector beyond them ends in a page fault above {@link #OWN} and the case is dropped.
 */
final class SimulatedProcessor {
    /** From here on memory is the host process's or the simulated kernel's: a fault there cannot be compared. */
    static final int OWN = 0x50000000;

    private static final int PAGE = 4096;
    private static final int TABLES = 0xf0000000, DOORS = 0xf0010000, STACK = 0xf0020000, TASK = 0xf0030000;
    private static final int WINDOW_MA = 0x10000, CODE_MA = 0x14000, GDT_MA = 0x20000, IDT_MA = 0x21000;
    private static final int STACK_MA = 0x22000, TASK_MA = 0x23000, PDPT_MA = 0x30000;
    private static final int GDT = TABLES + PAGE - 6 * 8, IDT = TABLES + 2 * PAGE;
    private static final int USER = 4, WRITABLE = 2;
    private static final long NO_EXECUTE = 1L << 63;

    private final int base;
    private final PhysicalMemory memory = new PhysicalMemory(0x100000);
    private final Cpu cpu;
    private final Interpreter engine = new Interpreter();
    private final byte[] pattern = new byte[2 * PAGE];
    private final byte[] window = new byte[2 * PAGE];
    private int freeTable = PDPT_MA + PAGE;

    SimulatedProcessor(int base) {
        this.base = base;
        SystemBus bus = new SystemBus(memory, memory.size());
        cpu = new Cpu(CpuModel.named("core2").orElseThrow(), bus, new PortBus(), new VirtualClock());
        fillPattern();
        mapMemory();
        descriptors();
        enterProtectedMode();
    }

    private void fillPattern() {
        int x = 12345;
        for (int i = 0; i < 2 * PAGE; i += 4) {
            x = x * 1664525 + 1013904223;
            int value = x ^ x >>> 15;
            for (int k = 0; k < 4; k++) {
                pattern[i + k] = (byte) (value >> 8 * k);
            }
        }
        memory.write(WINDOW_MA, pattern);
        memory.write(WINDOW_MA + 2 * PAGE, pattern, 0, PAGE);
    }

    // ---- construction

    private void mapMemory() {
        map(base, WINDOW_MA, USER | WRITABLE | NO_EXECUTE);
        map(base + PAGE, WINDOW_MA + PAGE, USER | WRITABLE | NO_EXECUTE);
        map(base + 2 * PAGE, WINDOW_MA + 2 * PAGE, USER | NO_EXECUTE);
        map(base + 4 * PAGE, CODE_MA, USER | WRITABLE);
        map(TABLES, GDT_MA, WRITABLE);
        map(IDT, IDT_MA, WRITABLE);
        map(STACK, STACK_MA, WRITABLE);
        map(TASK, TASK_MA, WRITABLE);
    }

    private void map(int la, int ma, long flags) {
        int directory = table(PDPT_MA + (la >>> 30) * 8, 1);
        int table = table(directory + (la >>> 21 & 511) * 8, 7);
        memory.put64(table + (la >>> 12 & 511) * 8, ma | flags | 0x61);
    }

    private int table(int entry, int flags) {
        if (memory.get64(entry) == 0) {
            memory.put64(entry, freeTable | flags);
            freeTable += PAGE;
        }
        return (int) memory.get64(entry) & -PAGE;
    }

    /** The first entries of Linux's GDT; gates 3, 4 and 80h open to ring 3, each leading to a door. */
    private void descriptors() {
        int gdt = GDT_MA + (GDT - TABLES);
        long[] entries = {
            0, 0x00cf9b000000ffffL, 0x00af9b000000ffffL, 0x00cf93000000ffffL, 0x00cffb000000ffffL, 0x00cff3000000ffffL
        };
        for (int i = 0; i < entries.length; i++) {
            memory.put64(gdt + i * 8, entries[i]);
        }
        for (int vector = 0; vector < 256; vector++) {
            int door = DOORS + 16 * vector;
            boolean open = vector == Vector.BP || vector == Vector.OF || vector == 0x80;
            memory.put32(IDT_MA + vector * 8, 0x08 << 16 | door & 0xffff);
            memory.put32(IDT_MA + vector * 8 + 4, door & 0xffff0000 | (open ? 0xee00 : 0x8e00));
        }
        memory.put32(TASK_MA + 4, STACK + PAGE);
        memory.put32(TASK_MA + 8, 0x18);
        memory.put16(TASK_MA + 102, 104);
    }

    private void enterProtectedMode() {
        cpu.gdtr.set(GDT, 0x7f);
        cpu.idtr.set(IDT, 0x7ff);
        cpu.ldtr.set(0, 0, 0, 0x10000);
        cpu.tr.set(0x40, TASK, 103, 0x8b);
        cpu.cr(4, Control.CR4_PAE);
        cpu.msr(Msr.EFER, Control.EFER_NXE);
        cpu.cr(0, cpu.cr0 | Control.CR0_PE);
        cpu.cr(3, PDPT_MA);
        cpu.cr(
                0,
                cpu.cr0 & ~(Control.CR0_CD | Control.CR0_NW)
                        | Control.CR0_PG
                        | Control.CR0_WP
                        | Control.CR0_AM
                        | Control.CR0_NE);
        cpu.doors(DOORS, 256);
    }

    // ---- running

    /** Executes {@code c}; null where it ends in memory that the host process would have of its own. */
    ProcessorResult execute(ProcessorCase c) {
        enter(c);
        Stop stop = engine.run(cpu, 1000);
        if (!(stop instanceof Stop.VmmEntry entry)) {
            throw new AssertionError("the simulated processor stopped with " + stop + " on\n" + c);
        }
        ProcessorResult result = result(entry.vector());
        boolean foreign = entry.vector() == Vector.PF && Integer.compareUnsigned(cpu.cr2, OWN) >= 0;
        return foreign ? null : result;
    }

    private void enter(ProcessorCase c) {
        memory.write(CODE_MA + (c.eip() & 0xfff), c.code(), 0, Math.min(c.code().length, PAGE - (c.eip() & 0xfff)));
        for (int k = 0; k < 2; k++) {
            memory.put64(WINDOW_MA + c.patches()[k], c.bytes()[k]);
        }
        System.arraycopy(c.registers(), 0, cpu.r, 0, 8);
        cpu.eip = c.eip();
        cpu.next = c.eip();
        cpu.cs().set(0x23, 0, -1, 0xc0fb);
        cpu.ss().set(0x2b, 0, -1, 0xc0f3);
        cpu.interruptShadow = false;
        cpu.debugShadow = false;
        cpu.pendingDebug = 0;
        cpu.cpl = 3;
        cpu.setEflags(c.eflags());
        int[] order = {Reg.DS, Reg.ES, Reg.FS, Reg.GS};
        for (int k = 0; k < 4; k++) {
            cpu.loadSegment(order[k], c.segments()[k]);
        }
    }

    private ProcessorResult result(int vector) {
        boolean hasError = Vector.hasErrorCode(vector);
        int frame = STACK_MA + PAGE - 20;
        int[] registers = cpu.r.clone();
        registers[Reg.ESP] = memory.get32(frame + 12);
        int[] segments = {
            memory.get16(frame + 4),
            memory.get16(frame + 16),
            cpu.selector(Reg.DS),
            cpu.selector(Reg.ES),
            cpu.selector(Reg.FS),
            cpu.selector(Reg.GS)
        };
        int[] listed = new int[ProcessorResult.LISTED];
        int[] changed = changes(listed);
        return new ProcessorResult(
                registers,
                memory.get32(frame + 8),
                memory.get32(frame),
                segments,
                vector,
                hasError ? memory.get32(frame - 4) : 0,
                cpu.cr2,
                changed[0],
                changed[1],
                listed);
    }

    /** Count and hash of the bytes that differ from the pattern; puts the pattern back. */
    private int[] changes(int[] listed) {
        memory.read(WINDOW_MA, window, 0, window.length);
        int count = 0;
        int hash = 0;
        int at = Arrays.mismatch(window, pattern);
        int from = at;
        while (at >= 0) {
            int entry = at << 8 | window[at] & 0xff;
            if (count < listed.length) {
                listed[count] = entry;
            }
            count++;
            hash = hash * 31 + entry;
            int further = Arrays.mismatch(window, at + 1, window.length, pattern, at + 1, pattern.length);
            at = further < 0 ? -1 : at + 1 + further;
        }
        if (from >= 0) {
            memory.write(WINDOW_MA, pattern);
        }
        return new int[] {count, hash};
    }
}
