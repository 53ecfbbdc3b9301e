package ringside.machine.cpu;

import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.state.ProcessorState;

/** Whether the current ring may use I/O ports: IOPL, then the bitmap of a 32-bit TSS (SDM vol. 1, section 19.5). */
final class PortPermission {
    private static final int MAP_BASE = 0x66;

    private final ProcessorState s;
    private final Mmu mmu;

    PortPermission(ProcessorState state, Mmu mmu) {
        this.s = state;
        this.mmu = mmu;
    }

    /** #GP(0) unless {@code bits}/8 ports from {@code port} are permitted. */
    void check(int bits, int port) {
        if (!s.protectedMode() || s.cpl <= s.iopl() && !s.virtual8086()) {
            return;
        }
        if (!mapped(bits, port)) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    /** The processor reads two bytes of the map whatever the width; both must lie within the TSS. */
    private boolean mapped(int bits, int port) {
        boolean wide = !s.tr.unusable() && (s.tr.type() & 8) != 0;
        if (!wide || Integer.compareUnsigned(MAP_BASE + 1, s.tr.limit) > 0) {
            return false;
        }
        int at = mmu.readSystem(16, s.tr.base + MAP_BASE) + (port >> 3);
        if (Integer.compareUnsigned(at + 1, s.tr.limit) > 0) {
            return false;
        }
        int map = mmu.readSystem(16, s.tr.base + at) >> (port & 7);
        return (map & (1 << bits / 8) - 1) == 0;
    }
}
