package ringside.vmm.device.split;

import java.util.Arrays;
import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;

/**
 * Bytes of guest RAM in the order in which a front end put them together, piece by piece; offsets count from the first.
 *
 * <p>Every access looks again whether it meets RAM: a guest may have moved a device over it since.
 */
final class Area {
    private final Dma memory;
    private final byte[] word = new byte[4];
    private int[] pas = new int[4];
    private int[] lengths = new int[4];
    private int pieces;
    private long bytes;
    /** The grants that keep the pieces where they are, one for each, where there are any. */
    private int[] grants = new int[0];

    Area(Dma memory) {
        this.memory = memory;
    }

    void add(int pa, int length) {
        if (pieces == pas.length) {
            pas = Arrays.copyOf(pas, 2 * pieces);
            lengths = Arrays.copyOf(lengths, 2 * pieces);
        }
        pas[pieces] = pa;
        lengths[pieces++] = length;
        bytes += length;
    }

    /** Notes that the piece added last lies in this grant. */
    void keptBy(int grant) {
        grants = Arrays.copyOf(grants, grants.length + 1);
        grants[grants.length - 1] = grant;
    }

    int[] grants() {
        return grants;
    }

    void clear() {
        pieces = 0;
        bytes = 0;
        grants = new int[0];
    }

    long bytes() {
        return bytes;
    }

    /** Whether a byte belongs to both. */
    boolean meets(Area other) {
        for (int i = 0; i < pieces; i++) {
            for (int j = 0; j < other.pieces; j++) {
                long a = pas[i] & 0xffff_ffffL;
                long b = other.pas[j] & 0xffff_ffffL;
                if (a < b + other.lengths[j] && b < a + lengths[i]) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- copying

    private interface Part {
        void copy(int pa, int done, int length);
    }

    private void each(long offset, int length, Part part) throws FrontEndFault {
        long skip = offset;
        int done = 0;
        for (int i = 0; i < pieces && done < length; i++) {
            if (skip >= lengths[i]) {
                skip -= lengths[i];
                continue;
            }
            int pa = pas[i] + (int) skip;
            int here = (int) Math.min(length - done, lengths[i] - skip);
            if (!memory.isRam(pa, here)) {
                throw new FrontEndFault("%d bytes at PA %08x are no longer RAM", here, pa);
            }
            part.copy(pa, done, here);
            done += here;
            skip = 0;
        }
        if (done < length) {
            throw new FrontEndFault("%d bytes lie beyond the end of a buffer", length - done);
        }
    }

    void read(long offset, byte[] to, int at, int length) throws FrontEndFault {
        each(offset, length, (pa, done, here) -> memory.read(pa, to, at + done, here));
    }

    void write(long offset, byte[] from, int at, int length) throws FrontEndFault {
        each(offset, length, (pa, done, here) -> memory.write(pa, from, at + done, here));
    }

    int get16(long offset) throws FrontEndFault {
        read(offset, word, 0, 2);
        return word[0] & 0xff | (word[1] & 0xff) << 8;
    }

    void put16(long offset, int value) throws FrontEndFault {
        Bytes.put16(word, 0, value);
        write(offset, word, 0, 2);
    }

    void put32(long offset, int value) throws FrontEndFault {
        Bytes.put32(word, 0, value);
        write(offset, word, 0, 4);
    }

    // ---- state

    void visit(StateVisitor v, String name) {
        long[] packed = new long[2 * pieces + grants.length + 1];
        packed[0] = pieces;
        for (int i = 0; i < pieces; i++) {
            packed[1 + 2 * i] = pas[i];
            packed[2 + 2 * i] = lengths[i];
        }
        for (int i = 0; i < grants.length; i++) {
            packed[1 + 2 * pieces + i] = grants[i];
        }
        long[] taken = v.longs(name, packed);
        clear();
        int count = (int) taken[0];
        for (int i = 0; i < count; i++) {
            add((int) taken[1 + 2 * i], (int) taken[2 + 2 * i]);
        }
        for (int i = 1 + 2 * count; i < taken.length; i++) {
            keptBy((int) taken[i]);
        }
    }
}
