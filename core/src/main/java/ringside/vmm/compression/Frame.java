package ringside.vmm.compression;

import ringside.arch.Eflags;
import ringside.vmm.spi.VmmRegion;

/**
 * The frame that the hardware pushed on the VMM's stack, as it lies in machine memory.
 *
 * @param error the error code, 0 where the vector has none
 * @param paragraphs ES, DS, FS and GS where the guest was in virtual-8086 mode, else null
 */
public record Frame(int error, int eip, int cs, int flags, int esp, int ss, int[] paragraphs) {
    /** Bytes of a frame for IRET, without and with the data segments of virtual-8086 mode. */
    private static final int SIZE = 20, SIZE_86 = 36;

    Frame withFlags(int others) {
        return new Frame(error, eip, cs, others, esp, ss, paragraphs);
    }

    /** Reads the frame at real ESP. */
    static Frame read(VmmRegion region, int realEsp, boolean hasError) {
        int at = realEsp - VmmRegion.BASE;
        int error = hasError ? region.get32(at) : 0;
        at += hasError ? 4 : 0;
        int flags = region.get32(at + 8);
        int[] paragraphs = null;
        if ((flags & Eflags.VM) != 0) {
            paragraphs = new int[4];
            for (int i = 0; i < 4; i++) {
                paragraphs[i] = region.get32(at + SIZE + i * 4) & 0xffff;
            }
        }
        return new Frame(
                error,
                region.get32(at),
                region.get32(at + 4) & 0xffff,
                flags,
                region.get32(at + 12),
                region.get32(at + 16) & 0xffff,
                paragraphs);
    }

    /** Writes the frame for IRET at the top of the VMM's stack; returns its linear address. */
    int write(VmmRegion region) {
        int at = VmmRegion.STACK_TOP - (paragraphs == null ? SIZE : SIZE_86);
        region.put32(at, eip);
        region.put32(at + 4, cs);
        region.put32(at + 8, flags);
        region.put32(at + 12, esp);
        region.put32(at + 16, ss);
        if (paragraphs != null) {
            for (int i = 0; i < 4; i++) {
                region.put32(at + SIZE + i * 4, paragraphs[i]);
            }
        }
        return VmmRegion.la(at);
    }
}
