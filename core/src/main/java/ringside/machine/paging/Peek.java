package ringside.machine.paging;

import java.util.OptionalInt;
import ringside.isa.ByteSource;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.state.ProcessorState;

/**
 * Looks at linear memory as the processor would see it, changing nothing: no accessed bit, no translation kept, no
 * device asked. For people, checkpoints and reports.
 */
public final class Peek {
    /** Nothing can be seen there: not mapped, or a device that reading would disturb. */
    public static final int UNSEEN = -1;

    private final ProcessorState state;
    private final SystemBus bus;
    private final Walker walker;
    private boolean wouldMark;

    public Peek(ProcessorState state, SystemBus bus) {
        this.state = state;
        this.bus = bus;
        this.walker = new Walker(new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return bus.isDevice(pa) ? 0 : bus.tableEntry(pa);
            }

            @Override
            public void write32(int pa, int value) {
                // a look sets no accessed bit
                wouldMark = true;
            }
        });
    }

    /** The physical address of {@code la} for the supervisor; empty where it is not mapped. */
    public OptionalInt pa(int la) {
        return pa(la, false, false);
    }

    /** As {@link #pa(int)} with the rights of {@code user}; {@code fetch} where it is to be executed. */
    public OptionalInt pa(int la, boolean user, boolean fetch) {
        wouldMark = false;
        if (!state.paging()) {
            return OptionalInt.of(la);
        }
        Walker.Regime regime = new Walker.Regime(state.cr0, state.cr3, state.cr4, state.efer);
        boolean mapped = walker.walk(regime, state.pdpte, la, false, user, fetch);
        return mapped ? OptionalInt.of(walker.pa | la & PhysicalMemory.PAGE - 1) : OptionalInt.empty();
    }

    /** Whether the processor's own access to the address last looked at would have set an accessed bit. */
    public boolean wouldMark() {
        return wouldMark;
    }

    /** The byte at {@code la}, or {@link #UNSEEN}. */
    public int byteAt(int la) {
        OptionalInt pa = pa(la);
        return pa.isEmpty() || bus.isDevice(pa.getAsInt()) ? UNSEEN : bus.read(8, pa.getAsInt());
    }

    /** The code bytes from {@code la} on, ending before the first that cannot be seen. */
    public ByteSource code(int la) {
        int[] at = {la};
        return () -> byteAt(at[0]++);
    }
}
