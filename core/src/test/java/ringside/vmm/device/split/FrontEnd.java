package ringside.vmm.device.split;

import java.util.ArrayList;
import java.util.List;
import ringside.arch.CpuModel;
import ringside.machine.board.Board;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.time.VirtualClock;
import ringside.vmm.spi.Peripheral;

/** A driver of virtio-mmio devices on a board whose processor stands still: the test passes virtual time. */
final class FrontEnd {
    static final int RAM = 1 << 20, RINGS = 0x1_0000, RINGS_BYTES = 0x4000, BUFFERS = 0x4_0000;
    static final int NEXT = Virtqueue.NEXT, WRITE = Virtqueue.WRITE, INDIRECT = Virtqueue.INDIRECT;

    /** A buffer of a chain. */
    record Buffer(long pa, int bytes, int flags) {}

    final Board board;
    final VirtioCards cards;
    private final int card;
    /** How many entries each queue gets. */
    int size = 16;

    /** Set in every address that the device is given: what makes it a grant. */
    long form;

    long features;
    final int[] availableIndex = new int[4];
    final int[] usedIndex = new int[4];

    FrontEnd(Peripheral... peripherals) {
        this(board(), 0, peripherals);
    }

    FrontEnd(Board board, int card, Peripheral... peripherals) {
        this(board, card, false, peripherals);
    }

    FrontEnd(Board board, int card, boolean granted, Peripheral... peripherals) {
        this.board = board;
        this.card = card;
        cards = (VirtioCards) board.platform().install(VirtioCards.kind(List.of(peripherals), granted));
    }

    /** Another card of the machine that {@code other} drives. */
    FrontEnd(FrontEnd other, int card) {
        this.board = other.board;
        this.card = card;
        this.cards = other.cards;
    }

    static Board board() {
        Board board = new Board(CpuModel.ofYear(2004), DeviceSettings.of(RAM));
        board.platform().ports().out(8, 0x20, 0x11);
        for (int value : new int[] {0x20, 4, 1, 0}) {
            board.platform().ports().out(8, 0x21, value);
        }
        board.platform().ports().out(8, 0xa0, 0x11);
        for (int value : new int[] {0x28, 2, 1, 0}) {
            board.platform().ports().out(8, 0xa1, value);
        }
        return board;
    }

    // ---- registers

    int pa(int offset) {
        return VirtioCards.pa(card) + offset;
    }

    int read(Register register) {
        return board.bus().read(32, pa(register.offset()));
    }

    void write(Register register, int value) {
        board.bus().write(32, pa(register.offset()), value);
    }

    int configuration(int bits, int offset) {
        return board.bus().read(bits, pa(Register.CONFIGURATION + offset));
    }

    long offered() {
        write(Register.DEVICE_FEATURES_SEL, 0);
        long low = read(Register.DEVICE_FEATURES) & 0xffff_ffffL;
        write(Register.DEVICE_FEATURES_SEL, 1);
        return low | (long) read(Register.DEVICE_FEATURES) << 32;
    }

    // ---- setting up

    /** Initialisation as section 3.1.1 has it, with all that is offered but {@code without}. */
    FrontEnd start(long without) {
        write(Register.STATUS, 0);
        write(Register.STATUS, 1);
        write(Register.STATUS, 3);
        negotiate(offered() & ~without);
        for (int queue = 0; queue < 4; queue++) {
            write(Register.QUEUE_SEL, queue);
            if (read(Register.QUEUE_NUM_MAX) != 0) {
                setUp(queue);
            }
        }
        write(Register.STATUS, 15);
        return this;
    }

    void negotiate(long accepted) {
        features = accepted;
        write(Register.DRIVER_FEATURES_SEL, 0);
        write(Register.DRIVER_FEATURES, (int) accepted);
        write(Register.DRIVER_FEATURES_SEL, 1);
        write(Register.DRIVER_FEATURES, (int) (accepted >>> 32));
        write(Register.STATUS, 11);
    }

    void setUp(int queue) {
        for (int i = 0; i < RINGS_BYTES; i += 4) {
            board.bus().write(32, descriptors(queue) + i, 0);
        }
        availableIndex[queue] = 0;
        usedIndex[queue] = 0;
        write(Register.QUEUE_SEL, queue);
        write(Register.QUEUE_NUM, size);
        write(Register.QUEUE_DESC_LOW, descriptors(queue));
        write(Register.QUEUE_DRIVER_LOW, available(queue));
        write(Register.QUEUE_DEVICE_LOW, used(queue));
        write(Register.QUEUE_DESC_HIGH, (int) (form >>> 32));
        write(Register.QUEUE_DRIVER_HIGH, (int) (form >>> 32));
        write(Register.QUEUE_DEVICE_HIGH, (int) (form >>> 32));
        write(Register.QUEUE_READY, 1);
    }

