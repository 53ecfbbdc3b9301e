package ringside.machine.cpu;

import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.interrupts.TaskSwitcher;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.segmentation.InnerStack;
import ringside.machine.segmentation.PushFrame;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;

/** Far JMP, CALL and RET: through code segments, call gates, task gates and TSS selectors (SDM vol. 3, section 5.8). */
final class FarTransfers {
    private final ProcessorState s;
    private final Mmu mmu;
    private final SegmentUnit segmentation;
    private final TaskSwitcher tasks;

    FarTransfers(ProcessorState state, Mmu mmu, SegmentUnit segmentation, TaskSwitcher tasks) {
        this.s = state;
        this.mmu = mmu;
        this.segmentation = segmentation;
        this.tasks = tasks;
    }

    void jump(int opSize, int selector, int offset) {
        int target = opSize == 16 ? offset & 0xffff : offset;
        if (segmentation.paragraphs()) {
            checkOffset(target, s.cs().limit);
            segmentation.loadParagraph(s.cs(), selector);
            s.next = target;
            return;
        }
        Descriptor d = destination(selector);
        if (d.code()) {
            checkDirect(selector, d);
            checkOffset(target, d.limit());
            enterCode(selector, d, target);
        } else if (d.is(Descriptor.CALL_GATE_16) || d.is(Descriptor.CALL_GATE_32)) {
            checkGate(selector, d);
            int through = d.gateSelector();
            Descriptor code = gateTarget(through);
            boolean level = code.conforming() ? code.dpl() <= s.cpl : code.dpl() == s.cpl;
            checkTarget(level, through, code);
            checkOffset(d.gateOffset(), code.limit());
            enterCode(through, code, d.gateOffset());
        } else {
            switchTask(selector, d, TaskSwitcher.Cause.JUMP);
        }
    }

    void call(int opSize, int selector, int offset) {
        int target = opSize == 16 ? offset & 0xffff : offset;
        if (segmentation.paragraphs()) {
            PushFrame frame = returnAddress(opSize);
            checkOffset(target, s.cs().limit);
            s.stackPointer(frame.commit());
            segmentation.loadParagraph(s.cs(), selector);
            s.next = target;
            return;
        }
        Descriptor d = destination(selector);
        if (d.code()) {
            checkDirect(selector, d);
            callSameRing(opSize, selector, d, target);
        } else if (d.is(Descriptor.CALL_GATE_16) || d.is(Descriptor.CALL_GATE_32)) {
            checkGate(selector, d);
            callGate(d);
        } else {
            switchTask(selector, d, TaskSwitcher.Cause.CALL);
        }
    }

    /** RETF: {@code release} bytes of parameters are dropped from the stack, from both on a ring change. */
    void returnFar(int opSize, int release) {
        int width = opSize / 8;
        int eip = peek(opSize, 0);
        int selector = peek(opSize, width) & 0xffff;
        if (segmentation.paragraphs()) {
            checkOffset(eip, s.cs().limit);
            s.stackPointer(s.stackPointer() + 2 * width + release);
            segmentation.loadParagraph(s.cs(), selector);
            s.next = eip;
            return;
        }
        Descriptor code = returnTarget(selector);
        if ((selector & 3) == s.cpl) {
            checkOffset(eip, code.limit());
            segmentation.markAccessed(selector, code);
            s.stackPointer(s.stackPointer() + 2 * width + release);
            code.into(s.cs(), selector);
            s.next = eip;
        } else {
            int newPointer = peek(opSize, 2 * width + release);
            int stack = peek(opSize, 3 * width + release) & 0xffff;
            toOuterRing(selector, code, eip, stack, newPointer);
            s.stackPointer(s.stackPointer() + release);
        }
    }

    // ---- shared with IRET

    /** Reads {@code offset} bytes above the stack's top without moving it. */
    int peek(int bits, int offset) {
        int at = s.stackPointer() + offset;
        return s.load(bits, Reg.SS, s.ss().big ? at : at & 0xffff);
    }

    /** The code segment a RETF or IRET leads to, checked up to presence. */
    Descriptor returnTarget(int selector) {
        if (SegmentUnit.isNull(selector)) {
            throw new GuestFault(Vector.GP, 0);
        }
        Descriptor code = segmentation.fetch(selector, Vector.GP);
        int rpl = selector & 3;
        boolean privilege = rpl >= s.cpl && (code.conforming() ? code.dpl() <= rpl : code.dpl() == rpl);
        checkTarget(code.code() && privilege, selector, code);
        return code;
    }

