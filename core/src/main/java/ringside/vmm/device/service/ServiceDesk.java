package ringside.vmm.device.service;

import java.util.List;
import ringside.machine.bus.Dma;
import ringside.machine.bus.IrqLine;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceCounts;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.Wiring;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;
import ringside.vmm.spi.ServiceChannel;

/**
 * The service VM's end of a {@link ServiceChannel}: eight ports of 32 bits from 5700 (hexadecimal) up, and line 10, which is
 * high from the coming of a request until somebody reads how many wait.
 *
 * <p>A back end takes a request, learns what it is, names a buffer of its own memory, has the data copied there or from
 * there, and completes the request.
 */
public final class ServiceDesk implements Device {
    public static final int BASE = 0x5700, LINE = 10;
    /** Reads tell how many requests wait; a write takes the first. */
    public static final int WAITING = 0;
    /** 0 read, 1 write, 2 flush, -1 where none was there to take. */
    public static final int OPERATION = 4;

    public static final int SECTOR = 8, SECTORS = 12, FRONT = 16;
    /** Where the data is to go, or comes from, in the service VM's memory. */
    public static final int BUFFER = 20;
    /** A write copies, 1 into the buffer, 2 out of it; a read tells whether that could be done: 0. */
    public static final int COPY = 24;
    /** A write completes the request, 0 well, else not. */
    public static final int COMPLETE = 28;

    private static final int PORTS = 32, FETCH = 1, DELIVER = 2, SECTOR_BYTES = 512, NONE = -1;

    private final ServiceChannel channel;
    private final Dma memory;
    private final VirtualClock clock;
    private final IrqLine line;
    private final VirtualClock.Alarm arrival;
    private final Counters counters = DeviceCounts.none();
    private ServiceChannel.Job job;
    private boolean asking;
    private int buffer;
    private int copied;

    private ServiceDesk(ServiceChannel channel, Wiring wiring) {
        this.channel = channel;
        memory = wiring.memory("service");
        clock = wiring.clock();
        line = wiring.irq(LINE);
        arrival = clock.alarm("service.arrival", tick -> ask());
        channel.serve(tick -> arrival.at(Math.min(arrival.due(), Math.max(clock.now(), tick))));
    }

    /** The device for the machine that serves {@code channel}. */
    public static DeviceKind kind(ServiceChannel channel) {
        return new DeviceKind(
                "service",
                "service desk",
                LINE,
                settings -> List.of(new DeviceKind.Ports(BASE, BASE + PORTS - 1)),
                wiring -> new ServiceDesk(channel, wiring));
    }

    private void ask() {
        if (channel.waiting() > 0) {
            counters.add(DeviceCounts.INTERRUPTS, asking ? 0 : 1);
            asking = true;
            line.set(true);
        }
    }

    private int looked() {
        asking = false;
        line.set(false);
        return channel.waiting();
    }

    @Override
    public int in(int bits, int port) {
        return switch (port - BASE) {
            case WAITING -> looked();
            case OPERATION -> job == null ? NONE : job.operation().ordinal();
            case SECTOR -> job == null ? NONE : (int) job.sector();
            case SECTORS -> job == null ? 0 : job.sectors();
            case FRONT -> job == null ? NONE : job.front();
            case BUFFER -> buffer;
            case COPY -> copied;
            default -> NONE;
        };
    }

    @Override
    public void out(int bits, int port, int value) {
        switch (port - BASE) {
            case WAITING -> take();
            case BUFFER -> buffer = value;
            case COPY -> copied = job != null && copy(value) ? 0 : 1;
            case COMPLETE -> complete(value == 0);
            default -> {} // the others are told, not set
        }
    }

    private void take() {
        if (job != null) {
            complete(false); // one at a time
        }
        job = channel.take();
    }

    private boolean copy(int direction) {
        byte[] data = new byte[job.sectors() * SECTOR_BYTES];
        if (data.length == 0 || !memory.isRam(buffer, data.length)) {
            return false;
        }
        boolean well;
        if (direction == FETCH) {
            well = job.fetch(data, data.length);
            if (well) {
                memory.write(buffer, data, 0, data.length);
            }
        } else {
            memory.read(buffer, data, 0, data.length);
            well = direction == DELIVER && job.deliver(data, data.length);
        }
        counters.add(DeviceCounts.BYTES_COPIED, well ? data.length : 0);
        return well;
    }

    private void complete(boolean well) {
        if (job != null) {
            ServiceChannel.Job done = job;
            job = null;
            counters.add(DeviceCounts.REQUESTS);
            counters.add(DeviceCounts.REQUEST_BYTES, (long) done.sectors() * SECTOR_BYTES);
            counters.add(DeviceCounts.NOTIFICATIONS);
            done.finished(well, clock.now());
        }
    }

    @Override
    public boolean mayInterrupt() {
        return asking || channel.waiting() > 0 || clock.takesTurns();
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public String stateName() {
        return "service";
    }

    @Override
    public void visit(StateVisitor v) {
        asking = v.flag("asking", asking);
        buffer = v.int32("buffer", buffer);
        copied = v.int32("copied", copied);
    }
}
