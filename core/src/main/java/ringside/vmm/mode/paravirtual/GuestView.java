package ringside.vmm.mode.paravirtual;

import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Peek;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.VirtualProcessor;

/** Guest memory as hypercalls reach it: by VA through the guest's own tables with its kernel's rights, and by PA. */
public final class GuestView {
    private static final int PAGE = 0x1000;

    private final VirtualProcessor guest;
    private final Cpu state;
    private final SystemBus bus;
    private final Peek peek;

    GuestView(VirtualProcessor guest, SystemBus bus) {
        this.guest = guest;
        this.state = guest.state();
        this.bus = bus;
        this.peek = new Peek(state, bus);
    }

    /** What is wrong with {@code value}, or null; {@code count} elements lie there if it is a VA. */
    Errno check(Argument argument, int value, int count) {
        int limit = argument.limit();
        int bytes = argument.bytes();
        return switch (argument.kind()) {
            case VALUE -> Integer.compareUnsigned(value, limit) > 0 ? Errno.EINVAL : null;
            case LENGTH -> Integer.compareUnsigned(value, limit) > 0 ? Errno.E2BIG : null;
            case PA -> isRamPage(value) ? null : Errno.EINVAL;
            case VA ->
                isMapped(value, Math.max(1, bytes * count)) || bytes == 0 && isGuests(value) ? null : Errno.EFAULT;
        };
    }

    /** Whether the address lies below the VMM's region. */
    boolean isGuests(int va) {
        return !VmmRegion.contains(va);
    }

    /** Whether {@code length} bytes from {@code va} on are plain memory of the guest, mapped for its kernel. */
    boolean isMapped(int va, int length) {
        int last = va + length - 1;
        if (length <= 0 || Integer.compareUnsigned(last, va) < 0 || !isGuests(last)) {
            return false;
        }
        for (int page = va & -PAGE; Integer.compareUnsigned(page, last) <= 0; page += PAGE) {
            var pa = peek.pa(page);
            if (pa.isEmpty() || bus.direct(pa.getAsInt(), false) == SystemBus.NONE) {
                return false;
            }
        }
        return true;
    }

    /** Whether a whole page of the guest's RAM lies at {@code pa}. */
    boolean isRamPage(int pa) {
        return (pa & PAGE - 1) == 0 && bus.isRam(pa);
    }

    /** Whether the guest may map the frame at {@code pa}: its memory, or a device of its own computer. */
    boolean mayMap(int pa) {
        return bus.direct(pa, false) != SystemBus.NONE || bus.isDevice(pa);
    }

    /** The page frame that {@code va} leads to, or -1. */
    int frameOf(int va) {
        return peek.pa(va & -PAGE).orElse(-1);
    }

    /** Four bytes at {@code va}; a page that went away since the check is a fault that becomes an error. */
    public int read32(int va) {
        return state.mmu.readSystem(32, va);
    }

    /** Bytes from {@code va} on; #PF where they are not all plain memory of the guest's kernel. */
    byte[] read(int va, int length) {
        requireMapped(va, length);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) read8(va + i);
        }
        return bytes;
    }

    /** Replaces bytes from {@code va} on; #PF where the guest's kernel may not. */
    void write(int va, byte[] bytes) {
        requireMapped(va, bytes.length);
        guest.protectCode();
        for (int i = 0; i < bytes.length; i++) {
            state.mmu.writeSystem(8, va + i, bytes[i] & 0xff);
        }
    }

    private void requireMapped(int va, int length) {
        boolean tooLong = Integer.compareUnsigned(length, Argument.MOST_BYTES) > 0;
        if (tooLong || length > 0 && !isMapped(va, length)) {
            throw new GuestFault(Vector.PF, 0);
        }
    }

    /** The byte at {@code va}. */
    public int read8(int va) {
        return state.mmu.readSystem(8, va) & 0xff;
    }

    /** Writes four bytes; #PF where the guest's kernel may not. */
    public void write32(int va, int value) {
        guest.protectCode();
        state.mmu.writeSystem(32, va, value);
    }

    /** Writes four bytes at {@code va} for the guest, whatever its kernel may write; #PF where nothing is mapped. */
    void put32(int va, int value) {
        for (int i = 0; i < 4; i++) {
            int page = frameOf(va + i);
            if (page == -1) {
                throw new GuestFault(Vector.PF, 0);
            }
            bus.write(8, page + (va + i & PAGE - 1), value >>> 8 * i & 0xff);
        }
    }

    /** Four bytes at a physical address. */
    int readPhysical(int pa) {
        return bus.read(32, pa);
    }

    /** The entry of a page table at a physical address, with a PA. */
    int tableEntry(int pa) {
        return bus.tableEntry(pa);
    }

    /** Writes bytes at a physical address. */
    void writePhysical(int pa, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bus.write(8, pa + i, bytes[i] & 0xff);
        }
    }

    /** Writes four bytes at a physical address. */
    void writePhysical(int pa, int value) {
        bus.write(32, pa, value);
    }
}
