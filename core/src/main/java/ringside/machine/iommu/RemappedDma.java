package ringside.machine.iommu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import ringside.machine.bus.Dma;
import ringside.machine.bus.MachineDma;
import ringside.machine.memory.PhysicalMemory;

/** Memory as one requester reaches it by way of the IOMMU: page by page, each translated for itself. */
final class RemappedDma implements Dma {
    private final Iommu iommu;
    private final PhysicalMemory memory;
    private final Dma plain;
    private final Requester requester;
    private final int id;
    private final IntConsumer processor;

    RemappedDma(Iommu iommu, PhysicalMemory memory, Requester requester, IntConsumer processor) {
        this.iommu = iommu;
        this.memory = memory;
        this.plain = new MachineDma(memory);
        this.requester = requester;
        this.id = requester.id();
        this.processor = processor;
    }

    @Override
    public void read(int pa, byte[] to, int offset, int length) {
        if (!iommu.on()) {
            plain.read(pa, to, offset, length);
            return;
        }
        for (int done = 0, bytes; done < length; done += bytes) {
            bytes = inPage(pa + done, length - done);
            try {
                memory.read(iommu.translate(id, pa + done, false), to, offset + done, bytes);
            } catch (Refused refused) {
                Arrays.fill(to, offset + done, offset + done + bytes, (byte) -1);
                fault(pa + done, false, refused);
            }
        }
    }

    @Override
    public void write(int pa, byte[] from, int offset, int length) {
        if (!iommu.on()) {
            plain.write(pa, from, offset, length);
            return;
        }
        for (int done = 0, bytes; done < length; done += bytes) {
            bytes = inPage(pa + done, length - done);
            try {
                memory.write(iommu.translate(id, pa + done, true), from, offset + done, bytes);
            } catch (Refused refused) {
                fault(pa + done, true, refused);
            }
        }
    }

    private static int inPage(int pa, int length) {
        return Math.min(length, PhysicalMemory.PAGE - (pa & PhysicalMemory.PAGE - 1));
    }

    private void fault(int pa, boolean write, Refused refused) {
        iommu.fault(new DmaFault(requester, pa & -PhysicalMemory.PAGE, write, refused.reason), processor);
    }
}
