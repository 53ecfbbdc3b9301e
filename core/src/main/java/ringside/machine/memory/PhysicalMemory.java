package ringside.machine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ringside.error.RingsideException;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;

/**
 * RAM of the machine, addressed by MA from 0, little-endian.
 *
 * <p>One byte array behind VarHandles: the fastest that cannot crash the JVM. Pages that hold decoded code are marked;
 * whoever writes such a page, CPU, device or VMM, makes the {@link CodeWatch} drop what was decoded from it. Callers
 * keep within {@link #size}; an access outside is a defect and throws.
 */
public final class PhysicalMemory implements Stateful {
    /** Told when bytes of a page that holds decoded code change. */
    public interface CodeWatch {
        /** {@code length} bytes at {@code ma}, all within one page, are about to change. */
        void written(int ma, int length);

        /** They are going to be written by the instruction in progress, whose flags may change before: object now. */
        default void claimed(int ma, int length) {}
    }

    public static final int PAGE = 4096;
    public static final int MAX_SIZE = 0x4000_0000;

    private static final byte[] ZEROS = new byte[PAGE];

    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private final byte[] bytes;
    /** One entry a page: how many watches hold code decoded from it. */
    private final byte[] code;

    private int codeMarks;
    private final List<CodeWatch> watches = new ArrayList<>();

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    /** @param size bytes; a multiple of 4096, at most 1 GiB */
    public PhysicalMemory(int size) {
        if (size <= 0 || size > MAX_SIZE || size % PAGE != 0) {
            throw new RingsideException(
                    "memory of " + size + " bytes is not possible", "", "give a multiple of 4 KiB up to 1 GiB");
        }
        bytes = new byte[size];
        code = new byte[size / PAGE];
    }

    public int size() {
        return bytes.length;
    }

    public boolean contains(int ma, int length) {
        return ma >= 0 && length >= 0 && ma <= bytes.length - length;
    }

    /** Adds a watch: each engine that decodes from this memory has its own. */
    public void watch(CodeWatch codeWatch) {
        watches.add(codeWatch);
    }

    private void tell(int ma, int length) {
        for (CodeWatch watch : watches) {
            watch.written(ma, length);
        }
    }

    public boolean holdsCode(int ma) {
        return code[ma >>> 12] != 0;
    }

    /** A watch begins (or ends) to hold code decoded from the page of {@code ma}: once each. */
    public void markCode(int ma, boolean holds) {
        code[ma >>> 12] += (byte) (holds ? 1 : -1);
        codeMarks += holds ? 1 : 0;
    }

    /** Counts the pages marked so far: whoever keeps a way to write past the watches looks again when it changed. */
    public int codeMarks() {
        return codeMarks;
    }

    // ---- reads

    public int get8(int ma) {
        return bytes[ma] & 0xff;
    }

    public int get16(int ma) {
        return (short) SHORT.get(bytes, ma) & 0xffff;
    }

    public int get32(int ma) {
        return (int) INT.get(bytes, ma);
    }

    public long get64(int ma) {
        return (long) LONG.get(bytes, ma);
    }

    // ---- writes that tell the watch: for everybody but the engine's fast path

    public void put8(int ma, int value) {
        touch(ma, 1);
        bytes[ma] = (byte) value;
    }

    public void put16(int ma, int value) {
        touch(ma, 2);
        SHORT.set(bytes, ma, (short) value);
    }

    public void put32(int ma, int value) {
        touch(ma, 4);
        INT.set(bytes, ma, value);
    }

    public void put64(int ma, long value) {
        touch(ma, 8);
        LONG.set(bytes, ma, value);
    }

    // ---- writes through a write-map entry, which code pages never have: no watch to ask

    public void put8Mapped(int ma, int value) {
        bytes[ma] = (byte) value;
    }

    public void put16Mapped(int ma, int value) {
        SHORT.set(bytes, ma, (short) value);
    }

    public void put32Mapped(int ma, int value) {
        INT.set(bytes, ma, value);
    }

    public void put64Mapped(int ma, long value) {
        LONG.set(bytes, ma, value);
    }

    /** Copies in; tells the watch page by page. */
    public void write(int ma, byte[] from, int offset, int length) {
        touch(ma, length);
        System.arraycopy(from, offset, bytes, ma, length);
    }

    public void write(int ma, byte[] from) {
        write(ma, from, 0, from.length);
    }

    public byte[] read(int ma, int length) {
        return Arrays.copyOfRange(bytes, ma, ma + length);
    }

    /** Whether the {@code length} bytes at {@code ma} are those of {@code other} from {@code offset} on. */
    public boolean matches(int ma, byte[] other, int offset, int length) {
        return Arrays.equals(bytes, ma, ma + length, other, offset, offset + length);
    }

    public void read(int ma, byte[] to, int offset, int length) {
        System.arraycopy(bytes, ma, to, offset, length);
    }

    public void fill(int ma, int length, int value) {
        touch(ma, length);
        if (value == 0 && length <= PAGE) {
            // all memory of a guest passes here at start-up, when a loop over bytes is not yet compiled well
            System.arraycopy(ZEROS, 0, bytes, ma, length);
        } else {
            Arrays.fill(bytes, ma, ma + length, (byte) value);
        }
    }

    /** Announces the write half of a read-modify-write within one page. */
    public void claim(int ma, int length) {
        if (code[ma >>> 12] != 0) {
            watches.forEach(watch -> watch.claimed(ma, length));
        }
    }

    /**
     * Where {@code length} bytes from {@code ma} first differ from those of {@code other} from {@code otherMa}: a distance,
     * or -1.
     */
    public int mismatch(int ma, PhysicalMemory other, int otherMa, int length) {
        return Arrays.mismatch(bytes, ma, ma + length, other.bytes, otherMa, otherMa + length);
    }

    private void touch(int ma, int length) {
        int last = ma + length - 1;
        for (int page = ma >>> 12; page <= last >>> 12; page++) {
            if (code[page] != 0) {
                int from = Math.max(ma, page << 12);
                int to = Math.min(last, (page << 12) + PAGE - 1);
                tell(from, to - from + 1);
            }
        }
    }

    @Override
    public String stateName() {
        return "ram";
    }

    @Override
    public void visit(StateVisitor v) {
        byte[] before = bytes.clone();
        v.bytes("bytes", bytes);
        for (int page = 0; page < code.length; page++) {
            int from = page << 12;
            if (code[page] != 0 && !Arrays.equals(before, from, from + PAGE, bytes, from, from + PAGE)) {
                tell(from, PAGE);
            }
        }
    }
}
