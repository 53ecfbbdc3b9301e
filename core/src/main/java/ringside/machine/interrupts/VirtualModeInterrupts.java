package ringside.machine.interrupts;

import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.PushFrame;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;

/** INT n in virtual-8086 mode: the IOPL check, and with CR4.VME the redirection bitmap (SDM vol. 3, section 20.3). */
final class VirtualModeInterrupts {
    private static final int IO_MAP_BASE = 0x66;
    private static final int REDIRECTION_BYTES = 32;

    private final ProcessorState s;
    private final Mmu mmu;

    VirtualModeInterrupts(ProcessorState state, Mmu mmu) {
        this.s = state;
        this.mmu = mmu;
    }

    /** Whether the 8086 program's own handler gets {@code vector}; #GP(0) where the monitor shall emulate it. */
    boolean redirects(int vector) {
        boolean toProgram = (s.cr4 & Control.CR4_VME) != 0 && !monitorWants(vector);
        if (!toProgram && s.iopl() < 3) {
            throw new GuestFault(Vector.GP, 0);
        }
        return toProgram;
    }

    private boolean monitorWants(int vector) {
        if (Integer.compareUnsigned(s.tr.limit, IO_MAP_BASE + 1) < 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        int at = mmu.readSystem(16, s.tr.base + IO_MAP_BASE) - REDIRECTION_BYTES + vector / 8;
        if (Integer.compareUnsigned(at, s.tr.limit) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        return (mmu.readSystem(8, s.tr.base + at) & 1 << (vector & 7)) != 0;
    }

    /** Enters the program's handler; with IOPL below 3 the virtual interrupt flag stands for IF. */
    int enter(Event event) {
        boolean virtualIf = s.iopl() < 3;
        int image = event.flags();
        if (virtualIf) {
            boolean enabled = (image & Eflags.VIF) != 0;
            image = image & ~Eflags.IF | Eflags.IOPL | (enabled ? Eflags.IF : 0);
        }
        int handler = mmu.readSystem(16, event.vector() * 4);
        int selector = mmu.readSystem(16, event.vector() * 4 + 2);
        PushFrame frame = new PushFrame(mmu, s.ss(), s.stackPointer(), 16, true);
        frame.push(image).push(s.cs().selector).push(event.returnEip()).checkLimit(0);
        s.stackPointer(frame.commit());
        SegmentUnit.loadVirtual8086(s.segments[Reg.CS], selector);
        s.setEflags(s.eflags() & ~(Eflags.TF | Eflags.RF | (virtualIf ? Eflags.VIF : Eflags.IF)));
        return handler;
    }
}
