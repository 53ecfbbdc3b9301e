package ringside.vmm.spi;

import static ringside.arch.Control.*;

import java.util.BitSet;
import ringside.arch.Feature;
import ringside.arch.Msr;
import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.state.ProcessorState;

/**
 * Starts the VMM on a processor that comes out of RESET: its GDT, IDT and TSS in machine memory, paging, its own segments.
 *
 * <p>Every gate leads to the door of its vector. Only gates 3 and 4 let outer rings through, for INT3 and INTO; INT n of a
 * guest faults. The TSS has a null back link and an I/O bitmap of ones: nothing of the guest's may pass by it.
 */
public final class VmmBoot {
    private static final int CODE_32 = 0x00cf9b00, DATA_32 = 0x00cf9300;
    private static final int INTERRUPT_GATE = 0x8e00, TRAP_GATE = 0x8f00, DPL_SHIFT = 13;
    private static final int TSS_SIZE = 104, BITMAP = 8192 + 1;
    private static final int TSS_ESP0 = 4, TSS_SS0 = 8, TSS_ESP1 = 12, TSS_SS1 = 16, TSS_MAP = 100;
    private static final int AVAILABLE_TSS = 0x8900, LOCAL_TABLE = 0x8200;

    private final VmmRegion region;
    private final Ring0 ring0;
    private BitSet permitted = new BitSet();

    public VmmBoot(VmmRegion region, Ring0 ring0) {
        this.region = region;
        this.ring0 = ring0;
    }

    /**
     * Brings the processor into ring 0 of the VMM, with the tables of {@code root} in force.
     *
     * @param worlds how many sets of descriptor tables there are
     * @param cr4 bits of CR4 to run with
     */
    public void start(Cpu cpu, int worlds, int root, int cr4) {
        fillInterruptTable();
        fillTask();
        for (int world = 0; world < worlds; world++) {
            fillOwnDescriptors(world);
        }
        cpu.doors(VmmRegion.door(0), VmmRegion.DOOR_COUNT);
        ring0.cr(3, root);
        if (cr4 != 0) {
            ring0.cr(4, cr4);
        }
        if (cpu.has(Feature.NX)) {
            ring0.msr(Msr.EFER, EFER_NXE);
        }
        ring0.cr(0, CR0_PE | CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_TS);
        enterWorld(MemoryStrategy.KERNEL, root);
        ring0.lidt(VmmRegion.la(VmmRegion.IDT), VmmRegion.DOOR_COUNT * 8 - 1);
        ring0.jump(VmmRegion.CODE, VmmRegion.door(0));
        ring0.load(Reg.SS, VmmRegion.DATA);
        for (int seg : new int[] {Reg.ES, Reg.DS, Reg.FS, Reg.GS}) {
            ring0.load(seg, 0);
        }
        ring0.ltr(VmmRegion.TASK);
        ring0.lldt(VmmRegion.LOCAL);
    }

    /** The CR4 a VMM runs its guests under: time-stamp and performance counters trap. */
    public static int cr4(ProcessorState cpu) {
        return (cpu.has(Feature.TSC) ? CR4_TSD : 0) | (paeTables(cpu) ? CR4_PAE : 0);
    }

    /** Whether the tables under the guest have the PAE format: where there is one, be it with NX or without. */
    public static boolean paeTables(ProcessorState cpu) {
        return cpu.has(Feature.PAE);
    }

    /** Switches to the tables of a world. */
    public void enterWorld(int world, int root) {
        ring0.lgdt(VmmRegion.la(VmmRegion.GDT + world * VmmRegion.TABLE), VmmRegion.TABLE - 1);
        if (ring0.cr(3) != root) {
            ring0.cr(3, root);
        }
    }

    private void fillInterruptTable() {
        for (int vector = 0; vector < VmmRegion.DOOR_COUNT; vector++) {
            openDoor(vector, vector == 3 || vector == 4 ? 3 : 0);
        }
    }

    /** The vector leads to its door; INT n reaches it from rings up to {@code ring}. */
    public void openDoor(int vector, int ring) {
        gate(vector, VmmRegion.CODE, VmmRegion.door(vector), INTERRUPT_GATE | ring << DPL_SHIFT);
    }

    /**
     * The vector leads from any ring straight to guest code, past the VMM; real interrupts stay on. The caller answers for
     * {@code selector} being one of the guest's, of an outer ring.
     */
    public void openToGuest(int vector, int selector, int offset) {
        gate(vector, selector, offset, TRAP_GATE | 3 << DPL_SHIFT);
    }

    private void gate(int vector, int selector, int offset, int rights) {
        region.put64(VmmRegion.IDT + vector * 8, selector << 16 | offset & 0xffff, offset & 0xffff0000 | rights);
    }

    /** Where the hardware finds the stack of ring 1. */
    public void stackOfRing1(int selector, int pointer) {
        region.put32(VmmRegion.TSS + TSS_ESP1, pointer);
        region.put32(VmmRegion.TSS + TSS_SS1, selector);
    }

    private void fillTask() {
        region.put32(VmmRegion.TSS + TSS_ESP0, VmmRegion.la(VmmRegion.STACK_TOP));
        region.put32(VmmRegion.TSS + TSS_SS0, VmmRegion.DATA);
        region.put32(VmmRegion.TSS + TSS_MAP, TSS_SIZE << 16);
        region.fill(VmmRegion.TSS + TSS_SIZE, BITMAP, 0xff);
    }

    /** The I/O permission bitmap of the TSS: outer rings may use {@code open} and no other port. */
    public void permit(BitSet open) {
        int at = VmmRegion.TSS + TSS_SIZE;
        permitted.stream().forEach(port -> region.put8(at + port / 8, 0xff));
        open.stream().forEach(port -> {
            int bits = region.get8(at + port / 8);
            region.put8(at + port / 8, bits & ~(1 << (port & 7)));
        });
        permitted = open;
    }

    /** What {@link #permit} last permitted. */
    public BitSet permitted() {
        return permitted;
    }

    private void fillOwnDescriptors(int world) {
        int gdt = VmmRegion.GDT + world * VmmRegion.TABLE;
        int local = VmmRegion.la(VmmRegion.LDT + world * VmmRegion.TABLE);
        region.put64(gdt + VmmRegion.CODE, 0x0000ffff, CODE_32);
        region.put64(gdt + VmmRegion.DATA, 0x0000ffff, DATA_32);
        system(gdt + VmmRegion.TASK, VmmRegion.la(VmmRegion.TSS), TSS_SIZE + BITMAP - 1, AVAILABLE_TSS);
        system(gdt + VmmRegion.LOCAL, local, VmmRegion.TABLE - 1, LOCAL_TABLE);
    }

    private void system(int at, int base, int limit, int rights) {
        int low = base << 16 | limit & 0xffff;
        int high = base & 0xff000000 | limit & 0xf0000 | rights | base >>> 16 & 0xff;
        region.put64(at, low, high);
    }
}
