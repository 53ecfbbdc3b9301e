package ringside.machine.devices.ata;

import ringside.machine.bus.BytePorts;
import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;

/**
 * The bus-master registers of one channel and the walk along its scatter list (SFF-8038i, 1.0).
 *
 * <p>A physical region descriptor is an address and a length of at most 64 KiB, 0 meaning just that; bit 31 of its second
 * half marks the last one.
 */
final class BusMaster implements BytePorts {
    private static final int START = 1;
    /** In the command register: the transfer goes from the drive to memory. */
    private static final int TO_MEMORY = 8;

    private static final int ACTIVE = 1, FAILED = 2, INTERRUPT = 4;
    private static final int DRIVES_CAN_DMA = 0x60;

    private final Dma memory;
    private final byte[] descriptor = new byte[8];
    /** Told when the guest starts or stops the engine. */
    private Runnable changed = () -> {};

    private int command;
    private int status;
    private int table;
    private int next;
    private int regionPa;
    private int regionLeft;
    private boolean lastRegion;

    BusMaster(Dma memory) {
        this.memory = memory;
    }

    void listener(Runnable onChange) {
        changed = onChange;
    }

    boolean started() {
        return (command & START) != 0 && (status & ACTIVE) != 0;
    }

    boolean toMemory() {
        return (command & TO_MEMORY) != 0;
    }

    /** The channel's interrupt line rose. */
    void interrupt() {
        status |= INTERRUPT;
    }

    /** A transfer ended: the engine is no longer active once its list is used up. */
    void finished() {
        if (regionLeft == 0 && lastRegion) {
            status &= ~ACTIVE;
        }
    }

    /** The list ended before the data did. */
    void tooShort() {
        status &= ~ACTIVE;
    }

    /** Moves bytes of a buffer to or from the regions; fewer than {@code length} where the list ends. */
    int move(byte[] buffer, int length) {
        int done = 0;
        while (done < length && nextRegion()) {
            int bytes = Math.min(length - done, regionLeft);
            if (toMemory()) {
                memory.write(regionPa, buffer, done, bytes);
            } else {
                memory.read(regionPa, buffer, done, bytes);
            }
            regionPa += bytes;
            regionLeft -= bytes;
            done += bytes;
        }
        return done;
    }

    private boolean nextRegion() {
        if (regionLeft > 0) {
            return true;
        }
        if (lastRegion) {
            return false;
        }
        memory.read(next, descriptor, 0, descriptor.length);
        next += descriptor.length;
        regionPa = little(0) & ~1;
        int bytes = little(4) & 0xfffe;
        regionLeft = bytes == 0 ? 0x1_0000 : bytes;
        lastRegion = descriptor[7] < 0;
        return true;
    }

    private int little(int at) {
        return descriptor[at] & 0xff
                | (descriptor[at + 1] & 0xff) << 8
                | (descriptor[at + 2] & 0xff) << 16
                | descriptor[at + 3] << 24;
    }

    // ---- ports

    @Override
    public int in8(int port) {
        int register = port & 7;
        return switch (register) {
            case 0 -> command;
            case 2 -> status;
            case 4, 5, 6, 7 -> table >> 8 * (register - 4) & 0xff;
            default -> 0;
        };
    }

    @Override
    public void out8(int port, int value) {
        int register = port & 7;
        switch (register) {
            case 0 -> command(value & (START | TO_MEMORY));
            case 2 -> status = value & DRIVES_CAN_DMA | status & ACTIVE | status & ~value & (FAILED | INTERRUPT);
            case 4, 5, 6, 7 -> {
                int shift = 8 * (register - 4);
                table = (table & ~(0xff << shift) | value << shift) & ~3;
            }
            default -> {} // reserved
        }
    }

    private void command(int value) {
        boolean starts = (value & ~command & START) != 0;
        boolean stops = (command & ~value & START) != 0;
        // the direction must not change while the engine runs
        command = (command & value & START) != 0 ? command : value;
        if (starts) {
            status |= ACTIVE;
            next = table;
            regionLeft = 0;
            lastRegion = false;
        } else if (stops) {
            status &= ~ACTIVE;
        }
        changed.run();
    }

    void visit(StateVisitor v, String prefix) {
        command = v.int32(prefix + "command", command);
        status = v.int32(prefix + "status", status);
        table = v.int32(prefix + "table", table);
        next = v.int32(prefix + "next", next);
        regionPa = v.int32(prefix + "regionPa", regionPa);
        regionLeft = v.int32(prefix + "regionLeft", regionLeft);
        lastRegion = v.flag(prefix + "lastRegion", lastRegion);
    }
}
