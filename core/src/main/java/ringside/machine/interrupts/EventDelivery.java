package ringside.machine.interrupts;

import ringside.arch.Eflags;
import ringside.arch.Vector;
import ringside.isa.CpuPort.SoftwareInterrupt;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.PushFrame;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;

/** Delivers events in every mode and combines the faults that delivery itself raises. */
public final class EventDelivery {
    private static final int NO_EXCEPTION = -1;
    private static final int SHUTDOWN = -1;

    private final ProcessorState s;
    private final Mmu mmu;
    private final GateDelivery gates;
    private final VirtualModeInterrupts virtualMode;
    private EventWatch watch;
    /** The software interrupt whose delivery raised the fault that comes next, or null. */
    private Event faulted;

    public EventDelivery(ProcessorState state, Mmu mmu, SegmentUnit segmentation, TaskSwitcher tasks) {
        this.s = state;
        this.mmu = mmu;
        this.gates = new GateDelivery(state, mmu, segmentation, tasks);
        this.virtualMode = new VirtualModeInterrupts(state, mmu);
    }

    /** Who sees events first; null in root operation. */
    public void watch(EventWatch eventWatch) {
        watch = eventWatch;
        faulted = null;
    }

    // ---- what the engine calls, between instructions or after a fault

    /**
     * Delivers an exception that interrupts {@code state.eip}; afterwards {@code eip} is the handler's.
     *
     * <p>Faults on the way are combined as SDM vol. 3, table 6-5 says; the end of that road is {@code state.shutdown}.
     */
    public void exception(int vector, int errorCode) {
        Event during = faulted;
        faulted = null;
        deliver(Event.exception(vector, errorCode, s.eip, s.eflags()), vector, during);
    }

    /** Delivers an external interrupt, as {@link #exception} does an exception. */
    public void external(int vector) {
        deliver(Event.interrupt(EventWatch.Type.EXTERNAL, vector, s.eip, s.eflags()), NO_EXCEPTION, null);
    }

    /** Delivers the pending non-maskable interrupt and blocks further ones until IRET. */
    public void nmi() {
        s.nmiPending = false;
        s.nmiBlocked = true;
        deliver(Event.interrupt(EventWatch.Type.NMI, Vector.NMI, s.eip, s.eflags()), NO_EXCEPTION, null);
    }

    /**
     * Delivers an event that VM entry injects: the watch does not see it, only what its delivery raises.
     *
     * @param length bytes of the instruction, for software events: the frame's EIP lies behind it
     */
    public void inject(EventWatch.Occurrence o, int length) {
        Event event = switch (o.type()) {
            case EXTERNAL, NMI -> Event.interrupt(o.type(), o.vector(), s.eip, s.eflags());
            case EXCEPTION -> Event.exception(o.vector(), o.errorCode(), s.eip, s.eflags());
            case SOFTWARE_INTERRUPT -> Event.software(o.vector(), SoftwareInterrupt.INT_N, s.eip + length, s.eflags());
            case PRIVILEGED_SOFTWARE_EXCEPTION ->
                Event.software(o.vector(), SoftwareInterrupt.INT1, s.eip + length, s.eflags());
            case SOFTWARE_EXCEPTION -> Event.software(o.vector(), SoftwareInterrupt.INT3, s.eip + length, s.eflags());
        };
        boolean exception = o.type() == EventWatch.Type.EXCEPTION;
        attempt(event, exception ? o.vector() : NO_EXCEPTION);
    }

    private void deliver(Event first, int firstCause, Event during) {
        offer(first, during);
        attempt(first, firstCause);
    }

    private void offer(Event event, Event during) {
        if (watch != null) {
            watch.deliver(event.occurrence(), during == null ? null : during.occurrence());
        }
    }

    private void attempt(Event first, int firstCause) {
        s.halted = false;
        s.interruptShadow = false;
        s.debugShadow = false;
        Event event = first;
        int cause = firstCause;
        while (true) {
            try {
                s.eip = enter(event);
                if (watch != null) {
                    watch.delivered();
                }
                return;
            } catch (GuestFault fault) {
                Event during = event;
                boolean again = during.isException(fault.vector) && combine(fault.vector, fault.vector) == fault.vector;
                // an assist judges the fault by its own vector before it becomes a double fault
                event = Event.exception(fault.vector, fault.errorCode, s.eip, s.eflags());
                offer(event, during);
                cause = combine(cause, fault.vector);
                if (again) {
                    // #AC while #AC is delivered: a processor would go on for ever; the engine counts and gives up
                    return;
                }
                if (cause == SHUTDOWN) {
                    shutDown(during);
                    return;
                }
                if (cause != fault.vector) {
                    event = Event.exception(cause, 0, s.eip, s.eflags());
                    offer(event, during);
                }
            }
        }
    }

    private void shutDown(Event during) {
        if (watch != null) {
            watch.tripleFault(during.occurrence());
        }
        s.shutdown = true;
    }

    /** What is delivered when {@code second} is raised while {@code first} is being delivered. */
    private static int combine(int first, int second) {
        boolean serious = Vector.isContributory(second) || second == Vector.PF;
        if (first == Vector.DF) {
            return serious ? SHUTDOWN : second;
        }
        if (first == Vector.PF) {
            return serious ? Vector.DF : second;
        }
        boolean bothContribute = first != NO_EXCEPTION && Vector.isContributory(first) && Vector.isContributory(second);
        return bothContribute ? Vector.DF : second;
    }

    // ---- what bodies call

    /** INT n, INT3, INTO and INT1: replaces {@code next}; a fault on the way is the instruction's own. */
    public void software(int vector, SoftwareInterrupt kind) {
        Event event = Event.software(vector, kind, s.next, s.eflags());
        offer(event, null);
        try {
            s.next = enter(event);
        } catch (GuestFault fault) {
            faulted = watch == null ? null : event;
            throw fault;
        }
        if (watch != null) {
            watch.delivered();
        }
    }

    // ---- where control goes

    /** Carries out the event and returns the handler's EIP. */
    private int enter(Event event) {
        try {
            if (!s.protectedMode()) {
                return throughVectorTable(event);
            }
            if (s.virtual8086() && event.redirectable() && virtualMode.redirects(event.vector())) {
                return virtualMode.enter(event);
            }
            return gates.enter(event);
        } catch (GuestFault fault) {
            boolean selectorCode = fault.vector >= Vector.TS && fault.vector <= Vector.GP;
            throw event.external() && selectorCode ? new GuestFault(fault.vector, fault.errorCode | 1) : fault;
        }
    }

    private int throughVectorTable(Event event) {
        int at = event.vector() * 4;
        if (at + 3 > s.idtr.limit) {
            throw new GuestFault(Vector.GP, event.vector() * 8 + 2);
        }
        int handler = mmu.readSystem(16, s.idtr.base + at);
        int selector = mmu.readSystem(16, s.idtr.base + at + 2);
        PushFrame frame = new PushFrame(mmu, s.ss(), s.stackPointer(), 16, false);
        frame.push(event.flags()).push(s.cs().selector).push(event.returnEip()).checkLimit(0);
        if (Integer.compareUnsigned(handler, s.cs().limit) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        s.stackPointer(frame.commit());
        s.cs().setReal(selector);
        s.setEflags(s.eflags() & ~(Eflags.IF | Eflags.TF | Eflags.RF | Eflags.AC));
        return handler;
    }
}
