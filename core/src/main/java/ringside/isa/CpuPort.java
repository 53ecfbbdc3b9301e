package ringside.isa;

import ringside.arch.Eflags;
import ringside.arch.Feature;

/**
 * The processor as instruction bodies see it: registers and flags as fields, everything else as operations.
 *
 * <p>Implemented once, by {@code machine.cpu.Cpu}, so that calls are direct after class-hierarchy analysis. Arithmetic
 * flags are lazy: the last result and its carry vector are kept, and a flag is computed when somebody asks.
 */
public abstract class CpuPort {
    /** General registers by encoding number. */
    public final int[] r = new int[8];

    /** EIP of the instruction to execute next; a body that branches replaces it. */
    public int next;

    /** EFLAGS without the arithmetic flags while {@link #lazy}; complete otherwise. */
    protected int flagBits = Eflags.ALWAYS_ONE;

    /** Whether the arithmetic flags follow from {@link #flagResult} and {@link #flagCarries}. */
    protected boolean lazy;

    /** Last result, sign-extended from its width: ZF, SF, PF. */
    protected int flagResult;

    /** Carry vector moved up so that bit 31 is the carry out (CF), bit 30 the carry into the sign; bit 3 is AF. */
    protected int flagCarries;

    // ---- flags

    /** Sets all six arithmetic flags from a result and its carry vector (see {@link #flagCarries}). */
    public final void flags(int result, int carries) {
        flagResult = result;
        flagCarries = carries;
        lazy = true;
    }

    /** Sets the six arithmetic flags to the bits of {@code image}. */
    public final void arithmeticFlags(int image) {
        flagBits = flagBits & ~Eflags.ARITHMETIC | image & Eflags.ARITHMETIC;
        lazy = false;
    }

    /** Replaces the flags in {@code mask} by those of {@code image}; for arithmetic flags and DF only. */
    public final void changeFlags(int mask, int image) {
        int all = eflags();
        flagBits = all & ~mask | image & mask;
        lazy = false;
    }

    /** Sets CF alone. */
    public final void carry(boolean cf) {
        if (lazy) {
            int overflow = flagCarries ^ flagCarries << 1;
            int top = cf ? 0x80000000 : 0;
            flagCarries = flagCarries & 0x3fffffff | top | (top ^ overflow) >>> 1 & 0x40000000;
        } else {
            flagBits = cf ? flagBits | Eflags.CF : flagBits & ~Eflags.CF;
        }
    }

    /** Sets CF and OF (each 0 or 1) alone, as rotates do. */
    public final void carryAndOverflow(int cf, int of) {
        if (lazy) {
            flagCarries = flagCarries & 0x3fffffff | cf << 31 | (cf ^ of) << 30;
        } else {
            flagBits = flagBits & ~(Eflags.CF | Eflags.OF) | cf | of << 11;
        }
    }

    public final boolean cf() {
        return lazy ? flagCarries < 0 : (flagBits & Eflags.CF) != 0;
    }

    public final boolean zf() {
        return lazy ? flagResult == 0 : (flagBits & Eflags.ZF) != 0;
    }

    public final boolean sf() {
        return lazy ? flagResult < 0 : (flagBits & Eflags.SF) != 0;
    }

    public final boolean of() {
        return lazy ? (flagCarries ^ flagCarries << 1) < 0 : (flagBits & Eflags.OF) != 0;
    }

    public final boolean pf() {
        return lazy ? (Integer.bitCount(flagResult & 0xff) & 1) == 0 : (flagBits & Eflags.PF) != 0;
    }

    public final boolean af() {
        return lazy ? (flagCarries & 8) != 0 : (flagBits & Eflags.AF) != 0;
    }

    public final boolean df() {
        return (flagBits & Eflags.DF) != 0;
    }

    /** EFLAGS as PUSHFD would push it, with VM and RF too. */
    public final int eflags() {
        if (lazy) {
            int image = flagBits & ~Eflags.ARITHMETIC;
            image |= cf() ? Eflags.CF : 0;
            image |= pf() ? Eflags.PF : 0;
            image |= af() ? Eflags.AF : 0;
            image |= zf() ? Eflags.ZF : 0;
            image |= sf() ? Eflags.SF : 0;
            image |= of() ? Eflags.OF : 0;
            flagBits = image;
            lazy = false;
        }
        return flagBits;
    }

