package ringside.vmm.device.split;

import ringside.machine.state.StateVisitor;
import ringside.observe.Counters;

/**
 * What a split device does with the requests of its front end: the part that differs between a disk, a network adapter
 * and a console.
 *
 * <p>A queue either carries requests, which are served one after the other in the order in which they were made
 * available, or supplies buffers that are filled when something is there for the guest.
 */
interface BackEnd {
    /** The device's registers and queues, towards its back end. */
    @FunctionalInterface
    interface Front {
        /** Something waits to be put into a buffer of {@code queue}; whether a driver uses that queue at all. */
        boolean arrived(int queue);

        /** The request that is under way in {@code queue} may be carried out from {@code tick} on, not later. */
        default void hurry(int queue, long tick) {}
    }

    /** Whom to tell. */
    default void connect(Front front) {}

    /** The device's number in the specification. */
    int type();

    /** What it is, in a word or two. */
    String title();

    /** Feature bits below 24 that it offers. */
    long features();

    int queues();

    /** The configuration space as it is now: always the same array, not to be written by the caller. */
    byte[] configuration();

    /** The driver writes there; false where it may not. */
    default boolean configure(int offset, int bits, int value) {
        return false;
    }

    /** Whether this queue's buffers wait to be filled. */
    default boolean supplies(int queue) {
        return false;
    }

    /** Whether something waits to be put into a buffer of this queue. */
    default boolean waits(int queue) {
        return false;
    }

    /** The driver accepted these features, device-specific ones among them. */
    default void negotiated(long features) {}

    /** How long the request takes from the time it was taken. */
    long ticks(int queue, Chain chain);

    /**
     * How much longer than {@link #ticks} the request takes, because of what stands behind the back end; 0 once it
     * may be carried out. Asked at the end of each time that it told.
     */
    default long left(int queue, Chain chain, long now) throws FrontEndFault {
        return 0;
    }

    /** The request that was taken is never carried out. */
    default void abandon() {}

    /** Carries the request out, or fills the buffers; tells how many bytes were written to them. */
    int serve(int queue, Chain chain, Tally tally) throws FrontEndFault;

    /** Forgets what a driver had set up. */
    default void reset() {}

    /** Whether something may yet come for the guest though it asks for nothing. */
    default boolean expecting() {
        return false;
    }

    /** What is counted behind it; empty where nothing is. */
    default Counters counters() {
        return new Counters();
    }

    default void visit(StateVisitor v) {}
}
