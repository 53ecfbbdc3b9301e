package ringside.vmm.device.split;

import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/**
 * The back end at work on one queue: asleep until it is notified, then one request after the other, each with its time.
 *
 * <p>One firing of its alarm takes or completes one request, or fills the buffers that are there: what a notification
 * costs does not depend on what the ring says.
 */
final class QueueService {
    /** From a notification to the back end's first look: 3 microseconds. */
    static final long WAKE_TICKS = 300;

    /** Whom the service tells. */
    interface Owner {
        /** A request was completed, and the driver wants to know. */
        void interrupt();

        /** The queue cannot be trusted any more. */
        void broken(FrontEndFault fault);
    }

    private final Virtqueue queue;
    private final BackEnd backEnd;
    private final Owner owner;
    private final Tally tally;
    private final Dma memory;
    private final VirtualClock clock;
    private final VirtualClock.Alarm alarm;
    private Chain inFlight;

    QueueService(
            String name, Virtqueue queue, BackEnd backEnd, Owner owner, Tally tally, Dma memory, VirtualClock clock) {
        this.queue = queue;
        this.backEnd = backEnd;
        this.owner = owner;
        this.tally = tally;
        this.memory = memory;
        this.clock = clock;
        alarm = clock.alarm(name, tick -> work());
    }

    /** There may be something to do; nothing new to a service that is at work. */
    void wake() {
        if (alarm.due() == VirtualClock.NEVER) {
            alarm.at(clock.now() + WAKE_TICKS);
        }
    }

    /** The request that was taken need not wait longer than until {@code tick}. */
    void hurry(long tick) {
        if (inFlight != null) {
            alarm.at(Math.max(clock.now(), tick));
        }
    }

    /** Stops where it is; a request that was not completed never is. */
    void stop(BufferSpace space) {
        alarm.cancel();
        if (inFlight != null) {
            inFlight.release(space);
            inFlight = null;
            backEnd.abandon();
        }
    }

    boolean busy() {
        return alarm.due() != VirtualClock.NEVER;
    }

    private void work() {
        try {
            if (backEnd.supplies(queue.number())) {
                supply();
            } else {
                request();
            }
        } catch (FrontEndFault fault) {
            owner.broken(fault);
        }
    }

    private void request() throws FrontEndFault {
        if (inFlight != null) {
            long left = left();
            if (left > 0) {
                alarm.at(clock.now() + left);
                return;
            }
            Chain done = inFlight;
            inFlight = null;
            complete(done);
        }
        queue.suppress();
        inFlight = queue.take();
        if (inFlight == null && queue.resume()) {
            inFlight = queue.take();
        }
        if (inFlight != null) {
            alarm.at(clock.now() + Math.max(1, backEnd.ticks(queue.number(), inFlight)));
        }
    }

    private void supply() throws FrontEndFault {
        queue.suppress();
        Chain chain = null;
        while (backEnd.waits(queue.number()) && (chain = queue.take()) != null) {
            complete(chain);
        }
        if (backEnd.waits(queue.number()) && queue.resume()) {
            wake();
        }
    }

    private long left() throws FrontEndFault {
        try {
            return backEnd.left(queue.number(), inFlight, clock.now());
        } catch (FrontEndFault fault) {
            Chain refused = inFlight;
            inFlight = null;
            throw givenBack(refused, fault);
        }
    }

    /** The request cannot be carried out. */
    private FrontEndFault givenBack(Chain chain, FrontEndFault fault) {
        backEnd.abandon();
        queue.release(chain);
        return fault.at("queue " + queue.number() + ", head " + chain.head());
    }

    private void complete(Chain chain) throws FrontEndFault {
        int written;
        try {
            written = backEnd.serve(queue.number(), chain, tally);
        } catch (FrontEndFault fault) {
            throw givenBack(chain, fault);
        }
        if (queue.finish(chain, written)) {
            owner.interrupt();
        }
    }

    void visit(StateVisitor v) {
        boolean flying = v.flag("flying", inFlight != null);
        Chain chain = inFlight == null ? new Chain(0, memory) : inFlight;
        chain.visit(v);
        inFlight = flying ? chain : null;
    }
}
