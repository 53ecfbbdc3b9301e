package ringside.isa;

import ringside.arch.Control;

/**
 * The part of the processor's state on which it depends whether a sensitive instruction traps.
 *
 * @param cpl current privilege level; 3 in virtual-8086 mode
 * @param iopl EFLAGS.IOPL
 * @param cr4 CR4, of which TSD, PCE, UMIP, VME and PVI count
 */
public record Privilege(Mode mode, int cpl, int iopl, int cr4) {
    /** How addresses and privileges are understood. */
    public enum Mode {
        REAL,
        PROTECTED,
        VIRTUAL_8086
    }

    /** Protected mode at {@code cpl}, IOPL 0, CR4 0. */
    public static Privilege ring(int cpl) {
        return new Privilege(Mode.PROTECTED, cpl, 0, 0);
    }

    public boolean isProtected() {
        return mode == Mode.PROTECTED;
    }

    public boolean isVirtual8086() {
        return mode == Mode.VIRTUAL_8086;
    }

    boolean has(int cr4Bit) {
        return (cr4 & cr4Bit) != 0;
    }

    /** Whether CLI and STI act on VIF instead of trapping: CR4.VME in virtual-8086 mode, CR4.PVI in ring 3. */
    boolean virtualInterruptFlag() {
        return isVirtual8086() ? has(Control.CR4_VME) : cpl == 3 && has(Control.CR4_PVI);
    }
}
