package ringside.machine.cpu;

import java.util.function.BiConsumer;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.interrupts.TaskSwitcher;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;
import ringside.machine.state.SegmentRegister;

/**
 * The hardware task switch (SDM vol. 3, section 7.3).
 *
 * <p>Before the commit every byte it will read or write has been touched, so that a fault belongs to the old task. From
 * then on the state is the new task's, EIP included, and its segments are loaded one by one: a fault there is raised
 * with the registers not yet loaded marked unusable.
 */
final class TaskSwitch implements TaskSwitcher {
    private static final int BREAKPOINTS_OF_TASK = 0x155;
    private static final int DR6_BT = 1 << 15;
    private static final int FLAGS_OF_TASK = Eflags.ARITHMETIC
            | Eflags.TF
            | Eflags.IF
            | Eflags.DF
            | Eflags.IOPL
            | Eflags.NT
            | Eflags.RF
            | Eflags.VM
            | Eflags.AC
            | Eflags.VIF
            | Eflags.VIP
            | Eflags.ID;

    private final ProcessorState s;
    private final Mmu mmu;
    private final SegmentUnit segmentation;
    private final BiConsumer<Integer, Cause> watch;

    /** @param watch told of each switch once its target has been checked; hardware assist exits there */
    TaskSwitch(ProcessorState state, Mmu mmu, SegmentUnit segmentation, BiConsumer<Integer, Cause> watch) {
        this.watch = watch;
        this.s = state;
        this.mmu = mmu;
        this.segmentation = segmentation;
    }

    @Override
    public boolean switchTask(int selector, Cause cause, int savedEip, int savedFlags) {
        Descriptor tss = check(selector, cause);
        watch.accept(selector, cause);
        TaskImage image = TaskImage.read(mmu, tss);
        probe(selector, tss, cause);
        leave(cause, savedEip, savedFlags);
        if (cause.nests()) {
            mmu.writeSystem(16, tss.base(), s.tr.selector);
        }
        segmentation.enterTask(selector, tss);
        enter(image, cause);
        return tss.wide();
    }

    private Descriptor check(int selector, Cause cause) {
        boolean returning = cause == Cause.RETURN;
        int invalid = returning ? Vector.TS : Vector.GP;
        if ((selector & 4) != 0 || SegmentUnit.isNull(selector)) {
            throw SegmentUnit.fault(invalid, selector);
        }
        Descriptor tss = segmentation.fetch(selector, invalid);
        if (!tss.tss() || tss.busy() != returning) {
            throw SegmentUnit.fault(invalid, selector);
        }
        if (!tss.present()) {
            throw SegmentUnit.fault(Vector.NP, selector);
        }
        if (Integer.compareUnsigned(tss.limit(), TaskImage.lastByte(tss.wide())) < 0) {
            throw SegmentUnit.fault(Vector.TS, selector);
        }
        return tss;
    }

    /** Raises the #PF that any write before the commit would raise. */
    private void probe(int selector, Descriptor tss, Cause cause) {
        boolean wide = oldTaskWide();
        mmu.probeWrite(s.tr.base + TaskImage.firstSaved(wide), 1, false);
        mmu.probeWrite(s.tr.base + TaskImage.lastSaved(wide), 1, false);
        mmu.probeWrite((int) segmentation.locate(selector) + 5, 1, false);
        if (cause.nests()) {
            mmu.probeWrite(tss.base(), 2, false);
        } else {
            mmu.probeWrite((int) segmentation.locate(s.tr.selector) + 5, 1, false);
        }
    }

    private boolean oldTaskWide() {
        return (s.tr.type() & 8) != 0;
    }

    private void leave(Cause cause, int savedEip, int savedFlags) {
        if (!cause.nests()) {
            int old = s.tr.selector;
            segmentation.setTypeByte(old, segmentation.fetch(old, Vector.TS).high() >>> 8 & ~Descriptor.BUSY);
        }
        int flags = cause == Cause.RETURN ? savedFlags & ~Eflags.NT : savedFlags;
        TaskImage.save(mmu, s, oldTaskWide(), savedEip, flags);
    }

    /** Loads what cannot fault, then the segments. */
    private void enter(TaskImage image, Cause cause) {
        s.eip = image.eip();
        s.next = image.eip();
        System.arraycopy(image.registers(), 0, s.r, 0, s.r.length);
        for (int seg = 0; seg < s.segments.length; seg++) {
            s.segments[seg].set(image.selectors()[seg], 0, 0, SegmentRegister.UNUSABLE);
        }
        s.ldtr.set(image.ldt(), 0, 0, SegmentRegister.UNUSABLE);
        s.cr0 |= Control.CR0_TS;
        s.dr[7] &= ~BREAKPOINTS_OF_TASK;
        boolean v86 = (image.flags() & Eflags.VM) != 0;
        s.cpl = v86 ? 3 : image.selectors()[Reg.CS] & 3;
        int nested = cause.nests() ? Eflags.NT : 0;
        s.setEflags(image.flags() & FLAGS_OF_TASK | nested | Eflags.ALWAYS_ONE);
        s.modeChanged();
        loadPageDirectory(image);
        segmentation.loadLdt(image.ldt(), Vector.TS, Vector.TS);
        if (v86) {
            for (int seg = 0; seg < s.segments.length; seg++) {
                SegmentUnit.loadVirtual8086(s.segments[seg], image.selectors()[seg]);
            }
        } else {
            loadSegments(image.selectors());
        }
        if (image.debugTrap()) {
            s.pendingDebug |= DR6_BT;
            s.modeChanged();
        }
        if (Integer.compareUnsigned(image.eip(), s.cs().limit) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    private void loadPageDirectory(TaskImage image) {
        if (image.wide() && s.paging()) {
            if ((s.cr4 & Control.CR4_PAE) != 0) {
                mmu.loadPdptes(image.cr3());
            }
            s.cr3 = image.cr3();
            mmu.flushNonGlobal();
        }
    }

    private void loadSegments(int[] selectors) {
        loadCode(selectors[Reg.CS]);
        int stack = selectors[Reg.SS];
        segmentation.load(s.ss(), stack, segmentation.stack(stack, s.cpl, Vector.TS));
        for (int seg : new int[] {Reg.ES, Reg.DS, Reg.FS, Reg.GS}) {
            int selector = selectors[seg];
            if (SegmentUnit.isNull(selector)) {
                SegmentUnit.loadNull(s.segments[seg], selector);
            } else {
                segmentation.load(s.segments[seg], selector, segmentation.data(selector, s.cpl, Vector.TS));
            }
        }
    }

    private void loadCode(int selector) {
        if (SegmentUnit.isNull(selector)) {
            throw new GuestFault(Vector.TS, 0);
        }
        Descriptor code = segmentation.fetch(selector, Vector.TS);
        boolean privilege = code.conforming() ? code.dpl() <= s.cpl : code.dpl() == s.cpl;
        if (!code.code() || !privilege) {
            throw SegmentUnit.fault(Vector.TS, selector);
        }
        if (!code.present()) {
            throw SegmentUnit.fault(Vector.NP, selector);
        }
        segmentation.load(s.cs(), selector, code);
    }
}
