package ringside.vmm.spi;

import ringside.machine.memory.PhysicalMemory;

/**
 * The VMM's own memory: 4 MiB of machine memory, from MA 0 where it is alone, mapped at the top of linear space for supervisors only.
 *
 * <p>Guest segments are truncated below {@link #BASE}, so that ring 1, a supervisor to paging, cannot reach it.
 */
public final class VmmRegion {
    /** Linear address of the region. */
    public static final int BASE = 0xffc00000;

    public static final int SIZE = 0x400000;

    /** Offsets of what lies in the region; tables of the second world follow those of the first. */
    public static final int GDT = 0, LDT = 0x20000, IDT = 0x40000, DOORS = 0x41000, TSS = 0x42000, STACK = 0x46000;

    /** Bytes from one world's table to the next. */
    public static final int TABLE = 0x10000;

    /** Where there is hardware assist: which ports exit, two pages in the place of a TSS that nobody needs. */
    public static final int PORT_MAP = 0x42000;

    /** The stack grows down from here. */
    public static final int STACK_TOP = 0x47000;

    /** A page that is never mapped. */
    public static final int GUARD = 0x47000;

    /** Page tables: the roots and directories of two worlds, the region's own tables, then the pool. */
    public static final int DIRECTORIES = 0x48000, OWN_TABLE = 0x52000, POOL = 0x54000;

    /** Page tables end here; then the data and the code of a translation cache. */
    public static final int POOL_END = 0x2c0000, CACHE_DATA = POOL_END, CACHE = 0x300000;

    /** Selectors of the VMM, at the end of the shadow GDT; guest descriptors there are never shadowed. */
    public static final int CODE = 0xffc0, DATA = 0xffc8, TASK = 0xffd0, LOCAL = 0xffd8, STACK_FIX = 0xffe0;

    /** Selectors through which translated code runs and reaches its data; null but while it runs. */
    public static final int CACHE_CODE = 0xffe8, CACHE_STORE = 0xfff0;

    /** The first index of the GDT that is the VMM's own. */
    public static final int FIRST_OWN_INDEX = CODE >> 3;

    /** Vectors that have a door, 16 bytes apart. */
    public static final int DOOR_COUNT = 256;

    private final PhysicalMemory memory;
    private final int base;

    /** The region at MA {@code base} of {@code memory}. */
    public VmmRegion(PhysicalMemory memory, int base) {
        this.memory = memory;
        this.base = base;
    }

    /** MA of an offset in the region. */
    public int ma(int offset) {
        return base + offset;
    }

    /** The offset of what lies at {@code ma}. */
    public int offset(int ma) {
        return ma - base;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    /** Linear address of an offset in the region. */
    public static int la(int offset) {
        return BASE + offset;
    }

    /** Linear address of the door for {@code vector}. */
    public static int door(int vector) {
        return BASE + DOORS + 16 * vector;
    }

    /** Whether {@code la} lies in the region. */
    public static boolean contains(int la) {
        return Integer.compareUnsigned(la, BASE) >= 0;
    }

    public int get32(int offset) {
        return memory.get32(base + offset);
    }

    public int get8(int offset) {
        return memory.get8(base + offset);
    }

    public void put32(int offset, int value) {
        memory.put32(base + offset, value);
    }

    /** A descriptor, or any other eight bytes. */
    public void put64(int offset, int low, int high) {
        memory.put32(base + offset, low);
        memory.put32(base + offset + 4, high);
    }

    public void put8(int offset, int value) {
        memory.put8(base + offset, value);
    }

    /** Copies {@code bytes} in. */
    public void write(int offset, byte[] bytes) {
        memory.write(base + offset, bytes);
    }

    /** Copies {@code length} bytes out. */
    public byte[] read(int offset, int length) {
        return memory.read(base + offset, length);
    }

    /** Sets {@code length} bytes to {@code value}. */
    public void fill(int offset, int length, int value) {
        memory.fill(base + offset, length, value);
    }
}