    /** Enters an outer ring with its stack; data segments that it may not use are dropped. */
    void toOuterRing(int selector, Descriptor code, int eip, int stackSelector, int pointer) {
        int ring = selector & 3;
        Descriptor stack = segmentation.stack(stackSelector, ring, Vector.GP);
        checkOffset(eip, code.limit());
        segmentation.markAccessed(stackSelector, stack);
        segmentation.markAccessed(selector, code);
        code.into(s.cs(), selector);
        stack.into(s.ss(), stackSelector);
        s.stackPointer(pointer);
        s.next = eip;
        s.enterRing(ring);
        segmentation.dropPrivilegedData();
    }

    /** #GP(0) where {@code eip} is beyond {@code limit}. */
    static void checkOffset(int eip, int limit) {
        if (Integer.compareUnsigned(eip, limit) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    // ---- the cases of JMP and CALL

    private Descriptor destination(int selector) {
        if (SegmentUnit.isNull(selector)) {
            throw new GuestFault(Vector.GP, 0);
        }
        return segmentation.fetch(selector, Vector.GP);
    }

    private void checkDirect(int selector, Descriptor code) {
        boolean privilege = code.conforming() ? code.dpl() <= s.cpl : code.dpl() == s.cpl && (selector & 3) <= s.cpl;
        checkTarget(privilege, selector, code);
    }

    private static void checkTarget(boolean permitted, int selector, Descriptor code) {
        if (!permitted) {
            throw SegmentUnit.fault(Vector.GP, selector);
        }
        if (!code.present()) {
            throw SegmentUnit.fault(Vector.NP, selector);
        }
    }

    private void enterCode(int selector, Descriptor code, int eip) {
        segmentation.markAccessed(selector, code);
        code.into(s.cs(), selector & ~3 | s.cpl);
        s.next = eip;
    }

    /** A checked frame with CS and the return EIP on the current stack. */
    private PushFrame returnAddress(int bits) {
        PushFrame frame = new PushFrame(mmu, s.ss(), s.stackPointer(), bits, s.cpl == 3);
        frame.push(s.cs().selector).push(s.next).checkLimit(0);
        return frame;
    }

    private void callSameRing(int bits, int selector, Descriptor code, int eip) {
        PushFrame frame = returnAddress(bits);
        checkOffset(eip, code.limit());
        segmentation.markAccessed(selector, code);
        s.stackPointer(frame.commit());
        code.into(s.cs(), selector & ~3 | s.cpl);
        s.next = eip;
    }

    // ---- gates

    private void checkGate(int selector, Descriptor gate) {
        if (gate.dpl() < s.cpl || gate.dpl() < (selector & 3)) {
            throw SegmentUnit.fault(Vector.GP, selector);
        }
        if (!gate.present()) {
            throw SegmentUnit.fault(Vector.NP, selector);
        }
    }

    private Descriptor gateTarget(int selector) {
        Descriptor code = destination(selector);
        if (!code.code() || code.dpl() > s.cpl) {
            throw SegmentUnit.fault(Vector.GP, selector);
        }
        return code;
    }

    private void callGate(Descriptor gate) {
        int selector = gate.gateSelector();
        Descriptor code = gateTarget(selector);
        checkTarget(true, selector, code);
        int bits = gate.wide() ? 32 : 16;
        if (code.conforming() || code.dpl() == s.cpl) {
            callSameRing(bits, selector, code, gate.gateOffset());
            return;
        }
        int ring = code.dpl();
        InnerStack stack = segmentation.innerStack(ring);
        PushFrame frame = new PushFrame(mmu, stack.segment(), stack.pointer(), bits, false);
        frame.push(s.ss().selector).push(s.r[Reg.ESP]);
        for (int i = gate.gateParameters() - 1; i >= 0; i--) {
            frame.push(peek(bits, i * bits / 8));
        }
        frame.push(s.cs().selector).push(s.next).checkLimit(stack.errorCode());
        checkOffset(gate.gateOffset(), code.limit());
        segmentation.markAccessed(selector, code);
        int pointer = frame.commit();
        s.ss().copy(stack.segment());
        s.stackPointer(pointer);
        code.into(s.cs(), selector & ~3 | ring);
        s.next = gate.gateOffset();
        s.enterRing(ring);
    }

    private void switchTask(int selector, Descriptor d, TaskSwitcher.Cause cause) {
        if (d.is(Descriptor.TASK_GATE)) {
            checkGate(selector, d);
            tasks.switchTask(d.gateSelector(), cause, s.next, s.eflags());
        } else if (d.tss() && d.dpl() >= s.cpl && d.dpl() >= (selector & 3)) {
            tasks.switchTask(selector, cause, s.next, s.eflags());
        } else {
            throw SegmentUnit.fault(Vector.GP, selector);
        }
    }
}
