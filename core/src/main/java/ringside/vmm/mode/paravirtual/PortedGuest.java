package ringside.vmm.mode.paravirtual;

import java.util.Optional;
import ringside.arch.Eflags;
import ringside.isa.GuestFault;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;
import ringside.machine.segmentation.Descriptor;
import ringside.observe.Counters;
import ringside.vmm.compression.DescriptorTables;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.TypedTables;
import ringside.vmm.spi.VmmBoot;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.Bounce;
import ringside.vmm.vcpu.VirtualProcessor;

/** What the VMM knows of a ported guest beside its processor: what it registered, and how it is reached. */
public final class PortedGuest implements GuestCall.Caller {
    private final ParavirtualMachine vmm;
    private final DescriptorTables tables;
    private final VmmBoot boot;
    private final VirtualProcessor processor;
    private final boolean fastTraps;

    final Cpu state;
    final GuestView memory;
    /** The types of its frames, where its own tables are in force. */
    final Optional<TypedTables> types;

    final SharedPage shared;
    final EventChannels events;
    final TrapTable traps = new TrapTable();
    final HypercallPage page;

    Bounce.Stack stack = new Bounce.Stack(0, 0);
    /** Where events and failed returns go; null until registered. */
    Bounce.Handler eventCallback;

    Bounce.Handler failsafe;
    /** Others may run now. */
    boolean yields;
    /** Asleep until an event. */
    boolean blocked;
    /** Asleep for good. */
    boolean stopped;

    PortedGuest(
            ParavirtualMachine vmm,
            VirtualProcessor processor,
            DescriptorTables tables,
            VmmBoot boot,
            GuestView memory,
            boolean fastTraps,
            Optional<TypedTables> types) {
        this.vmm = vmm;
        this.processor = processor;
        this.tables = tables;
        this.boot = boot;
        this.fastTraps = fastTraps;
        this.memory = memory;
        this.types = types;
        this.state = vmm.board().cpu();
        this.shared = new SharedPage(memory);
        this.page = new HypercallPage(state);
        this.events = new EventChannels(shared, vmm.board().platform());
    }

    @Override
    public byte[] read(int va, int length) {
        return memory.read(va, length);
    }

    @Override
    public void write(int va, byte[] bytes) {
        memory.write(va, bytes);
    }

    @Override
    public Board board() {
        return vmm.board();
    }

    @Override
    public Counters counters() {
        return vmm.counts();
    }

    // ---- interrupts

    /** Whether an event is due: pending, unmasked, and let in by the guest. */
    boolean upcallDue() {
        return eventCallback != null
                && shared.get(SharedPage.UPCALL_PENDING) != 0
                && shared.get(SharedPage.INTERRUPTS) != 0;
    }

    /** Sets the virtual interrupt flag, in the page and in the virtual processor. */
    void interrupts(boolean enabled) {
        shared.put(SharedPage.INTERRUPTS, enabled ? 1 : 0);
        interruptsSeen(enabled);
    }

    /** The virtual processor follows the page. */
    void interruptsSeen(boolean enabled) {
        int others = state.eflags() & ~Eflags.IF;
        state.setEflags(enabled ? others | Eflags.IF : others);
    }

    // ---- descriptors

    private static boolean outer(int selector) {
        return (selector & 3) >= 1;
    }

    /** Whether the selector, of RPL 1 or more, leads to present code of ring 1 that is not conforming. */
    boolean isKernelCode(int selector) {
        Descriptor code = tables.descriptor(selector);
        return outer(selector) && code.code() && !code.conforming() && code.present() && code.dpl() == 1;
    }

    /** Whether the selector, of RPL 1, leads to a present writable segment of ring 1. */
    boolean isKernelStack(int selector) {
        Descriptor data = tables.descriptor(selector);
        return (selector & 3) == 1 && data.writableData() && data.present() && data.dpl() == 1;
    }

    /** Whether the guest may have the descriptor: nothing, or code or data of rings 1 to 3. */
    static boolean isHarmless(int low, int high) {
        Descriptor descriptor = new Descriptor(low, high);
        boolean nothing = low == 0 && high == 0;
        return nothing || !descriptor.system() && descriptor.dpl() >= 1;
    }

    /** Whether part of the GDT or the LDT lies in the page frame at {@code pa}. */
    boolean holdsTable(int pa) {
        return holds(state.gdtr.base, state.gdtr.limit, pa) || holds(localBase(), localLimit(), pa);
    }

    private boolean holds(int base, int limit, int pa) {
        for (int page = 0; page <= limit; page += 0x1000) {
            if (memory.frameOf(base + page) == (pa & -0x1000)) {
                return true;
            }
        }
        return limit >= 0 && memory.frameOf(base + limit) == (pa & -0x1000);
    }

    /** Whether the types of frames allow a descriptor table from {@code va} on: an error number, or 0. */
    int mayDescribe(int va, int bytes) {
        for (int at = va; types.isPresent() && at - va < bytes; at = (at & -0x1000) + 0x1000) {
            int frame = memory.frameOf(at);
            int result = frame == -1 ? 0 : Errno.of(types.get().describe(frame));
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }

    int localBase() {
        return processor.localBase();
    }

    /** -1 without an LDT. */
    int localLimit() {
        return processor.localLimit();
    }

    /** The LDT from now on, none where {@code limit} is -1; SLDT reads the VMM's selector, and the VMM knows. */
    void localTable(int base, int limit) {
        processor.localTable(VmmRegion.LOCAL, base, limit);
    }

    /** The real stack of ring 1 follows what the guest registered: the hardware uses it for a fast trap. */
    void stack(int selector, int pointer) {
        stack = new Bounce.Stack(selector, pointer);
        boot.stackOfRing1(selector, pointer);
    }

    /** The real gates follow the trap table; false where this machine has no fast traps. */
    boolean fastTrap(int vector) {
        if (!fastTraps && vector != TrapTable.NONE) {
            return false;
        }
        if (traps.fast() != TrapTable.NONE) {
            boot.openDoor(traps.fast(), 0);
        }
        traps.fast(vector);
        if (vector != TrapTable.NONE) {
            Bounce.Handler handler = traps.entry(vector).handler();
            boot.openToGuest(vector, handler.selector() & ~3 | 1, handler.offset());
        }
        return true;
    }

    @Override
    public boolean raise(int channel) {
        boolean bound = channel >= 0 && channel < EventChannels.COUNT && events.isBound(channel);
        if (bound) {
            events.raise(channel);
        }
        return bound;
    }

    // ---- what calls need of the machine

    /** After a change of tables, translations or memory. */
    void settle() {
        vmm.settle();
    }

    void settlePage(int va, int before) {
        vmm.settlePage(va, before);
    }

    /** Carries out one call of a batch. */
    int batched(int number, int[] arguments) {
        return vmm.gate().batched(number, arguments);
    }

    /** An IRET failed: the guest's own handler for that, or the end of the guest. */
    void returnFailed(GuestFault fault) {
        vmm.returnFailed(fault);
    }
}
