package ringside.vmm.device.split;

import java.util.Arrays;
import ringside.machine.bus.Dma;
import ringside.machine.bus.MmioDevice;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;

/**
 * One split device as its driver finds it: the registers of virtio-mmio version 2, its queues and its back end.
 *
 * <p>What a driver must not do is not done and told to the user; where a ring cannot be trusted any more the device
 * needs a reset, and does nothing until it gets one.
 */
final class VirtioMmio implements MmioDevice, QueueService.Owner {
    static final int MAGIC = 0x7472_6976, VERSION = 2, VENDOR = 0x4753_4452;
    static final int ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 0x40, FAILED = 0x80;
    static final int USED_BUFFER = 1, CONFIGURATION_CHANGE = 2;
    private static final int STATUS_BITS = ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK | FAILED;

    private final String name;
    private final BackEnd backEnd;
    private final Tally tally;
    private final Signal line;
    private final Spaces spaces;
    private final Virtqueue[] queues;
    private final QueueService[] services;
    private final ConfigurationSpace configuration;

    private int status;
    private long features;
    private int deviceFeaturesSel;
    private int driverFeaturesSel;
    private int queueSel;
    private int interruptStatus;

    /** The meanings that addresses can have here: PAs, or grants where there are any, else null. */
    record Spaces(Dma memory, BufferSpace physical, BufferSpace granted) {}

