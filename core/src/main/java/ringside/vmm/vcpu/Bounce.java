package ringside.vmm.vcpu;

import java.util.OptionalInt;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.cpu.Cpu;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.segmentation.PushFrame;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.SegmentRegister;

/**
 * Gives an event to a kernel in ring 1 that knows its VMM: the frame that a gate would push, on the kernel's stack, and
 * then the handler. What it knows of gates and stacks comes from its caller, not from tables in guest memory.
 */
public final class Bounce {
    private static final int RING = 1;
    private static final int CLEARED = Eflags.TF | Eflags.NT | Eflags.VM | Eflags.RF;

    private final VirtualProcessor guest;
    private final Cpu cpu;
    private final SegmentUnit segmentation;

    public Bounce(VirtualProcessor guest) {
        this.guest = guest;
        this.cpu = guest.state();
        this.segmentation = new SegmentUnit(cpu, cpu.mmu);
    }

    /** Where an event is handled: CS and EIP. */
    public record Handler(int selector, int offset) {}

    /** The kernel's stack for an event in ring 3: SS and ESP. */
    public record Stack(int selector, int pointer) {}

    /**
     * Enters {@code handler}; throws what stands against it, nothing changed then.
     *
     * @param flags the EFLAGS of the frame
     * @param error the error code of the frame, if it has one
     */
    public void enter(Handler handler, Stack stack, int flags, OptionalInt error) {
        guest.protectCode();
        Descriptor code = code(handler);
        boolean inner = cpu.cpl != RING;
        SegmentRegister ss = inner ? load(stack) : cpu.ss();
        PushFrame frame = new PushFrame(cpu.mmu, ss, inner ? stack.pointer() : cpu.stackPointer(), 32, false);
        if (inner) {
            frame.push(cpu.selector(Reg.SS)).push(cpu.r[Reg.ESP]);
        }
        frame.push(flags).push(cpu.selector(Reg.CS)).push(cpu.eip);
        error.ifPresent(frame::push);
        frame.checkLimit(0);
        int pointer = frame.commit();
        segmentation.markAccessed(handler.selector(), code);
        if (inner) {
            cpu.ss().copy(ss);
            cpu.cpl = RING;
        }
        cpu.stackPointer(pointer);
        code.into(cpu.cs(), handler.selector() & ~3 | RING);
        cpu.eip = handler.offset();
        cpu.next = cpu.eip;
        cpu.setEflags(cpu.eflags() & ~CLEARED);
        cpu.modeChanged();
    }

    private Descriptor code(Handler handler) {
        Descriptor code = segmentation.fetch(handler.selector(), Vector.GP);
        if (!code.code() || code.conforming() || code.dpl() != RING) {
            throw SegmentUnit.fault(Vector.GP, handler.selector());
        }
        if (!code.present()) {
            throw SegmentUnit.fault(Vector.NP, handler.selector());
        }
        if (Integer.compareUnsigned(handler.offset(), code.limit()) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        return code;
    }

    private SegmentRegister load(Stack stack) {
        SegmentRegister segment = new SegmentRegister();
        segmentation.load(segment, stack.selector(), segmentation.stack(stack.selector(), RING, Vector.TS));
        return segment;
    }
}
