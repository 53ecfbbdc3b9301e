package ringside.machine.cpu;

import ringside.arch.Reg;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.state.ProcessorState;

/**
 * What a TSS holds of a task (SDM vol. 3, figures 7-2 and 7-10); the one place that knows the two layouts.
 *
 * @param wide the 32-bit kind; the 16-bit kind has no CR3, FS, GS or trap bit
 * @param registers by encoding number
 * @param selectors by encoding number
 */
record TaskImage(
        boolean wide, int cr3, int eip, int flags, int[] registers, int[] selectors, int ldt, boolean debugTrap) {
    private static final int CR3 = 0x1c, EIP_32 = 0x20, FLAGS_32 = 0x24, REGISTERS_32 = 0x28, SELECTORS_32 = 0x48;
    private static final int LDT_32 = 0x60, TRAP = 0x64;
    private static final int EIP_16 = 0xe, FLAGS_16 = 0x10, REGISTERS_16 = 0x12, SELECTORS_16 = 0x22, LDT_16 = 0x2a;

    /** Offset of the last byte that a TSS must cover. */
    static int lastByte(boolean wide) {
        return wide ? 0x67 : 0x2b;
    }

    /** Offsets of the first and last byte that {@link #save} writes. */
    static int firstSaved(boolean wide) {
        return wide ? EIP_32 : EIP_16;
    }

    static int lastSaved(boolean wide) {
        return wide ? SELECTORS_32 + 5 * 4 + 1 : SELECTORS_16 + 3 * 2 + 1;
    }

    /** Reads a whole task; registers of a 16-bit TSS have their high half set to ones, FS and GS are null. */
    static TaskImage read(Mmu mmu, Descriptor tss) {
        int[] registers = new int[8];
        int[] selectors = new int[6];
        int base = tss.base();
        if (tss.wide()) {
            for (int i = 0; i < registers.length; i++) {
                registers[i] = mmu.readSystem(32, base + REGISTERS_32 + i * 4);
            }
            for (int i = 0; i < selectors.length; i++) {
                selectors[i] = mmu.readSystem(16, base + SELECTORS_32 + i * 4);
            }
            return new TaskImage(
                    true,
                    mmu.readSystem(32, base + CR3),
                    mmu.readSystem(32, base + EIP_32),
                    mmu.readSystem(32, base + FLAGS_32),
                    registers,
                    selectors,
                    mmu.readSystem(16, base + LDT_32),
                    (mmu.readSystem(16, base + TRAP) & 1) != 0);
        }
        for (int i = 0; i < registers.length; i++) {
            registers[i] = 0xffff0000 | mmu.readSystem(16, base + REGISTERS_16 + i * 2);
        }
        for (int i = 0; i <= Reg.DS; i++) {
            selectors[i] = mmu.readSystem(16, base + SELECTORS_16 + i * 2);
        }
        int eip = mmu.readSystem(16, base + EIP_16);
        int flags = mmu.readSystem(16, base + FLAGS_16);
        return new TaskImage(false, 0, eip, flags, registers, selectors, mmu.readSystem(16, base + LDT_16), false);
    }

    /** Writes the running task's registers into the TSS that TR names; CR3, LDT and the stacks are static fields. */
    static void save(Mmu mmu, ProcessorState s, boolean wide, int eip, int flags) {
        int base = s.tr.base;
        if (wide) {
            mmu.writeSystem(32, base + EIP_32, eip);
            mmu.writeSystem(32, base + FLAGS_32, flags);
            for (int i = 0; i < s.r.length; i++) {
                mmu.writeSystem(32, base + REGISTERS_32 + i * 4, s.r[i]);
            }
            for (int i = 0; i < s.segments.length; i++) {
                mmu.writeSystem(16, base + SELECTORS_32 + i * 4, s.selector(i));
            }
            return;
        }
        mmu.writeSystem(16, base + EIP_16, eip);
        mmu.writeSystem(16, base + FLAGS_16, flags);
        for (int i = 0; i < s.r.length; i++) {
            mmu.writeSystem(16, base + REGISTERS_16 + i * 2, s.r[i]);
        }
        for (int i = 0; i <= Reg.DS; i++) {
            mmu.writeSystem(16, base + SELECTORS_16 + i * 2, s.selector(i));
        }
    }
}
