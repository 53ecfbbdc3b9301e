package ringside.machine.paging;

import ringside.machine.bus.SystemBus;
import ringside.machine.state.ProcessorState;

/**
 * Linear to machine address, and the accesses that go through it.
 *
 * <p>Accesses are at most 32 bits wide and may cross pages; a failing one sets CR2 and throws #PF before any byte changes.
 */
public abstract class Mmu {
    protected final ProcessorState state;
    protected final SystemBus bus;

    protected Mmu(ProcessorState state, SystemBus bus) {
        this.state = state;
        this.bus = bus;
    }

    /** Reads with the rights of the current CPL. */
    public abstract int read(int bits, int la);

    /** Writes with the rights of the current CPL. */
    public abstract void write(int bits, int la, int value);

    /** Reads as the processor itself does for descriptor tables, IDT and TSS: supervisor whatever the CPL. */
    public abstract int readSystem(int bits, int la);

    public abstract void writeSystem(int bits, int la, int value);

    /** Throws the #PF that writing {@code size} bytes would, with user rights if {@code user}; writes nothing. */
    public abstract void probeWrite(int la, int size, boolean user);

    /** Drops every translation, global ones too. */
    public abstract void flushAll();

    /** Drops the translations that a CR3 load drops. */
    public abstract void flushNonGlobal();

    public abstract void flushPage(int la);

    /** Reads the four PAE directory pointers of CR3 into the state; #GP(0) on reserved bits. */
    public abstract void loadPdptes(int cr3);
}
