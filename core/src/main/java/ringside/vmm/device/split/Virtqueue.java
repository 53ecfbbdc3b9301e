package ringside.vmm.device.split;

import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;

/**
 * A split virtqueue seen by the device (virtio 1.2, section 2.7): descriptor table, available ring, used ring.
 *
 * <p>Each field that the driver writes is read once and used as it was read; nothing the driver does meanwhile can make
 * two checks see two values. Indices run freely through 16 bits. A chain longer than the queue, a loop among them, is a
 * fault: the walk ends.
 */
final class Virtqueue {
    static final int NEXT = 1, WRITE = 2, INDIRECT = 4;
    static final int DESCRIPTOR_BYTES = 16;
    private static final int NO_INTERRUPT = 1, NO_NOTIFY = 1, INDEX = 2, RING = 4;
    private static final int MASK = 0xffff;

    private final int number;
    private final int largest;
    private final Dma memory;
    private final Area descriptors;
    private final Area available;
    private final Area used;
    private final byte[] fields = new byte[DESCRIPTOR_BYTES];

    private int size;
    private long descriptorAddress;
    private long availableAddress;
    private long usedAddress;
    private boolean ready;
    private boolean eventIndex;
    private boolean indirect;
    private BufferSpace space;
    /** The driver's index as it was last read, the next entry to take, the next to give back. */
    private int seen;

    private int nextAvailable;
    private int nextUsed;

    Virtqueue(int number, int largest, Dma memory) {
        this.number = number;
        this.largest = largest;
        this.memory = memory;
        descriptors = new Area(memory);
        available = new Area(memory);
        used = new Area(memory);
        size = largest;
    }

    int largest() {
        return largest;
    }

    boolean ready() {
        return ready;
    }

    int number() {
        return number;
    }

    // ---- set up by registers

    void size(int entries) {
        size = entries;
    }

    /** One half of an address: of the descriptors (0), the available ring (1) or the used ring (2). */
    void address(int part, boolean high, int half) {
        switch (part) {
            case 0 -> descriptorAddress = joined(descriptorAddress, high, half);
            case 1 -> availableAddress = joined(availableAddress, high, half);
            default -> usedAddress = joined(usedAddress, high, half);
        }
    }

    private static long joined(long address, boolean high, int half) {
        return high ? address & 0xffff_ffffL | (long) half << 32 : address & ~0xffff_ffffL | half & 0xffff_ffffL;
    }

    /** Takes the rings into use, which are checked here once; {@code meaning} is that of every address from now on. */
    void start(BufferSpace meaning, boolean withEventIndex, boolean withIndirect) throws FrontEndFault {
        space = meaning;
        eventIndex = withEventIndex;
        indirect = withIndirect;
        if (size < 1 || size > largest || Integer.bitCount(size) != 1) {
            throw new FrontEndFault(
                    "queue %d: a size of %d, which is no power of 2 from 1 to %d", number, size, largest);
        }
        try {
            open("descriptor table", descriptorAddress, DESCRIPTOR_BYTES, DESCRIPTOR_BYTES * size, descriptors, false);
            open("available ring", availableAddress, 2, RING + 2 * size + 2, available, false);
            open("used ring", usedAddress, 4, RING + 8 * size + 2, used, true);
            apart();
            ready = true;
        } finally {
            if (!ready) {
                releaseRings();
            }
        }
    }

    private void open(String part, long address, int alignment, int bytes, Area area, boolean write)
            throws FrontEndFault {
        if (address % alignment != 0) {
            throw new FrontEndFault("queue %d, %s: %08x is not a multiple of %d", number, part, address, alignment);
        }
        try {
            space.open(address, bytes, write, area);
        } catch (FrontEndFault fault) {
            throw fault.at("queue " + number + ", " + part);
        }
    }

    /** The used ring, which the device writes, shares no byte with what it reads. */
    private void apart() throws FrontEndFault {
        if (used.meets(descriptors) || used.meets(available)) {
            throw new FrontEndFault("queue %d: the used ring lies over the descriptors or the available ring", number);
        }
    }

    private void releaseRings() {
        space.release(descriptors);
        space.release(available);
        space.release(used);
    }

    /** Lets go of the rings; indices and addresses are as at reset. */
    void reset() {
        if (ready) {
            releaseRings();
        }
        ready = false;
        size = largest;
        descriptorAddress = 0;
        availableAddress = 0;
        usedAddress = 0;
        seen = 0;
        nextAvailable = 0;
        nextUsed = 0;
    }

    // ---- available

    /** The next chain the driver made available, or null. */
    Chain take() throws FrontEndFault {
        if (seen == nextAvailable && !look()) {
            return null;
        }
        int head = available.get16(RING + 2L * (nextAvailable % size));
        nextAvailable = nextAvailable + 1 & MASK;
        if (head >= size) {
            throw new FrontEndFault("queue %d, head %d: the queue has %d descriptors", number, head, size);
        }
        return walk(head);
    }

    /** Reads the driver's index; whether anything new is there. */
    private boolean look() throws FrontEndFault {
        int index = available.get16(INDEX);
        int more = index - seen & MASK;
        if (more > size) {
            throw new FrontEndFault(
                    "queue %d: the available index went from %d to %d, in a queue of %d", number, seen, index, size);
        }
        seen = index;
        return more != 0;
    }

