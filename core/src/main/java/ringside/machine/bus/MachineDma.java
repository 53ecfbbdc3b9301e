package ringside.machine.bus;

import java.util.Arrays;
import ringside.machine.memory.PhysicalMemory;

/** The machine's memory as a bus master reaches it with nothing between: an address is an MA. */
public record MachineDma(PhysicalMemory memory) implements Dma {
    @Override
    public void read(int pa, byte[] to, int offset, int length) {
        int bytes = within(pa, length);
        if (bytes > 0) {
            memory.read(pa, to, offset, bytes);
        }
        Arrays.fill(to, offset + bytes, offset + length, (byte) -1);
    }

    @Override
    public void write(int pa, byte[] from, int offset, int length) {
        int bytes = within(pa, length);
        if (bytes > 0) {
            memory.write(pa, from, offset, bytes);
        }
    }

    /** How many of the bytes lie in memory, which begins at 0. */
    private int within(int pa, int length) {
        long last = Integer.toUnsignedLong(pa) + length;
        return (int) Math.clamp(memory.size() - (last - length), 0, length);
    }
}
