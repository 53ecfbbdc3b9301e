package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.machine.board.Board;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.time.VirtualClock;
import ringside.vmm.spi.Peripheral;

/**
 * The same front end on our virtio disk and on QEMU's: registers, configuration, rings, status bytes, and which tricks
 * make the device ask for a reset.
 *
 * <p>Not compared: what the specification leaves to the device (sizes of queues, further features, the length of a
 * failed request), and where QEMU is laxer than it: QEMU accepts a driver without VERSION_1, serves buffers outside
 * of memory from somewhere else, sets the bit of a used buffer too when it asks for a reset, and does not pad an
 * identification.
 */
class VirtioAgainstQemuTest {
    private static final int RINGS = 0x10_0000, AVAILABLE = RINGS + 0x1000, USED = RINGS + 0x2000;
    private static final int HEADER = RINGS + 0x3000, STATUS = HEADER + 0x10, DATA = RINGS + 0x4000;
    private static final int TABLE = RINGS + 0x6000, SIZE = 16, SECTORS = 128;
    private static final int NEXT = 1, WRITE = 2, INDIRECT = 4;
    /** FLUSH, BLK_SIZE, SEG_MAX, INDIRECT_DESC, EVENT_IDX, VERSION_1: what both offer. */
    private static final long COMMON = 1 << 9 | 1 << 6 | 1 << 2 | 1 << 28 | 1 << 29 | 1L << 32;

    /** Something that holds a virtio disk and RAM from 0 to 16 MiB. */
    private interface Target {
        int read(int bits, int pa);

        void write(int bits, int pa, int value);

        byte[] bytes(int pa, int length);

        /** The PA of the registers. */
        int base();

        /** Lets the device work until it did something; {@code before} is the used index as it was. */
        void settle(int before);

        default int register(Register register) {
            return read(32, base() + register.offset());
        }

        default void register(Register register, int value) {
            write(32, base() + register.offset(), value);
        }
    }

    private record Ours(Board board) implements Target {
        static Ours with(byte[] content) {
            Board board = new Board(CpuModel.ofYear(2004), DeviceSettings.of(16 << 20));
            board.platform()
                    .install(VirtioCards.kind(
                            List.of(new Peripheral.Block("data", 0, new MemoryBacking(content))), false));
            return new Ours(board);
        }

        @Override
        public int read(int bits, int pa) {
            return board.bus().read(bits, pa);
        }

        @Override
        public void write(int bits, int pa, int value) {
            board.bus().write(bits, pa, value);
        }

