package ringside.machine.cpu;

import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;
import ringside.machine.state.SegmentRegister;

/** SYSENTER and SYSEXIT: flat segments derived from one MSR, no descriptor is read (SDM vol. 3, section 5.8.7). */
final class FastSystemCalls {
    private static final int FLAT_CODE = 0xc09b;
    private static final int FLAT_STACK = 0xc093;

    private final ProcessorState s;

    FastSystemCalls(ProcessorState state) {
        this.s = state;
    }

    void enter() {
        if (!s.protectedMode() || SegmentUnit.isNull(s.sysenterCs)) {
            throw new GuestFault(Vector.GP, 0);
        }
        int code = s.sysenterCs & 0xfffc;
        flat(s.cs(), code, FLAT_CODE, 0);
        flat(s.ss(), code + 8, FLAT_STACK, 0);
        s.r[Reg.ESP] = s.sysenterEsp;
        s.next = s.sysenterEip;
        s.cpl = 0;
        s.setEflags(s.eflags() & ~(Eflags.VM | Eflags.IF | Eflags.RF));
    }

    /** To ring 3 at EDX with the stack at ECX. */
    void exit() {
        if (!s.protectedMode() || s.cpl != 0 || SegmentUnit.isNull(s.sysenterCs)) {
            throw new GuestFault(Vector.GP, 0);
        }
        int code = s.sysenterCs & 0xfffc;
        flat(s.cs(), code + 16 | 3, FLAT_CODE, 3);
        flat(s.ss(), code + 24 | 3, FLAT_STACK, 3);
        s.r[Reg.ESP] = s.r[Reg.ECX];
        s.next = s.r[Reg.EDX];
        s.enterRing(3);
    }

    private static void flat(SegmentRegister register, int selector, int rights, int ring) {
        register.set(selector & 0xffff, 0, -1, rights | ring << 5);
    }
}