    private Chain walk(int head) throws FrontEndFault {
        Chain chain = new Chain(head, memory);
        Area table = new Area(memory);
        try {
            follow(chain, table);
            return chain;
        } catch (FrontEndFault fault) {
            chain.release(space);
            throw fault.at("queue " + number + ", head " + head);
        } finally {
            space.release(table);
        }
    }

    private void follow(Chain chain, Area indirectTable) throws FrontEndFault {
        Area table = descriptors;
        int at = chain.head();
        try {
            for (int buffers = 0; ; ) {
                table.read((long) DESCRIPTOR_BYTES * at, fields, 0, DESCRIPTOR_BYTES);
                int flags = Bytes.get16(fields, 12);
                if ((flags & INDIRECT) != 0) {
                    openTable(flags, table, indirectTable);
                    table = indirectTable;
                    at = 0;
                    continue;
                }
                if (buffers++ == size) {
                    throw new FrontEndFault("the chain is a loop, or longer than %d descriptors", size);
                }
                add(chain, (flags & WRITE) != 0);
                if ((flags & NEXT) == 0) {
                    return;
                }
                at = next(table);
            }
        } catch (FrontEndFault fault) {
            throw fault.at("descriptor " + at + (table == indirectTable ? " of its table" : ""));
        }
    }

    private int next(Area table) throws FrontEndFault {
        int next = Bytes.get16(fields, 14);
        if ((next + 1L) * DESCRIPTOR_BYTES > table.bytes()) {
            throw new FrontEndFault("it goes on at %d, where there is no descriptor", next);
        }
        return next;
    }

    private void openTable(int flags, Area current, Area table) throws FrontEndFault {
        long bytes = Bytes.get32(fields, 8) & 0xffff_ffffL;
        if (!indirect) {
            throw new FrontEndFault("it is indirect, which was not negotiated");
        }
        if (current == table) {
            throw new FrontEndFault("it is indirect in an indirect table");
        }
        if ((flags & NEXT) != 0) {
            throw new FrontEndFault("it is indirect and goes on");
        }
        if (bytes == 0 || bytes % DESCRIPTOR_BYTES != 0 || bytes > (long) DESCRIPTOR_BYTES * size) {
            throw new FrontEndFault("an indirect table of %d bytes in a queue of %d descriptors", bytes, size);
        }
        space.open(Bytes.get64(fields, 0), bytes, false, table);
    }

    private void add(Chain chain, boolean write) throws FrontEndFault {
        long length = Bytes.get32(fields, 8) & 0xffff_ffffL;
        if (length == 0) {
            throw new FrontEndFault("it is empty");
        }
        if (!write && chain.writable.bytes() != 0) {
            throw new FrontEndFault("it is to be read, and one before it to be written");
        }
        space.open(Bytes.get64(fields, 0), length, write, write ? chain.writable : chain.readable);
    }

    // ---- used

    /** Gives a chain back with the number of bytes written to it; whether the driver wants an interrupt for it. */
    boolean finish(Chain chain, int written) throws FrontEndFault {
        chain.release(space);
        int before = nextUsed;
        long entry = RING + 8L * (nextUsed % size);
        used.put32(entry, chain.head());
        used.put32(entry + 4, written);
        nextUsed = nextUsed + 1 & MASK;
        used.put16(INDEX, nextUsed);
        if (!eventIndex) {
            return (available.get16(0) & NO_INTERRUPT) == 0;
        }
        return crossed(available.get16(RING + 2L * size), nextUsed, before);
    }

    /** Lets go of a chain's buffers without giving it back. */
    void release(Chain chain) {
        chain.release(space);
    }

    /** Whether an index that went from {@code before} to {@code now} passed {@code event}, through the wrap too. */
    static boolean crossed(int event, int now, int before) {
        return (now - event - 1 & MASK) < (now - before & MASK);
    }

    /** The driver need not notify while the device is at work. With event indices the last one wanted simply stays. */
    void suppress() throws FrontEndFault {
        if (!eventIndex) {
            used.put16(0, NO_NOTIFY);
        }
    }

    /** Asks to be notified of the next chain; whether one is there already. */
    boolean resume() throws FrontEndFault {
        if (eventIndex) {
            used.put16(RING + 8L * size, nextAvailable);
        } else {
            used.put16(0, 0);
        }
        return seen != nextAvailable || look();
    }

    // ---- state

    void visit(StateVisitor v, BufferSpace meaning) {
        size = v.int32("size", size);
        descriptorAddress = v.int64("descriptorAddress", descriptorAddress);
        availableAddress = v.int64("availableAddress", availableAddress);
        usedAddress = v.int64("usedAddress", usedAddress);
        ready = v.flag("ready", ready);
        eventIndex = v.flag("eventIndex", eventIndex);
        indirect = v.flag("indirect", indirect);
        seen = v.int32("seen", seen);
        nextAvailable = v.int32("nextAvailable", nextAvailable);
        nextUsed = v.int32("nextUsed", nextUsed);
        descriptors.visit(v, "descriptors");
        available.visit(v, "available");
        used.visit(v, "used");
        space = meaning;
    }
}
