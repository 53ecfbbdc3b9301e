package ringside.machine.segmentation;

import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.state.ProcessorState;
import ringside.machine.state.SegmentRegister;

/** Finds descriptors, loads segment registers with every check of the current mode, answers LAR, LSL, VERR and VERW. */
public final class SegmentUnit {
    private final ProcessorState s;
    private final Mmu mmu;

    public SegmentUnit(ProcessorState state, Mmu mmu) {
        this.s = state;
        this.mmu = mmu;
    }

    // ---- descriptors

    /** Whether {@code selector} is one of the four null selectors. */
    public static boolean isNull(int selector) {
        return (selector & 0xfffc) == 0;
    }

    /** A fault whose error code names a selector. */
    public static GuestFault fault(int vector, int selector) {
        return new GuestFault(vector, selector & 0xfffc);
    }

    /** Linear address of the selector's descriptor, or -1 where it lies outside its table. */
    public long locate(int selector) {
        int index = selector & 0xfff8;
        if ((selector & 4) == 0) {
            return index + 7 <= s.gdtr.limit ? (s.gdtr.base + index) & 0xffffffffL : -1;
        }
        boolean inside = !s.ldtr.unusable() && Integer.compareUnsigned(index + 7, s.ldtr.limit) <= 0;
        return inside ? (s.ldtr.base + index) & 0xffffffffL : -1;
    }

    /** Reads the selector's descriptor; outside its table raises {@code vector} with the selector as error code. */
    public Descriptor fetch(int selector, int vector) {
        long la = locate(selector);
        if (la < 0) {
            throw fault(vector, selector);
        }
        return read((int) la);
    }

    /** The descriptor at a linear address. */
    public Descriptor read(int la) {
        return new Descriptor(mmu.readSystem(32, la), mmu.readSystem(32, la + 4));
    }

    /** Sets the accessed bit in memory if it is clear; may raise #PF. */
    public void markAccessed(int selector, Descriptor d) {
        if (!d.accessed()) {
            setTypeByte(selector, d.high() >>> 8 | Descriptor.ACCESSED);
        }
    }

    /** Rewrites byte 5 of a descriptor: present, DPL, type. */
    public void setTypeByte(int selector, int value) {
        mmu.writeSystem(8, (int) locate(selector) + 5, value & 0xff);
    }

    /** Marks the descriptor accessed and loads {@code register} from it. */
    public void load(SegmentRegister register, int selector, Descriptor d) {
        markAccessed(selector, d);
        d.into(register, selector);
    }

    /** Loads the null selector: no access through the register is legal. */
    public static void loadNull(SegmentRegister register, int selector) {
        register.set(selector & 3, 0, 0, SegmentRegister.UNUSABLE);
    }

    /** Loads {@code register} as virtual-8086 mode does: base from the selector, 64 KiB, ring 3. */
    public static void loadVirtual8086(SegmentRegister register, int selector) {
        int value = selector & 0xffff;
        register.set(value, value << 4, 0xffff, 0xf3);
    }

    /** Loads {@code register} as real or virtual-8086 mode does, by the current mode. */
    public void loadParagraph(SegmentRegister register, int selector) {
        if (s.virtual8086()) {
            loadVirtual8086(register, selector);
        } else {
            register.setReal(selector);
        }
    }

    /** Whether selectors are paragraphs: real or virtual-8086 mode. */
    public boolean paragraphs() {
        return !s.protectedMode() || s.virtual8086();
    }

    // ---- loading

    /** MOV, POP and LxS to a segment register other than CS. */
    public void loadSegment(int seg, int selector) {
        SegmentRegister register = s.segments[seg];
        if (paragraphs()) {
            loadParagraph(register, selector);
        } else if (seg == Reg.SS) {
            load(register, selector, stack(selector, s.cpl, Vector.GP));
        } else if (isNull(selector)) {
            loadNull(register, selector);
        } else {
            load(register, selector, data(selector, s.cpl, Vector.GP));
        }
    }

    /** The descriptor of a stack for {@code ring}; {@code vector} (#GP or #TS) is raised where it is wrong, #SS where absent. */
    public Descriptor stack(int selector, int ring, int vector) {
        if (isNull(selector)) {
            throw fault(vector, 0);
        }
        Descriptor d = fetch(selector, vector);
        if ((selector & 3) != ring || !d.writableData() || d.dpl() != ring) {
            throw fault(vector, selector);
        }
        if (!d.present()) {
            throw fault(Vector.SS, selector);
        }
        return d;
    }