        @Override
        public byte[] bytes(int pa, int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) read(8, pa + i);
            }
            return bytes;
        }

        @Override
        public int base() {
            return VirtioCards.pa(0);
        }

        @Override
        public void settle(int before) {
            VirtualClock clock = board.platform().clock();
            clock.advance(1_000_000);
            while (clock.deadline() != VirtualClock.NEVER) {
                clock.advance(Math.max(0, clock.deadline() - clock.now()));
                clock.fire();
            }
        }
    }

    private record Theirs(QemuVirtio qemu) implements Target {
        @Override
        public int read(int bits, int pa) {
            return qemu.read(bits, pa);
        }

        @Override
        public void write(int bits, int pa, int value) {
            qemu.write(bits, pa, value);
        }

        @Override
        public byte[] bytes(int pa, int length) {
            return qemu.bytes(pa, length);
        }

        @Override
        public int base() {
            return qemu.base();
        }

        @Override
        public void settle(int before) {
            qemu.settle(USED + 2, before, Register.STATUS.offset());
        }
    }

    private static byte[] content() {
        byte[] content = new byte[SECTORS * 512];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7 + i / 512);
        }
        return content;
    }

    // ---- a front end

    private static void start(Target t, long features) {
        t.register(Register.STATUS, 0);
        t.register(Register.STATUS, 1);
        t.register(Register.STATUS, 3);
        for (int half = 0; half < 2; half++) {
            t.register(Register.DRIVER_FEATURES_SEL, half);
            t.register(Register.DRIVER_FEATURES, (int) (features >>> 32 * half));
        }
        t.register(Register.STATUS, 11);
        t.register(Register.QUEUE_SEL, 0);
        t.register(Register.QUEUE_NUM, SIZE);
        for (int pa = RINGS; pa < RINGS + 0x3000; pa += pa < RINGS + 0x2100 ? 4 : 0x1000) {
            t.write(32, pa, 0);
        }
        t.register(Register.QUEUE_DESC_LOW, RINGS);
        t.register(Register.QUEUE_DRIVER_LOW, AVAILABLE);
        t.register(Register.QUEUE_DEVICE_LOW, USED);
        t.register(Register.QUEUE_READY, 1);
        t.register(Register.STATUS, 15);
    }

    private static void descriptor(Target t, int pa, long address, int bytes, int flags, int next) {
        t.write(32, pa, (int) address);
        t.write(32, pa + 4, (int) (address >>> 32));
        t.write(32, pa + 8, bytes);
        t.write(32, pa + 12, flags | next << 16);
    }

    private static void request(Target t, int operation, int sector, int bytes) {
        t.write(32, HEADER, operation);
        t.write(32, HEADER + 4, 0);
        t.write(32, HEADER + 8, sector);
        t.write(32, HEADER + 12, 0);
        t.write(8, STATUS, 0xff);
        descriptor(t, RINGS, HEADER, 16, NEXT, bytes == 0 ? 2 : 1);
        descriptor(t, RINGS + 16, DATA, bytes, (operation == 1 ? 0 : WRITE) | NEXT, 2);
        descriptor(t, RINGS + 32, STATUS, 1, WRITE, 0);
    }

    /** Makes head 0 available and notifies; what the device did of it. */
    private static String offer(Target t) {
        int index = t.read(16, AVAILABLE + 2);
        int before = t.read(16, USED + 2);
        t.write(16, AVAILABLE + 4 + 2 * (index % SIZE), 0);
        t.write(16, AVAILABLE + 2, index + 1);
        return afterNotice(t, before);
    }

    private static String afterNotice(Target t, int before) {
        t.register(Register.QUEUE_NOTIFY, 0);
        t.settle(before);
        int now = t.read(16, USED + 2);
        int entry = USED + 4 + 8 * (before % SIZE);
        String used = now == before ? "nothing" : "head " + t.read(32, entry) + ", " + t.read(32, entry + 4) + " bytes";
        int status = t.register(Register.STATUS);
        int interrupt = t.register(Register.INTERRUPT_STATUS)
                & ((status & VirtioMmio.NEEDS_RESET) != 0 ? VirtioMmio.CONFIGURATION_CHANGE : -1);
        String seen = String.format(
                "device %02x, interrupt %x, used %d: %s, request %02x",
                status, interrupt, now, used, t.read(8, STATUS));
        t.register(Register.INTERRUPT_ACK, 3);
        return seen;
    }

    private interface Steps {
        List<String> on(Target t);
    }

    private static void compare(Steps steps) throws Exception {
        byte[] content = content();
        List<String> ours = steps.on(Ours.with(content));
        try (QemuVirtio qemu = new QemuVirtio(content)) {
            List<String> theirs = steps.on(new Theirs(qemu));
            assertThat(String.join("\n", ours)).isEqualTo(String.join("\n", theirs));
        }
        System.out.println("a virtio disk against QEMU: " + ours.size() + " observations compared");
    }

    // ---- the comparisons

    @Test
    void registers_features_and_configuration() throws Exception {
        compare(t -> {
            List<String> seen = new ArrayList<>();
            for (Register register : List.of(
                    Register.MAGIC_VALUE,
                    Register.VERSION,
                    Register.DEVICE_ID,
                    Register.STATUS,
                    Register.INTERRUPT_STATUS,
                    Register.QUEUE_READY,
                    Register.CONFIG_GENERATION,
                    Register.SHM_LEN_LOW,
                    Register.SHM_LEN_HIGH)) {
                seen.add(register + " " + Integer.toHexString(t.register(register)));
            }
            for (int half = 0; half < 2; half++) {
                t.register(Register.DEVICE_FEATURES_SEL, half);
                seen.add("features "
                        + Long.toHexString(t.register(Register.DEVICE_FEATURES) & COMMON >>> 32 * half & 0xffff_ffffL));
            }
            start(t, COMMON);
            seen.add("started: " + t.register(Register.STATUS) + " ready " + t.register(Register.QUEUE_READY));
            int space = t.base() + Register.CONFIGURATION;
            seen.add("capacity " + t.read(32, space) + " " + t.read(32, space + 4));
            seen.add("block " + t.read(32, space + 20) + " " + t.read(16, space + 20) + " " + t.read(8, space + 21));
            t.register(Register.QUEUE_SEL, 1);
            seen.add("queue 1: " + t.register(Register.QUEUE_READY));
            t.register(Register.STATUS, 0);
            seen.add("reset: " + t.register(Register.STATUS));
            t.register(Register.QUEUE_SEL, 0);
            seen.add("ready " + t.register(Register.QUEUE_READY));
            return seen;
        });
    }

    @Test
    void requests_with_flags_and_with_event_indices() throws Exception {
        for (long features : new long[] {COMMON, COMMON & ~Features.EVENT_IDX}) {
            compare(t -> {
                List<String> seen = new ArrayList<>();
                start(t, features);
                for (int[] r : new int[][] {
                    {0, 3, 512},
                    {0, 100, 4096},
                    {1, 5, 512},
                    {0, 5, 512},
                    {4, 0, 0},
                    {8, 0, 20},
                    {77, 0, 16},
                    {0, 127, 1024},
                    {0, 5000, 512},
                    {0, -1, 512},
                    {0, 1, 700},
                    {0, 127, 512}
                }) {
                    request(t, r[0], r[1], r[2]);
                    if (r[0] == 1) {
                        t.write(32, DATA, 0x600d_da7a);
                    }
                    String outcome = offer(t);
                    // of a failed request the number of bytes is anybody's
                    boolean failed = !outcome.endsWith("request 00");
                    seen.add(Arrays.toString(r) + ": " + (failed ? outcome.replaceAll(", \\d+ bytes", "") : outcome));
                    seen.add(failed ? "" : HexFormat.of().formatHex(t.bytes(DATA, r[0] == 8 ? 5 : Math.max(4, r[2]))));
                    seen.add("flags " + t.read(16, USED) + " event " + t.read(16, USED + 4 + 8 * SIZE));
                    t.write(16, AVAILABLE + 4 + 2 * SIZE, t.read(16, USED + 2));
                }
                t.write(16, AVAILABLE, 1);
                t.write(16, AVAILABLE + 4 + 2 * SIZE, 0x4000);
                request(t, 0, 1, 512);
                seen.add("interrupt suppressed: " + offer(t));
                descriptor(t, TABLE, HEADER, 16, NEXT, 1);
                descriptor(t, TABLE + 16, DATA, 512, NEXT | WRITE, 2);
                descriptor(t, TABLE + 32, STATUS, 1, WRITE, 0);
                descriptor(t, RINGS, TABLE, 48, INDIRECT, 0);
                seen.add("indirect: " + offer(t));
                return seen;
            });
        }
    }

    /** What a front end does that no driver may, after a request without fault was laid out. */
    private static Map<String, Steps> tricks() {
        Map<String, Steps> tricks = new LinkedHashMap<>();
        tricks.put("no trick", t -> List.of());
        put(tricks, "loop", t -> descriptor(t, RINGS + 16, DATA, 512, WRITE | NEXT, 1));
        put(tricks, "next beyond", t -> descriptor(t, RINGS, HEADER, 16, NEXT, 99));
        put(tricks, "empty", t -> descriptor(t, RINGS + 16, DATA, 0, WRITE | NEXT, 2));
        put(tricks, "no status", t -> descriptor(t, RINGS, HEADER, 16, 0, 0));
        put(tricks, "header to write", t -> descriptor(t, RINGS, HEADER, 16, WRITE | NEXT, 1));
        put(tricks, "status to read", t -> descriptor(t, RINGS + 32, STATUS, 1, 0, 0));
        put(tricks, "table of 15 bytes", t -> descriptor(t, RINGS, TABLE, 15, INDIRECT, 0));
        put(tricks, "table in a table", t -> {
            descriptor(t, TABLE, TABLE, 16, INDIRECT, 0);
            descriptor(t, RINGS, TABLE, 16, INDIRECT, 0);
        });
        put(tricks, "table that loops", t -> {
            descriptor(t, TABLE, HEADER, 16, NEXT, 0);
            descriptor(t, RINGS, TABLE, 16, INDIRECT, 0);
        });
        return tricks;
    }

    private static void put(Map<String, Steps> tricks, String name, java.util.function.Consumer<Target> trick) {
        tricks.put(name, t -> {
            trick.accept(t);
            return List.of();
        });
    }

    @Test
    void tricks_make_the_device_ask_for_a_reset_where_they_do_so_there() throws Exception {
        compare(t -> {
            List<String> seen = new ArrayList<>();
            tricks().forEach((name, trick) -> {
                start(t, COMMON & ~Features.EVENT_IDX);
                request(t, 0, 3, 512);
                trick.on(t);
                seen.add(name + ": " + offer(t));
            });
            start(t, COMMON & ~Features.EVENT_IDX);
            t.write(16, AVAILABLE + 4, 16);
            t.write(16, AVAILABLE + 2, 1);
            seen.add("head beyond the queue: " + afterNotice(t, 0));
            start(t, COMMON & ~Features.EVENT_IDX);
            t.write(16, AVAILABLE + 2, 17);
            seen.add("index jumps: " + afterNotice(t, 0));
            start(t, COMMON);
            request(t, 0, 3, 512);
            seen.add("after all: " + offer(t));
            return seen;
        });
    }
}