    int descriptors(int queue) {
        return RINGS + (2 * card + queue) * RINGS_BYTES;
    }

    int available(int queue) {
        return descriptors(queue) + 0x1000;
    }

    int used(int queue) {
        return descriptors(queue) + 0x2000;
    }

    // ---- rings

    int get16(int pa) {
        return board.bus().read(16, pa);
    }

    int get32(int pa) {
        return board.bus().read(32, pa);
    }

    void put16(int pa, int value) {
        board.bus().write(16, pa, value);
    }

    void put32(int pa, int value) {
        board.bus().write(32, pa, value);
    }

    void descriptor(int pa, long address, int bytes, int flags, int next) {
        put32(pa, (int) address);
        put32(pa + 4, (int) (address >>> 32));
        put32(pa + 8, bytes);
        put16(pa + 12, flags);
        put16(pa + 14, next);
    }

    /** Writes a chain from descriptor {@code head} on. */
    void chain(int queue, int head, List<Buffer> buffers) {
        for (int i = 0; i < buffers.size(); i++) {
            Buffer buffer = buffers.get(i);
            boolean last = i == buffers.size() - 1;
            descriptor(
                    descriptors(queue) + 16 * (head + i),
                    buffer.pa | form,
                    buffer.bytes,
                    buffer.flags | (last ? 0 : NEXT),
                    head + i + 1);
        }
    }

    void offer(int queue, int head) {
        put16(available(queue) + 4 + 2 * (availableIndex[queue] % size), head);
        availableIndex[queue] = availableIndex[queue] + 1 & 0xffff;
        put16(available(queue) + 2, availableIndex[queue]);
    }

    void notifyQueue(int queue) {
        write(Register.QUEUE_NOTIFY, queue);
    }

    int deviceIndex(int queue) {
        return get16(used(queue) + 2);
    }

    /** What came back since the last call: pairs of head and bytes written. */
    List<int[]> collect(int queue) {
        List<int[]> done = new ArrayList<>();
        while (usedIndex[queue] != deviceIndex(queue)) {
            int entry = used(queue) + 4 + 8 * (usedIndex[queue] % size);
            done.add(new int[] {get32(entry), get32(entry + 4)});
            usedIndex[queue] = usedIndex[queue] + 1 & 0xffff;
        }
        return done;
    }

    // ---- time

    FrontEnd pass(long ticks) {
        VirtualClock clock = board.platform().clock();
        long end = clock.now() + ticks;
        while (clock.deadline() <= end) {
            clock.advance(Math.max(0, clock.deadline() - clock.now()));
            clock.fire();
        }
        clock.advance(end - clock.now());
        return this;
    }

    // ---- blocks

    /** Writes header, data and status of a block request below BUFFERS + slot * 0x2000; its three buffers. */
    List<Buffer> block(int slot, int operation, long sector, int dataBytes) {
        int header = BUFFERS + slot * 0x2000;
        put32(header, operation);
        put32(header + 4, 0);
        put32(header + 8, (int) sector);
        put32(header + 12, (int) (sector >>> 32));
        board.bus().write(8, status(slot), 0xff);
        List<Buffer> buffers = new ArrayList<>(List.of(new Buffer(header, 16, 0)));
        if (dataBytes != 0) {
            buffers.add(new Buffer(data(slot), dataBytes, operation == 1 ? 0 : WRITE));
        }
        buffers.add(new Buffer(status(slot), 1, WRITE));
        return buffers;
    }

    int data(int slot) {
        return BUFFERS + slot * 0x2000 + 0x1000;
    }

    int status(int slot) {
        return BUFFERS + slot * 0x2000 + 0x10;
    }

    /** One block request from beginning to end; its status byte, or ff where it never came back. */
    int request(int operation, long sector, int dataBytes) {
        chain(0, 0, block(0, operation, sector, dataBytes));
        offer(0, 0);
        notifyQueue(0);
        pass(100_000);
        return board.bus().read(8, status(0));
    }

    byte[] bytes(int pa, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) board.bus().read(8, pa + i);
        }
        return bytes;
    }

    void fill(int pa, int length, int seed) {
        for (int i = 0; i < length; i++) {
            board.bus().write(8, pa + i, seed + i * 7);
        }
    }

    String lastMessage() {
        return cards.messages().isEmpty() ? "" : cards.messages().getLast();
    }
}
