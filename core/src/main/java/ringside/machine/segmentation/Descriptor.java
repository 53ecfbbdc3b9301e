package ringside.machine.segmentation;

import ringside.machine.state.SegmentRegister;

/**
 * A segment, system or gate descriptor as it lies in memory (SDM vol. 3, sections 3.4.5, 3.5 and 6.11).
 *
 * @param low bytes 0-3
 * @param high bytes 4-7
 */
public record Descriptor(int low, int high) {
    /** System types; bit 3 marks the 32-bit kinds, bit 1 a busy TSS. */
    public static final int TSS_16 = 1, LDT = 2, CALL_GATE_16 = 4, TASK_GATE = 5, INTERRUPT_GATE_16 = 6;

    public static final int TRAP_GATE_16 = 7, TSS_32 = 9, CALL_GATE_32 = 12, INTERRUPT_GATE_32 = 14, TRAP_GATE_32 = 15;

    /** Set in the type of a TSS that is running or nested in a running one. */
    public static final int BUSY = 2;

    /** Set in the type of a code or data segment when a register is loaded from it. */
    public static final int ACCESSED = 1;

    public int base() {
        return low >>> 16 | (high & 0xff) << 16 | high & 0xff000000;
    }

    /** In bytes: granularity applied. */
    public int limit() {
        int raw = low & 0xffff | high & 0xf0000;
        return (high & 1 << 23) == 0 ? raw : raw << 12 | 0xfff;
    }

    /** As {@link SegmentRegister#rights} lays them out. */
    public int rights() {
        return high >>> 8 & 0xf0ff;
    }

    /** What LAR returns. */
    public int visibleRights() {
        return high & 0x00f0ff00;
    }

    public int type() {
        return high >> 8 & 15;
    }

    public int dpl() {
        return high >> 13 & 3;
    }

    public boolean present() {
        return (high & 1 << 15) != 0;
    }

    /** A gate, TSS or LDT: the S bit is clear. */
    public boolean system() {
        return (high & 1 << 12) == 0;
    }

    public boolean code() {
        return !system() && (high & 1 << 11) != 0;
    }

    public boolean conforming() {
        return code() && (high & 1 << 10) != 0;
    }

    public boolean writableData() {
        return !system() && (high & 1 << 11) == 0 && (high & 1 << 9) != 0;
    }

    /** Data, or code that may be read. */
    public boolean readable() {
        return !system() && ((high & 1 << 11) == 0 || (high & 1 << 9) != 0);
    }

    public boolean accessed() {
        return (high & ACCESSED << 8) != 0;
    }

    /** Whether this is a system descriptor of {@code type}. */
    public boolean is(int type) {
        return system() && type() == type;
    }

    /** A TSS of either width, busy or not. */
    public boolean tss() {
        return system() && (type() & ~(BUSY | 8)) == TSS_16;
    }

    public boolean busy() {
        return (type() & BUSY) != 0;
    }

    /** Of a gate or TSS: the 32-bit kind. */
    public boolean wide() {
        return (type() & 8) != 0;
    }

    /** Of a gate: the selector it leads to. */
    public int gateSelector() {
        return low >>> 16;
    }

    /** Of a gate: the offset it leads to, 16 bits for the 16-bit kinds. */
    public int gateOffset() {
        return low & 0xffff | (wide() ? high & 0xffff0000 : 0);
    }

    /** Of a call gate: how many parameters it copies. */
    public int gateParameters() {
        return high & 31;
    }

    /** Loads the hidden part of {@code register} and its selector; a code or data segment counts as accessed. */
    public void into(SegmentRegister register, int selector) {
        register.set(selector & 0xffff, base(), limit(), rights() | (system() ? 0 : ACCESSED));
    }
}
