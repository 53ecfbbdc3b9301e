package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.properties.SlottedGuest.buffer;
import static ringside.properties.SlottedGuest.bytes;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;

/**
 * Page tables and descriptors of the guest mean under deprivileged what they mean on the bare machine, accessed and dirty
 * bits included.
 */
class DeprivilegedMemoryProperties {
    private static final int BUDGET = 4_000;
    private static final ServerSpec SERVER = new ServerSpec(2004, CpuModel.ofYear(2004), 4, 1);
    private static final List<Setting> SETTINGS = List.of(new Setting("bare"), new Setting("deprivileged"));

    private static final int DIRECTORY = 0x100000, TABLE = 0x101000;
    /** Sixteen pages whose entries change, in the first 4 MiB; the rest is mapped onto itself for everybody. */
    private static final int TEST_PAGES = 0x200000, COUNT = 16;

    private static final int DESCRIPTORS = 0x30, LAST_DESCRIPTOR = 0xf8, LOCAL_TABLE = 0xa0000;

    private static ExperimentResult run(GuestImage guest) {
        return Experiment.run(
                new ExperimentSpec("random tables", SERVER, guest, SETTINGS, List.of(), List.of(), BUDGET));
    }

    // ---- paging

    @Property(tries = 120, seed = "20050103")
    void page_tables_mean_the_same(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        SlottedGuest guest = new SlottedGuest();
        guest.with("directory", DIRECTORY, buffer(4).putInt(TABLE | 7).array());
        guest.with("table", TABLE, table());
        for (int page = 0; page < COUNT; page++) {
            guest.with("page " + page, TEST_PAGES + page * 0x1000, bytes(0xc3));
        }
        guest.piece(loadTask());
        guest.piece(pagingOn());
        for (int i = 0; i < pieces; i++) {
            guest.piece(pagingPiece(random, guest.next()));
        }
        ExperimentResult result = run(guest.image());
        assertThat(result.runs().get(1).divergence()).as(result.text()).isEmpty();
    }

    private static byte[] table() {
        ByteBuffer table = buffer(0x1000);
        for (int page = 0; page < 1024; page++) {
            table.putInt(page << 12 | 7);
        }
        return table.array();
    }

    private static byte[] loadTask() {
        return bytes(0x66, 0xb8, SlottedGuest.TASK, 0, 0x0f, 0x00, 0xd8);
    }

    /** MOV CR3; MOV CR0 with PG; a far jump to the next instruction. */
    private static byte[] pagingOn() {
        return buffer(16)
                .put((byte) 0xb8)
                .putInt(DIRECTORY)
                .put(bytes(0x0f, 0x22, 0xd8, 0x0f, 0x20, 0xc0))
                .put((byte) 0x0d)
                .putInt(0x80000000)
                .array();
    }

    private static byte[] pagingPiece(SplittableRandom random, int next) {
        int page = TEST_PAGES + random.nextInt(COUNT) * 0x1000;
        int offset = random.nextInt(4) == 0 ? 0xffe : random.nextInt(1, 0x3ff) * 4;
        int la = page + offset;
        return switch (random.nextInt(12)) {
            case 0, 1 -> with(la, 0x8b, 0x05);
            case 2, 3 -> with(la, 0x89, 0x05);
            case 4 -> with(la, 0xff, 0x05);
            case 5 ->
                buffer(7).put((byte) 0xb8).putInt(page).put(bytes(0xff, 0xd0)).array();
            case 6, 7, 8 -> entry(random, page);
            case 9 -> bytes(0x0f, 0x20, 0xc0, 0x35, 0, 0, 1, 0, 0x0f, 0x22, 0xc0);
            case 10 -> bytes(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8);
            default -> random.nextBoolean() ? toUser(next) : bytes(0xcd, SlottedGuest.OPEN_VECTOR);
        };
    }

    private static byte[] with(int la, int... opcode) {
        return buffer(opcode.length + 4).put(bytes(opcode)).putInt(la).array();
    }

    /** A new entry for the page, then INVLPG. */
    private static byte[] entry(SplittableRandom random, int page) {
        int flags = random.nextInt(8) | (random.nextInt(4) == 0 ? 0 : 1);
        int target = TEST_PAGES + random.nextInt(COUNT) * 0x1000;
        return buffer(17)
                .put(bytes(0xc7, 0x05))
                .putInt(TABLE + (page >>> 12) * 4)
                .putInt(target | flags)
                .put(bytes(0x0f, 0x01, 0x3d))
                .putInt(page)
                .array();
    }

