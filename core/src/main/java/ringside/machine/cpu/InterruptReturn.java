package ringside.machine.cpu;

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

/** IRET in all its forms (SDM vol. 2, IRET). */
final class InterruptReturn {
    private static final int UNPRIVILEGED = Eflags.ARITHMETIC | Eflags.TF | Eflags.DF | Eflags.NT;
    private static final int HIGH_UNPRIVILEGED = Eflags.RF | Eflags.AC | Eflags.ID;
    private static final int VIRTUAL_INTERRUPTS = Eflags.VIF | Eflags.VIP;

    private final ProcessorState s;
    private final SegmentUnit segmentation;
    private final Mmu mmu;
    private final FarTransfers far;
    private final TaskSwitcher tasks;

    InterruptReturn(ProcessorState state, Mmu mmu, SegmentUnit segmentation, FarTransfers far, TaskSwitcher tasks) {
        this.s = state;
        this.mmu = mmu;
        this.segmentation = segmentation;
        this.far = far;
        this.tasks = tasks;
    }

    /** Returns by the current mode and the frame; unblocks NMIs even where it faults. */
    void execute(int opSize) {
        s.nmiBlocked = false;
        if (!s.protectedMode()) {
            int mask = UNPRIVILEGED | HIGH_UNPRIVILEGED | Eflags.IF | Eflags.IOPL;
            fromParagraphs(opSize, s.eflags(), mask);
        } else if (s.virtual8086()) {
            fromVirtual8086(opSize);
        } else if ((s.eflags() & Eflags.NT) != 0) {
            toOuterTask();
        } else {
            fromProtected(opSize);
        }
    }

    private void fromVirtual8086(int opSize) {
        if (s.iopl() == 3) {
            fromParagraphs(opSize, s.eflags(), UNPRIVILEGED | HIGH_UNPRIVILEGED | Eflags.IF);
            return;
        }
        boolean vme = (s.cr4 & Control.CR4_VME) != 0;
        if (!vme || opSize == 32) {
            throw new GuestFault(Vector.GP, 0);
        }
        int image = far.peek(16, 4);
        boolean pending = (s.eflags() & Eflags.VIP) != 0;
        if ((image & Eflags.TF) != 0 || pending && (image & Eflags.IF) != 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        int vif = (image & Eflags.IF) != 0 ? Eflags.VIF : 0;
        fromParagraphs(16, s.eflags() & ~Eflags.VIF | vif, UNPRIVILEGED);
    }

    /** IP, CS and FLAGS from the stack; EFLAGS become {@code kept} with the bits of {@code mask} from the image. */
    private void fromParagraphs(int opSize, int kept, int mask) {
        int width = opSize / 8;
        int eip = far.peek(opSize, 0);
        int selector = far.peek(opSize, width) & 0xffff;
        int image = far.peek(opSize, 2 * width);
        FarTransfers.checkOffset(eip, s.cs().limit);
        s.stackPointer(s.stackPointer() + 3 * width);
        segmentation.loadParagraph(s.cs(), selector);
        s.next = eip;
        s.setEflags(merge(kept, image, narrow(mask, opSize)));
    }

    private void toOuterTask() {
        int link = mmu.readSystem(16, s.tr.base);
        tasks.switchTask(link, TaskSwitcher.Cause.RETURN, s.next, s.eflags());
    }

    private void fromProtected(int opSize) {
        int width = opSize / 8;
        int eip = far.peek(opSize, 0);
        int selector = far.peek(opSize, width) & 0xffff;
        int image = far.peek(opSize, 2 * width);
        if (opSize == 32 && (image & Eflags.VM) != 0 && s.cpl == 0) {
            toVirtual8086(eip, selector, image);
            return;
        }
        Descriptor code = far.returnTarget(selector);
        int flags = merge(s.eflags(), image, narrow(changeable(), opSize));
        if ((selector & 3) == s.cpl) {
            FarTransfers.checkOffset(eip, code.limit());
            segmentation.markAccessed(selector, code);
            s.stackPointer(s.stackPointer() + 3 * width);
            code.into(s.cs(), selector);
            s.next = eip;
        } else {
            int pointer = far.peek(opSize, 3 * width);
            int stack = far.peek(opSize, 4 * width) & 0xffff;
            far.toOuterRing(selector, code, eip, stack, pointer);
        }
        s.setEflags(flags);
    }

    /** What the CPL before the return may change. */
    private int changeable() {
        int mask = UNPRIVILEGED | HIGH_UNPRIVILEGED;
        mask |= s.cpl <= s.iopl() ? Eflags.IF : 0;
        mask |= s.cpl == 0 ? Eflags.IOPL | VIRTUAL_INTERRUPTS : 0;
        return mask;
    }

    private void toVirtual8086(int eip, int selector, int image) {
        int pointer = far.peek(32, 12);
        int[] selectors = new int[6];
        selectors[Reg.CS] = selector;
        selectors[Reg.SS] = far.peek(32, 16);
        selectors[Reg.ES] = far.peek(32, 20);
        selectors[Reg.DS] = far.peek(32, 24);
        selectors[Reg.FS] = far.peek(32, 28);
        selectors[Reg.GS] = far.peek(32, 32);
        FarTransfers.checkOffset(eip, 0xffff);
        for (int seg = 0; seg < selectors.length; seg++) {
            SegmentUnit.loadVirtual8086(s.segments[seg], selectors[seg]);
        }
        s.r[Reg.ESP] = pointer;
        s.next = eip;
        s.cpl = 3;
        int mask = UNPRIVILEGED | HIGH_UNPRIVILEGED | VIRTUAL_INTERRUPTS | Eflags.IF | Eflags.IOPL | Eflags.VM;
        s.setEflags(merge(s.eflags(), image, mask));
    }

    private static int narrow(int mask, int opSize) {
        return opSize == 16 ? mask & 0xffff : mask;
    }

    private static int merge(int old, int image, int mask) {
        return old & ~mask | image & mask;
    }
}
