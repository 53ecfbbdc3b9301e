package ringside.machine.state;

import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.arch.Eflags;
import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.isa.CpuPort;

/**
 * Every register of the processor, hidden parts included, as data.
 *
 * <p>The units above (MMU, segmentation, event delivery) work on this; {@code Cpu} completes it. What a field change
 * implies (a flush, a new mode) is the business of whoever changes it: see the setters in {@code Cpu}.
 */
public abstract class ProcessorState extends CpuPort implements Stateful {
    /** EIP of the instruction in progress, or of the next one between instructions. */
    public int eip;

    public final SegmentRegister[] segments = new SegmentRegister[6];
    public final SegmentRegister ldtr = new SegmentRegister();
    public final SegmentRegister tr = new SegmentRegister();
    public final TableRegister gdtr = new TableRegister();
    public final TableRegister idtr = new TableRegister();

    public int cr0;
    public int cr2;
    /** CR2 as it was before the page fault in flight: a VM exit takes the fault away and CR2's change with it. */
    public int cr2Before;

    public int cr3;
    public int cr4;
    public final int[] dr = new int[8];
    public long efer;
    public int sysenterCs;
    public int sysenterEsp;
    public int sysenterEip;
    /** Added to virtual time to give the time-stamp counter. */
    public long tscOffset;
    /** PAE page-directory-pointer entries, loaded with CR3. */
    public final long[] pdpte = new long[4];

    /** Current privilege level, 3 in virtual-8086 mode. */
    public int cpl;
    /** In HLT. */
    public boolean halted;
    /** After a triple fault. */
    public boolean shutdown;
    /** Interrupts are held off until the next instruction is done (STI, MOV SS). */
    public boolean interruptShadow;
    /** Debug traps too (MOV SS, POP SS). */
    public boolean debugShadow;
    /** DR6 bits of debug traps found by the instruction in progress, to be delivered after it. */
    public int pendingDebug;

    public boolean nmiPending;
    public boolean nmiBlocked;
    /** Guest instructions retired since reset. */
    public long retired;

    private final CpuModel model;

    protected ProcessorState(CpuModel model) {
        this.model = model;
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new SegmentRegister();
        }
    }

    public final CpuModel model() {
        return model;
    }

    @Override
    public final boolean has(Feature feature) {
        return model.has(feature);
    }

    @Override
    public final int cpl() {
        return cpl;
    }

    @Override
    public final boolean protectedMode() {
        return (cr0 & Control.CR0_PE) != 0;
    }

    @Override
    public final boolean virtual8086() {
        return (flagBits & Eflags.VM) != 0;
    }

    /**
     * To be called after CPL, EFLAGS (IF, TF, VM, AC, IOPL), CR0, CR4 or a debug register was changed by assignment: the
     * processor selects its translation maps and looks at pending events anew.
     */
    public abstract void modeChanged();

    /** Sets CPL and lets the processor notice. */
    public final void enterRing(int ring) {
        cpl = ring;
        modeChanged();
    }

    public final boolean paging() {
        return cr0 < 0;
    }

    /** EFLAGS.IF, without computing the arithmetic flags. */
    public final boolean interruptsEnabled() {
        return (flagBits & Eflags.IF) != 0;
    }

    /** Bits of EFLAGS outside the arithmetic ones, without computing those. */
    public final int systemFlags() {
        return flagBits & ~Eflags.ARITHMETIC;
    }

    @Override
    public final int selector(int seg) {
        return segments[seg].selector;
    }

    public final SegmentRegister cs() {
        return segments[Reg.CS];
    }

    public final SegmentRegister ss() {
        return segments[Reg.SS];
    }

    @Override
    public String stateName() {
        return "cpu";
    }

    @Override
    public void visit(StateVisitor v) {
        v.ints("r", r);
        eip = v.int32("eip", eip);
        flagBits = v.int32("eflags", eflags());
        for (int i = 0; i < segments.length; i++) {
            segments[i].visit(Reg.SEGMENTS[i], v);
        }
        ldtr.visit("ldtr", v);
        tr.visit("tr", v);
        gdtr.visit("gdtr", v);
        idtr.visit("idtr", v);
        cr0 = v.int32("cr0", cr0);
        cr2 = v.int32("cr2", cr2);
        cr3 = v.int32("cr3", cr3);
        cr4 = v.int32("cr4", cr4);
        v.ints("dr", dr);
        efer = v.int64("efer", efer);
        sysenterCs = v.int32("sysenterCs", sysenterCs);
        sysenterEsp = v.int32("sysenterEsp", sysenterEsp);
        sysenterEip = v.int32("sysenterEip", sysenterEip);
        tscOffset = v.int64("tscOffset", tscOffset);
        for (int i = 0; i < pdpte.length; i++) {
            pdpte[i] = v.int64("pdpte" + i, pdpte[i]);
        }
        cpl = v.int32("cpl", cpl);
        halted = v.flag("halted", halted);
        shutdown = v.flag("shutdown", shutdown);
        interruptShadow = v.flag("interruptShadow", interruptShadow);
        debugShadow = v.flag("debugShadow", debugShadow);
        pendingDebug = v.int32("pendingDebug", pendingDebug);
        nmiPending = v.flag("nmiPending", nmiPending);
        nmiBlocked = v.flag("nmiBlocked", nmiBlocked);
        retired = v.int64("retired", retired);
    }
}