    public final int iopl() {
        return (flagBits & Eflags.IOPL) >> Eflags.IOPL_SHIFT;
    }

    /** Whether condition {@code cc} (low four bits of a Jcc opcode) holds. */
    public final boolean condition(int cc) {
        boolean holds = switch (cc >> 1) {
            case 0 -> of();
            case 1 -> cf();
            case 2 -> zf();
            case 3 -> cf() || zf();
            case 4 -> sf();
            case 5 -> pf();
            case 6 -> sf() != of();
            default -> zf() || sf() != of();
        };
        return holds ^ (cc & 1) != 0;
    }

    /** Writes all of EFLAGS and lets the processor notice IF, TF, VM, AC and IOPL; no privilege check. */
    public abstract void setEflags(int image);

    // ---- general registers

    public final int reg8(int index) {
        return index < 4 ? r[index] & 0xff : r[index - 4] >> 8 & 0xff;
    }

    public final void reg8(int index, int value) {
        if (index < 4) {
            r[index] = r[index] & ~0xff | value & 0xff;
        } else {
            r[index - 4] = r[index - 4] & ~0xff00 | (value & 0xff) << 8;
        }
    }

    public final void reg16(int index, int value) {
        r[index] = r[index] & 0xffff0000 | value & 0xffff;
    }

    /** Register {@code index} at {@code bits} 8, 16 or 32. */
    public final int reg(int bits, int index) {
        return bits == 32 ? r[index] : bits == 16 ? r[index] & 0xffff : reg8(index);
    }

    public final void reg(int bits, int index, int value) {
        if (bits == 32) {
            r[index] = value;
        } else if (bits == 16) {
            reg16(index, value);
        } else {
            reg8(index, value);
        }
    }

    // ---- memory through segmentation and paging; offsets already wrapped to the address size

    public abstract int load8(int seg, int offset);

    public abstract int load16(int seg, int offset);

    public abstract int load32(int seg, int offset);

    public abstract long load64(int seg, int offset);

    public abstract void store8(int seg, int offset, int value);

    public abstract void store16(int seg, int offset, int value);

    public abstract void store32(int seg, int offset, int value);

    public abstract void store64(int seg, int offset, long value);

    /** Loads after checking that {@code bits}/8 bytes can be written: faults are those of a write. */
    public abstract int loadForWrite(int bits, int seg, int offset);

    public abstract long load64ForWrite(int seg, int offset);

    public final int load(int bits, int seg, int offset) {
        return bits == 32 ? load32(seg, offset) : bits == 16 ? load16(seg, offset) : load8(seg, offset);
    }

    public final void store(int bits, int seg, int offset, int value) {
        if (bits == 32) {
            store32(seg, offset, value);
        } else if (bits == 16) {
            store16(seg, offset, value);
        } else {
            store8(seg, offset, value);
        }
    }

    // ---- stack; the stack's width is SS.B

    /** ESP or SP by the stack's width. */
    public abstract int stackPointer();

    /** Replaces ESP, or SP alone on a 16-bit stack. */
    public abstract void stackPointer(int value);

    /** The stack's width as a mask of offsets: 0xFFFF or -1. */
    public abstract int stackMask();

    /** Stores at SS:eSP-bits/8, then moves eSP: a fault leaves eSP alone. */
    public abstract void push(int bits, int value);

    /** Loads from SS:eSP, then moves eSP. */
    public abstract int pop(int bits);

    // ---- faults

    /** A fault to throw. {@code errorCode} is ignored for vectors without one. */
    public final GuestFault fault(int vector, int errorCode) {
        return new GuestFault(vector, errorCode);
    }

    public final GuestFault fault(int vector) {
        return new GuestFault(vector, 0);
    }

    // ---- hardware assist

    /**
     * Called by instructions that an assist may watch, after their own privilege checks and before any effect: in
     * non-root operation the instruction may end here with a VM exit.
     *
     * @return whether it ends here: the body returns without any effect
     */
    public abstract boolean intercept(Insn i);

    /** Control register {@code index} as MOV and SMSW show it: in non-root operation owned bits come from the shadow. */
    public abstract int visibleCr(int index);