    /** IRET to ring 3 at the next slot, on the same stack, IF and IOPL 0 as they are. */
    private static byte[] toUser(int next) {
        return buffer(17)
                .put(bytes(0x6a, 0x23, 0x68))
                .putInt(SlottedGuest.STACK - 0x100)
                .put(bytes(0x6a, 0x02, 0x6a, 0x1b, 0x68))
                .putInt(next)
                .put((byte) 0xcf)
                .array();
    }

    // ---- descriptors

    @Property(tries = 120, seed = "20050103")
    void descriptors_mean_the_same(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        SlottedGuest guest = new SlottedGuest().flattening();
        guest.piece(loadTask());
        for (int i = 0; i < pieces; i++) {
            guest.piece(descriptorPiece(random, guest.next()));
        }
        ExperimentResult result = run(guest.image());
        assertThat(result.runs().get(1).divergence()).as(result.text()).isEmpty();
    }

    private static byte[] descriptorPiece(SplittableRandom random, int next) {
        int selector = selector(random);
        int fs = random.nextInt(4);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> descriptor(random, selector);
            case 3, 4 -> load(selector, new int[] {0xe0, 0xe8, 0xc0, 0xd8}[fs]);
            case 5 -> load(selector, 0xd0);
            case 6 -> through(random, 0x8b);
            case 7 -> through(random, 0x89);
            case 8 ->
                buffer(7)
                        .put((byte) 0xea)
                        .putInt(next)
                        .putShort((short) selector)
                        .array();
            default -> bytes(0x66, 0xb8, selector & 0xf8, 0, 0x0f, 0x00, 0xd0);
        };
    }

    /** An entry of the GDT behind the fixed ones, or of the table that LDTs of the test lie in; RPL 0. */
    private static int selector(SplittableRandom random) {
        boolean local = random.nextInt(4) == 0;
        int index = random.nextInt(DESCRIPTORS / 8, LAST_DESCRIPTOR / 8 + 1);
        return random.nextInt(6) == 0 ? 0x10 : index * 8 | (local ? 4 : 0);
    }

    private static byte[] load(int selector, int modRm) {
        return bytes(0x66, 0xb8, selector & 0xff, selector >> 8, 0x8e, modRm);
    }

    /** MOV EAX, FS or GS:[offset], or back. */
    private static byte[] through(SplittableRandom random, int opcode) {
        int offset = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(0x1ffff);
        return buffer(7)
                .put(bytes(random.nextBoolean() ? 0x64 : 0x65, opcode, 0x05))
                .putInt(offset)
                .array();
    }

    /** Rewrites both halves of a descriptor; code of DPL 1 is left out, which ring 1 may enter and ring 0 may not. */
    private static byte[] descriptor(SplittableRandom random, int selector) {
        int at = ((selector & 4) != 0 ? LOCAL_TABLE : SlottedGuest.GDT) + (selector & 0xf8);
        int type = random.nextInt(16);
        int dpl = type >= 8 && random.nextInt(3) > 0 ? 0 : random.nextInt(4);
        dpl = type >= 8 && dpl == 1 ? 0 : dpl;
        boolean local = random.nextInt(6) == 0;
        int base = local ? LOCAL_TABLE : random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(0xfffff) & ~3;
        int limit = random.nextInt(3) == 0 ? 0xfffff : random.nextInt(0x100000);
        int rights = local ? 0x82 : (random.nextInt(6) == 0 ? 0 : 0x80) | dpl << 5 | 0x10 | type;
        int flags = local ? 0 : random.nextInt(16) << 20 & 0x00d00000;
        int low = base << 16 | limit & 0xffff;
        int high = base & 0xff000000 | flags | limit & 0xf0000 | rights << 8 | base >>> 16 & 0xff;
        if (selector == 0x10) {
            // the handlers' own: only what leaves it flat and usable
            low = 0xffff;
            high = random.nextBoolean() ? 0x00cf9300 : 0x00cf9200;
        }
        return buffer(20)
                .put(bytes(0xc7, 0x05))
                .putInt(at)
                .putInt(low)
                .put(bytes(0xc7, 0x05))
                .putInt(at + 4)
                .putInt(high)
                .array();
    }
}