    VirtioMmio(String name, BackEnd backEnd, Spaces spaces, VirtualClock clock, Signal line, Tally tally) {
        this.name = name;
        this.backEnd = backEnd;
        this.tally = tally.of(title());
        this.line = line;
        this.spaces = spaces;
        queues = new Virtqueue[backEnd.queues()];
        services = new QueueService[queues.length];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new Virtqueue(i, VirtioCards.QUEUE_SIZE, spaces.memory());
            services[i] =
                    new QueueService(name + ".queue" + i, queues[i], backEnd, this, this.tally, spaces.memory(), clock);
        }
        configuration = new ConfigurationSpace(backEnd, this.tally);
        backEnd.connect(new BackEnd.Front() {
            @Override
            public boolean arrived(int queue) {
                return VirtioMmio.this.arrived(queue);
            }

            @Override
            public void hurry(int queue, long tick) {
                services[queue].hurry(tick);
            }
        });
    }

    /** What is counted behind the back end. */
    Counters counters() {
        return backEnd.counters();
    }

    /** What messages call it: {@code virtio0 (block)}. */
    String title() {
        return name + " (" + backEnd.title() + ")";
    }

    private void refuse(String format, Object... values) {
        tally.refused(String.format(format, values));
    }

    // ---- what the back end and its queues tell

    @Override
    public void interrupt() {
        raise(USED_BUFFER);
    }

    @Override
    public void broken(FrontEndFault fault) {
        tally.refused(fault.getMessage());
        halt();
        status |= NEEDS_RESET;
        if ((status & DRIVER_OK) != 0) {
            raise(CONFIGURATION_CHANGE);
        }
    }

    private void raise(int bit) {
        if (interruptStatus == 0 || line.pulses()) {
            tally.interrupted();
        }
        interruptStatus |= bit;
        line.set(true);
    }

    private void halt() {
        for (int i = 0; i < queues.length; i++) {
            services[i].stop(space());
            queues[i].reset();
        }
    }

    private BufferSpace space() {
        return (features & Features.ACCESS_PLATFORM) != 0 && spaces.granted != null ? spaces.granted : spaces.physical;
    }

    private boolean arrived(int queue) {
        boolean used = running() && queues[queue].ready();
        if (used) {
            services[queue].wake();
        }
        return used;
    }

    private boolean running() {
        return (status & (DRIVER_OK | NEEDS_RESET)) == DRIVER_OK;
    }

    /** Whether an interrupt could come by itself. */
    boolean mayInterrupt() {
        return running() && (backEnd.expecting() || Arrays.stream(services).anyMatch(QueueService::busy));
    }

    // ---- registers

    private static boolean whole(int bits, int offset) {
        return bits == 32 && offset % 4 == 0;
    }

    @Override
    public int read(int bits, int offset) {
        if (offset >= Register.CONFIGURATION) {
            return configuration.read(bits, offset - Register.CONFIGURATION);
        }
        Register register = whole(bits, offset) ? Register.at(offset) : null;
        if (register == null || !register.readable()) {
            refuse("a read of %d bits at %03x, where there is no register to read", bits, offset);
            return 0;
        }
        return switch (register) {
            case MAGIC_VALUE -> MAGIC;
            case VERSION -> VERSION;
            case DEVICE_ID -> backEnd.type();
            case VENDOR_ID -> VENDOR;
            case DEVICE_FEATURES -> half(offered(), deviceFeaturesSel);
            case QUEUE_NUM_MAX -> exists() ? queues[queueSel].largest() : 0;
            case QUEUE_READY -> exists() && queues[queueSel].ready() ? 1 : 0;
            case INTERRUPT_STATUS -> interruptStatus;
            case STATUS -> status;
            case CONFIG_GENERATION -> configuration.generation();
            case QUEUE_RESET -> 0;
            default -> -1; // shared memory regions: there are none
        };
    }

    private static int half(long value, int select) {
        return select == 0 ? (int) value : select == 1 ? (int) (value >>> 32) : 0;
    }

    long offered() {
        return backEnd.features() | Features.offered(spaces.granted != null);
    }

    private boolean exists() {
        return Integer.compareUnsigned(queueSel, queues.length) < 0;
    }

    @Override
    public void write(int bits, int offset, int value) {
        if (offset >= Register.CONFIGURATION) {
            configuration.write(bits, offset - Register.CONFIGURATION, value);
            return;
        }
        Register register = whole(bits, offset) ? Register.at(offset) : null;
        if (register == null || !register.writable()) {
            refuse("a write of %d bits at %03x, where there is no register to write", bits, offset);
            return;
        }
        switch (register) {
            case DEVICE_FEATURES_SEL -> deviceFeaturesSel = value;
            case DRIVER_FEATURES_SEL -> driverFeaturesSel = value;
            case DRIVER_FEATURES -> accept(value);
            case QUEUE_SEL -> queueSel = value;
            case QUEUE_NOTIFY -> notified(value);
            case INTERRUPT_ACK -> acknowledge(value);
            case STATUS -> status(value);
            case SHM_SEL -> {} // none to select
            default -> queue(register, value);
        }
    }

    private void accept(int half) {
        if ((status & FEATURES_OK) != 0) {
            refuse("features are changed after FEATURES_OK");
        } else if (driverFeaturesSel == 0) {
            features = features & ~0xffff_ffffL | half & 0xffff_ffffL;
        } else if (driverFeaturesSel == 1) {
            features = features & 0xffff_ffffL | (long) half << 32;
        } else if (half != 0) {
            refuse("features %d and up are accepted, which do not exist", 32L * (driverFeaturesSel & 0xffff_ffffL));
        }
    }

    private void acknowledge(int bits) {
        interruptStatus &= ~bits;
        if (interruptStatus == 0) {
            line.set(false);
        }
    }

    /** The driver says that there is work in a queue: by the register, or on another way. */
    void notified(int queue) {
        tally.notified();
        if (Integer.compareUnsigned(queue, queues.length) >= 0) {
            refuse("queue %s is notified, there are %d", Integer.toUnsignedString(queue), queues.length);
        } else if ((status & DRIVER_OK) == 0 || !queues[queue].ready()) {
            refuse("queue %d is notified before it is in use", queue);
        } else if ((status & NEEDS_RESET) == 0) {
            services[queue].wake();
        }
    }

    // ---- status

    private void status(int value) {
        if (value == 0) {
            reset();
            return;
        }
        int now = status & STATUS_BITS;
        if ((value & ~STATUS_BITS & ~(status & NEEDS_RESET)) != 0 || (now & ~value) != 0) {
            refuse("status %02x is followed by %02x, which only the device, or a reset, may do", status, value);
            return;
        }
        int rising = value & ~now & STATUS_BITS;
        if ((rising & FEATURES_OK) != 0) {
            String refusal = Features.refusal(offered(), features);
            if (refusal.isEmpty()) {
                backEnd.negotiated(features);
            } else {
                refuse("FEATURES_OK is refused: %s", refusal);
                rising &= ~FEATURES_OK;
            }
        }
        if ((rising & DRIVER_OK) != 0 && ((status | rising) & FEATURES_OK) == 0) {
            refuse("DRIVER_OK comes without FEATURES_OK");
            rising &= ~DRIVER_OK;
        }
        status |= rising;
        if ((rising & DRIVER_OK) != 0) {
            for (int i = 0; i < queues.length; i++) {
                if (backEnd.supplies(i) && backEnd.waits(i)) {
                    arrived(i);
                }
            }
        }
    }

    private void reset() {
        halt();
        status = 0;
        features = 0;
        deviceFeaturesSel = 0;
        driverFeaturesSel = 0;
        queueSel = 0;
        interruptStatus = 0;
        line.set(false);
        backEnd.reset();
    }

    // ---- the selected queue

    private void queue(Register register, int value) {
        if (!exists()) {
            refuse("%s is written for queue %s, which does not exist", register, Integer.toUnsignedString(queueSel));
            return;
        }
        Virtqueue queue = queues[queueSel];
        if (register == Register.QUEUE_RESET) {
            resetQueue(value);
            return;
        }
        if (register == Register.QUEUE_READY) {
            ready(queue, value);
            return;
        }
        if (queue.ready()) {
            refuse("queue %d: %s is written while the queue is ready", queueSel, register);
            return;
        }
        switch (register) {
            case QUEUE_NUM -> queue.size(value);
            case QUEUE_DESC_LOW -> queue.address(0, false, value);
            case QUEUE_DESC_HIGH -> queue.address(0, true, value);
            case QUEUE_DRIVER_LOW -> queue.address(1, false, value);
            case QUEUE_DRIVER_HIGH -> queue.address(1, true, value);
            case QUEUE_DEVICE_LOW -> queue.address(2, false, value);
            default -> queue.address(2, true, value);
        }
    }

    private void resetQueue(int value) {
        if ((features & Features.RING_RESET) == 0 || (status & FEATURES_OK) == 0 || value != 1) {
            refuse("queue %d: QUEUE_RESET is written without RING_RESET", queueSel);
            return;
        }
        services[queueSel].stop(space());
        queues[queueSel].reset();
    }

    private void ready(Virtqueue queue, int value) {
        if ((value & 1) == 0) {
            services[queueSel].stop(space());
            queue.reset();
        } else if ((status & FEATURES_OK) == 0 || (status & NEEDS_RESET) != 0) {
            refuse("queue %d is made ready before FEATURES_OK, or while a reset is needed", queueSel);
        } else if (!queue.ready()) {
            try {
                queue.start(space(), (features & Features.EVENT_IDX) != 0, (features & Features.INDIRECT_DESC) != 0);
            } catch (FrontEndFault fault) {
                broken(fault);
            }
        }
    }

    // ---- state

    void visit(StateVisitor v) {
        status = v.int32("status", status);
        features = v.int64("features", features);
        deviceFeaturesSel = v.int32("deviceFeaturesSel", deviceFeaturesSel);
        driverFeaturesSel = v.int32("driverFeaturesSel", driverFeaturesSel);
        queueSel = v.int32("queueSel", queueSel);
        interruptStatus = v.int32("interruptStatus", interruptStatus);
        configuration.visit(v);
        for (int i = 0; i < queues.length; i++) {
            queues[i].visit(new Prefixed(v, "queue" + i + "."), space());
            services[i].visit(new Prefixed(v, "queue" + i + ".request."));
        }
        backEnd.visit(new Prefixed(v, "backEnd."));
    }
}
