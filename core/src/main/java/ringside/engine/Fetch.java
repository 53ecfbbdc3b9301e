package ringside.engine;

import ringside.arch.Vector;
import ringside.isa.ByteSource;
import ringside.isa.GuestFault;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;

/**
 * The bytes of one instruction as the processor fetches them: each within CS's limit, the second page translated only if
 * the instruction reaches it.
 */
final class Fetch implements ByteSource {
    private final Cpu c;
    private final int pc;
    private int at;
    private int page;
    /** Machine page of the first byte, or {@link SystemBus#NONE}. */
    final int firstPage;
    /** Machine page of the bytes past the page's end, {@link SystemBus#NONE} where there are none. */
    int secondPage = SystemBus.NONE;

    /** Translates the first page; may throw #PF, or #GP beyond the limit. */
    Fetch(Cpu c) {
        this.c = c;
        this.pc = c.pc();
        checkLimit(0);
        this.firstPage = c.mmu.fetchPage(pc, !c.doorPage(pc));
        this.page = firstPage;
    }

    private void checkLimit(int offset) {
        int limit = c.cs().limit;
        int eip = c.eip + offset;
        boolean wrapped = Integer.compareUnsigned(eip, c.eip) < 0 && limit != -1;
        if (wrapped || Integer.compareUnsigned(eip, limit) > 0) {
            throw new GuestFault(Vector.GP, 0);
        }
    }

    /** Whether some byte came from a device or from nowhere: such code is not kept. */
    boolean uncached() {
        boolean crossed = (pc ^ pc + at - 1) >>> 12 != 0;
        return firstPage == SystemBus.NONE || crossed && secondPage == SystemBus.NONE;
    }

    @Override
    public int next() {
        int la = pc + at;
        if (at > 0) {
            checkLimit(at);
            if ((la & 0xfff) == 0) {
                secondPage = c.mmu.fetchPage(la, !c.doorPage(la));
                page = secondPage;
            }
        }
        at++;
        return page == SystemBus.NONE ? c.mmu.fetchDevice(la) : c.memory().get8(page + (la & 0xfff));
    }
}
