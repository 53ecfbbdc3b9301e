package ringside.machine.interrupts;

import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.segmentation.InnerStack;
import ringside.machine.segmentation.PushFrame;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;
import ringside.machine.state.SegmentRegister;

/** Delivery through the IDT in protected and virtual-8086 mode: interrupt, trap and task gates (SDM vol. 2, INT n). */
final class GateDelivery {
    private static final int IN_IDT = 2;
    private static final int CLEARED = Eflags.TF | Eflags.NT | Eflags.VM | Eflags.RF;

    private final ProcessorState s;
    private final Mmu mmu;
    private final SegmentUnit segmentation;
    private final TaskSwitcher tasks;

    GateDelivery(ProcessorState state, Mmu mmu, SegmentUnit segmentation, TaskSwitcher tasks) {
        this.s = state;
        this.mmu = mmu;
        this.segmentation = segmentation;
        this.tasks = tasks;
    }

    /** Carries out the event and returns the handler's EIP. */
    int enter(Event event) {
        Descriptor gate = gate(event);
        if (gate.is(Descriptor.TASK_GATE)) {
            return throughTask(event, gate);
        }
        int selector = gate.gateSelector();
        Descriptor code = handlerCode(selector);
        if (code.conforming() || code.dpl() == s.cpl) {
            if (s.virtual8086()) {
                throw SegmentUnit.fault(Vector.GP, selector);
            }
            return sameRing(event, gate, selector, code);
        }
        if (s.virtual8086() && code.dpl() != 0) {
            throw SegmentUnit.fault(Vector.GP, selector);
        }
        return innerRing(event, gate, selector, code);
    }

    private Descriptor gate(Event event) {
        int error = event.vector() * 8 + IN_IDT;
        if (event.vector() * 8 + 7 > s.idtr.limit) {
            throw new GuestFault(Vector.GP, error);
        }
        Descriptor gate = segmentation.read(s.idtr.base + event.vector() * 8);
        boolean kind = gate.is(Descriptor.TASK_GATE)
                || gate.is(Descriptor.INTERRUPT_GATE_16)
                || gate.is(Descriptor.TRAP_GATE_16)
                || gate.is(Descriptor.INTERRUPT_GATE_32)
                || gate.is(Descriptor.TRAP_GATE_32);
        if (!kind || event.checksDpl() && gate.dpl() < s.cpl) {
            throw new GuestFault(Vector.GP, error);
        }
        if (!gate.present()) {
            throw new GuestFault(Vector.NP, error);
        }
        return gate;
    }

    private Descriptor handlerCode(int selector) {
        if (SegmentUnit.isNull(selector)) {
            throw new GuestFault(Vector.GP, 0);
        }
        Descriptor code = segmentation.fetch(selector, Vector.GP);
        if (!code.code() || code.dpl() > s.cpl) {
            throw SegmentUnit.fault(Vector.GP, selector);
        }
        if (!code.present()) {
            throw SegmentUnit.fault(Vector.NP, selector);
        }
        return code;
    }

    private int sameRing(Event event, Descriptor gate, int selector, Descriptor code) {
        PushFrame frame = new PushFrame(mmu, s.ss(), s.stackPointer(), width(gate), s.cpl == 3);
        returnFrame(frame, event).checkLimit(0);
        checkEntry(gate, code);
        segmentation.markAccessed(selector, code);
        s.stackPointer(frame.commit());
        code.into(s.cs(), selector & ~3 | s.cpl);
        maskFlags(gate);
        return gate.gateOffset();
    }

    private int innerRing(Event event, Descriptor gate, int selector, Descriptor code) {
        InnerStack stack = segmentation.innerStack(code.dpl());
        PushFrame frame = new PushFrame(mmu, stack.segment(), stack.pointer(), width(gate), false);
        if (s.virtual8086()) {
            frame.push(s.selector(Reg.GS))
                    .push(s.selector(Reg.FS))
                    .push(s.selector(Reg.DS))
                    .push(s.selector(Reg.ES));
        }
        frame.push(s.ss().selector).push(s.r[Reg.ESP]);
        returnFrame(frame, event).checkLimit(stack.errorCode());
        checkEntry(gate, code);
        segmentation.markAccessed(selector, code);
        int pointer = frame.commit();
        if (s.virtual8086()) {
            for (int seg : new int[] {Reg.ES, Reg.DS, Reg.FS, Reg.GS}) {
                SegmentUnit.loadNull(s.segments[seg], 0);
            }
        }
        s.ss().copy(stack.segment());
        s.stackPointer(pointer);
        code.into(s.cs(), selector & ~3 | code.dpl());
        s.cpl = code.dpl();
        maskFlags(gate);
        return gate.gateOffset();
    }

    private static int width(Descriptor gate) {
        return gate.wide() ? 32 : 16;
    }

    private PushFrame returnFrame(PushFrame frame, Event event) {
        frame.push(event.flags()).push(s.cs().selector).push(event.returnEip());
        return event.hasError() ? frame.push(event.errorCode()) : frame;
    }

    private static void checkEntry(Descriptor gate, Descriptor code) {
        if (Integer.compareUnsigned(gate.gateOffset(), code.limit()) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    private void maskFlags(Descriptor gate) {
        boolean interrupt = (gate.type() & 1) == 0;
        s.setEflags(s.eflags() & ~(CLEARED | (interrupt ? Eflags.IF : 0)));
    }

    /** The error code, if any, goes on the new task's stack; from the switch on, faults are the new task's. */
    private int throughTask(Event event, Descriptor gate) {
        boolean wide =
                tasks.switchTask(gate.gateSelector(), TaskSwitcher.Cause.EVENT, event.returnEip(), event.flags());
        if (event.hasError()) {
            SegmentRegister stack = s.ss();
            PushFrame frame = new PushFrame(mmu, stack, s.stackPointer(), wide ? 32 : 16, s.cpl == 3);
            frame.push(event.errorCode()).checkLimit(0);
            s.stackPointer(frame.commit());
        }
        return s.eip;
    }
}
