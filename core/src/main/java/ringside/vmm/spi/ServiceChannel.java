package ringside.vmm.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import ringside.machine.devices.disk.BlockRequest;

/**
 * What leads from the front ends of some virtual machines to the back end in another, the service VM: requests wait in the
 * order in which they came, and their data moves when the service VM has it copied.
 */
public final class ServiceChannel {
    /** Ticks from an event on one side to the other side's interrupt: 2 microseconds. */
    public static final long EVENT_TICKS = 200;

    /** A request that waits for the service VM, or is in its hands. */
    public interface Job {
        /** The front end that made it, from 0. */
        int front();

        BlockRequest.Operation operation();

        /** The first sector of the service VM's disk. */
        long sector();

        int sectors();

        /** Copies the data that is to be written; false where the front end's buffers may not be read. */
        boolean fetch(byte[] to, int length);

        /** Copies the data that was read; false where the front end's buffers may not be written. */
        boolean deliver(byte[] from, int length);

        /** The service VM is done with it, at a tick of its clock. */
        void finished(boolean well, long tick);
    }

    /** Who is told of requests. */
    @FunctionalInterface
    public interface Desk {
        /** One came, at a tick of the front end's clock. */
        void arrived(long tick);
    }

    private final String name;
    private final Deque<Job> waiting = new ArrayDeque<>();
    private Desk desk = tick -> {};

    public ServiceChannel(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** From now on {@code other} is told; there is one service VM. */
    public void serve(Desk other) {
        desk = other;
    }

    /** A front end asks for something. */
    public void post(Job job, long tick) {
        waiting.add(job);
        desk.arrived(tick + EVENT_TICKS);
    }

    /** A front end no longer wants what it asked for. */
    public void withdraw(Job job) {
        waiting.remove(job);
    }

    public int waiting() {
        return waiting.size();
    }

    /** The request that came first; null where none waits. */
    public Job take() {
        return waiting.poll();
    }
}