    /** The descriptor for a data segment register in ring {@code ring}; {@code vector} is #GP or #TS. */
    public Descriptor data(int selector, int ring, int vector) {
        Descriptor d = fetch(selector, vector);
        if (!d.readable() || !reachable(d, selector, ring)) {
            throw fault(vector, selector);
        }
        if (!d.present()) {
            throw fault(Vector.NP, selector);
        }
        return d;
    }

    /** Whether {@code ring} with the selector's RPL may use the descriptor as data; conforming code always. */
    private static boolean reachable(Descriptor d, int selector, int ring) {
        return d.conforming() || d.dpl() >= ring && d.dpl() >= (selector & 3);
    }

    /** After a return to an outer ring: drops data segments that the new CPL may not use. */
    public void dropPrivilegedData() {
        for (int seg : new int[] {Reg.ES, Reg.DS, Reg.FS, Reg.GS}) {
            SegmentRegister register = s.segments[seg];
            boolean conforming = (register.type() & 12) == 12;
            if (!register.unusable() && !conforming && register.dpl() < s.cpl) {
                loadNull(register, 0);
            }
        }
    }

    /** LLDT. */
    public void loadLdt(int selector) {
        loadLdt(selector, Vector.GP, Vector.NP);
    }

    /** Loads LDTR, raising {@code invalid} or {@code absent} with the selector. */
    public void loadLdt(int selector, int invalid, int absent) {
        if (isNull(selector)) {
            s.ldtr.set(selector & 0xffff, 0, 0, SegmentRegister.UNUSABLE);
            return;
        }
        if ((selector & 4) != 0) {
            throw fault(invalid, selector);
        }
        Descriptor d = fetch(selector, invalid);
        if (!d.is(Descriptor.LDT)) {
            throw fault(invalid, selector);
        }
        if (!d.present()) {
            throw fault(absent, selector);
        }
        d.into(s.ldtr, selector);
    }

    /** LTR: marks the TSS busy. */
    public void loadTask(int selector) {
        if (isNull(selector) || (selector & 4) != 0) {
            throw fault(Vector.GP, selector);
        }
        Descriptor d = fetch(selector, Vector.GP);
        if (!d.tss() || d.busy()) {
            throw fault(Vector.GP, selector);
        }
        if (!d.present()) {
            throw fault(Vector.NP, selector);
        }
        enterTask(selector, d);
    }

    /** Marks the TSS busy in memory and loads TR from it. */
    public void enterTask(int selector, Descriptor d) {
        setTypeByte(selector, d.high() >>> 8 | Descriptor.BUSY);
        s.tr.set(selector & 0xffff, d.base(), d.limit(), d.rights() | Descriptor.BUSY);
    }

    /** The stack of the current TSS for {@code ring} (0-2), with every check that a ring switch makes of it. */
    public InnerStack innerStack(int ring) {
        boolean wide = (s.tr.type() & 8) != 0;
        int at = wide ? 4 + ring * 8 : 2 + ring * 4;
        int last = at + (wide ? 5 : 3);
        if (s.tr.unusable() || Integer.compareUnsigned(last, s.tr.limit) > 0) {
            throw fault(Vector.TS, s.tr.selector);
        }
        int pointer = mmu.readSystem(wide ? 32 : 16, s.tr.base + at);
        int selector = mmu.readSystem(16, s.tr.base + at + (wide ? 4 : 2));
        SegmentRegister segment = new SegmentRegister();
        load(segment, selector, stack(selector, ring, Vector.TS));
        return new InnerStack(segment, pointer);
    }

    // ---- questions

    /** LAR's answer, or -1 where the selector is not visible. */
    public int accessRights(int selector) {
        Descriptor d = visible(selector, 0b1_1010_0011_1110);
        return d == null ? -1 : d.visibleRights();
    }

    /** LSL's answer, or -1 where the selector is not visible. */
    public long segmentLimit(int selector) {
        Descriptor d = visible(selector, 0b1010_0000_1110);
        return d == null ? -1 : d.limit() & 0xffffffffL;
    }

    /** The descriptor if it may be asked about: a segment, or a system type whose bit is set in {@code systemTypes}. */
    private Descriptor visible(int selector, int systemTypes) {
        if (isNull(selector)) {
            return null;
        }
        long la = locate(selector);
        if (la < 0) {
            return null;
        }
        Descriptor d = read((int) la);
        boolean kind = !d.system() || (systemTypes & 1 << d.type()) != 0;
        return kind && reachable(d, selector, s.cpl) ? d : null;
    }

    /** VERR, or VERW where {@code write}. */
    public boolean verify(int selector, boolean write) {
        Descriptor d = visible(selector, 0);
        return d != null && (write ? d.writableData() : d.readable());
    }
}
