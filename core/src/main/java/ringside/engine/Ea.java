package ringside.engine;

import ringside.isa.Operand.Mem;
import ringside.machine.cpu.Cpu;

/** A 32-bit effective address without branches: absent registers are masked away. */
final class Ea {
    final int seg;
    private final int base;
    private final int baseMask;
    private final int index;
    private final int indexMask;
    private final int shift;
    private final int disp;

    Ea(Mem mem) {
        seg = mem.seg();
        base = Math.max(mem.base(), 0);
        baseMask = mem.base() < 0 ? 0 : -1;
        index = Math.max(mem.index(), 0);
        indexMask = mem.index() < 0 ? 0 : -1;
        shift = Integer.numberOfTrailingZeros(mem.scale());
        disp = mem.disp();
    }

    int offset(Cpu c) {
        int[] r = c.r;
        return (r[base] & baseMask) + ((r[index] & indexMask) << shift) + disp;
    }
}
