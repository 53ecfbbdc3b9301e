package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import ringside.machine.bus.Dma;
import ringside.machine.memory.PhysicalMemory;

/**
 * Watches a bus with no IOMMU, as a logic analyzer would: which frames that are not the guest's its devices reached.
 *
 * <p>It keeps nobody from anything.
 */
final class Trespass {
    private static final int PAGE = PhysicalMemory.PAGE, MOST = 4;

    private final List<String> found = new ArrayList<>();
    private BitSet allowed = new BitSet();

    /** From now on these frames, by number, are the guest's. */
    void allowed(BitSet frames) {
        allowed = frames;
    }

    /** {@code plain}, watched. */
    Dma watched(Dma plain) {
        return new Dma() {
            @Override
            public void read(int pa, byte[] to, int offset, int length) {
                look("read", pa, length);
                plain.read(pa, to, offset, length);
            }

            @Override
            public void write(int pa, byte[] from, int offset, int length) {
                look("wrote", pa, length);
                plain.write(pa, from, offset, length);
            }
        };
    }

    private void look(String did, int ma, int length) {
        for (int page = ma >>> 12; length > 0 && page <= ma + length - 1 >>> 12; page++) {
            if (!allowed.get(page)) {
                String what = String.format("a device %s the page %08x, which is not the guest's", did, page * PAGE);
                if (found.size() < MOST && !found.contains(what)) {
                    found.add(what);
                }
            }
        }
    }

    /** What was reached, in words, the first few, each once. */
    List<String> found() {
        return List.copyOf(found);
    }
}