    // ---- mode

    public abstract int cpl();

    /** CR0.PE. Virtual-8086 mode counts as protected here. */
    public abstract boolean protectedMode();

    public abstract boolean virtual8086();

    public abstract boolean has(Feature feature);

    // ---- segments

    public abstract int selector(int seg);

    /** MOV/POP to ES, SS, DS, FS, GS with every check; CS is #UD before this is called. Null in SS: #GP. */
    public abstract void loadSegment(int seg, int selector);

    public abstract void farJump(int opSize, int selector, int offset);

    public abstract void farCall(int opSize, int selector, int offset);

    /** RETF; {@code release} bytes are dropped after the return address. */
    public abstract void farReturn(int opSize, int release);

    public abstract void interruptReturn(int opSize);

    /** INT n, INT3, INTO, INT1: through the IDT as a software interrupt, returning to {@link #next}. */
    public abstract void softwareInterrupt(int vector, SoftwareInterrupt kind);

    /** Which instruction raised a software interrupt: INT n alone checks IOPL in virtual-8086 mode; INT1 checks no DPL. */
    public enum SoftwareInterrupt {
        INT_N,
        INT3,
        INTO,
        INT1
    }

    public abstract void sysenter();

    public abstract void sysexit();

    /** Access rights as LAR shows them (masked 00F0FF00), or -1 where the selector is not visible. */
    public abstract int accessRights(int selector);

    /** Byte-granular limit as LSL shows it, or -1 where not visible (a limit is 32 bits unsigned). */
    public abstract long segmentLimit(int selector);

    /** VERR ({@code write} false) or VERW. */
    public abstract boolean verify(int selector, boolean write);

    // ---- system registers; bodies have checked CPL

    public abstract int gdtBase();

    public abstract int gdtLimit();

    public abstract void loadGdt(int base, int limit);

    public abstract int idtBase();

    public abstract int idtLimit();

    public abstract void loadIdt(int base, int limit);

    public abstract int ldtSelector();

    public abstract void loadLdt(int selector);

    public abstract int taskSelector();

    public abstract void loadTask(int selector);

    public abstract int cr(int index);

    /** MOV to CR0, CR2, CR3, CR4 with the manual's #GP checks and the flushes that follow. */
    public abstract void cr(int index, int value);

    /** MOV from DRn: #DB for DR7.GD, #UD for DR4/5 with CR4.DE. */
    public abstract int dr(int index);

    public abstract void dr(int index, int value);

    /** RDMSR; #GP(0) where there is none. */
    public abstract long msr(int index);

    public abstract void msr(int index, long value);

    /** CPUID for EAX and ECX: sets EAX, EBX, ECX, EDX. */
    public abstract void cpuid();

    public abstract long timestamp();

    /** RDPMC's counter; #GP(0) where there is none. */
    public abstract long performanceCounter(int index);

    /** INVLPG of the page at {@code seg:offset}; no segment check, no fault. */
    public abstract void invalidatePage(int seg, int offset);

    /** INVD and WBINVD: no caches are modelled; kept as an event. */
    public abstract void flushCaches();

    /** HLT: the processor stops until an interrupt. */
    public abstract void halt();

    /** Holds interrupts (and, after MOV SS, debug traps) off until after the next instruction. */
    public abstract void inhibitInterrupts(boolean debugToo);

    // ---- ports

    /** #GP(0) unless CPL <= IOPL or the TSS's bitmap allows {@code bits}/8 ports. */
    public abstract void checkPort(int bits, int port);

    public abstract int in(int bits, int port);

    public abstract void out(int bits, int port, int value);

    // ---- repetition

    /** How many iterations of a repeated string instruction may run now, at least 1; 1 while TF is set. */
    public abstract int iterations();

    /** Ends a repeated string instruction before its count is done: {@link #next} is the instruction itself again and nothing retires. */
    public abstract void suspend();

    /** EIP wrapped to the code segment's width, as branches need it. */
    public abstract int wrapEip(int eip);

    /** #GP(0) unless {@code eip} is within CS's limit. */
    public abstract void checkBranch(int eip);

    /** The linear address of {@code seg:offset} without a check: for LEA-like uses such as INVLPG. */
    public abstract int linear(int seg, int offset);
}
