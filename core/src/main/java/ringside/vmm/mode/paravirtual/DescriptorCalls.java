package ringside.vmm.mode.paravirtual;

import ringside.machine.segmentation.Descriptor;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.Bounce;

/** Hypercalls about handlers, segments and the kernel's stack. */
final class DescriptorCalls {
    private static final int KERNEL = 1, RING = 3, MASKS_EVENTS = Interface.MASKS_EVENTS;

    private DescriptorCalls() {}

    /**
     * Entries as Xen has them: vector, flags (ring, 4 masks events), CS, EIP; EIP 0 takes the handler away. Ring 0,
     * which the guest does not have, is its kernel's.
     */
    static int setTrapTable(PortedGuest guest, int[] a) {
        TrapTable.Entry[] entries = new TrapTable.Entry[a[1]];
        int[] vectors = new int[a[1]];
        for (int i = 0; i < a[1]; i++) {
            int word = guest.memory.read32(a[0] + i * 8);
            int offset = guest.memory.read32(a[0] + i * 8 + 4);
            vectors[i] = word & 0xff;
            int flags = word >>> 8 & 0xff;
            if (offset == 0) {
                continue;
            }
            if (vectors[i] == Hypercalls.VECTOR || VmmRegion.contains(offset)) {
                return Errno.EINVAL.result();
            }
            if (!guest.isKernelCode(word >>> 16)) {
                return Errno.EPERM.result();
            }
            Bounce.Handler handler = new Bounce.Handler(word >>> 16, offset);
            entries[i] = new TrapTable.Entry(Math.max(KERNEL, flags & RING), (flags & MASKS_EVENTS) != 0, handler);
        }
        for (int i = 0; i < entries.length; i++) {
            guest.traps.put(vectors[i], entries[i]);
        }
        return renewFastTrap(guest);
    }

    private static int renewFastTrap(PortedGuest guest) {
        int fast = guest.traps.fast();
        if (fast != TrapTable.NONE) {
            guest.fastTrap(guest.traps.open(fast, 3) == null ? TrapTable.NONE : fast);
        }
        return 0;
    }

    /** Only for a vector that is the guest's to use, has a handler open to ring 3, and has it in code of ring 1. */
    static int setFastTrap(PortedGuest guest, int[] a) {
        if (a[0] != TrapTable.NONE) {
            TrapTable.Entry entry = guest.traps.open(a[0], 3);
            if (a[0] < 0x20 || a[0] == ParavirtualMachine.TIMER_VECTOR || entry == null) {
                return Errno.EINVAL.result();
            }
            if (!guest.isKernelCode(entry.handler().selector()) || guest.stack.selector() == 0) {
                return Errno.EPERM.result();
            }
        }
        return guest.fastTrap(a[0]) ? 0 : Errno.ENOSYS.result();
    }

    static int setGdt(PortedGuest guest, int[] a) {
        if (a[1] == 0) {
            return Errno.EINVAL.result();
        }
        int result = accepted(guest, a);
        if (result != 0) {
            return result;
        }
        int base = guest.state.gdtr.base;
        int limit = guest.state.gdtr.limit;
        guest.state.loadGdt(a[0], a[1] * 8 - 1);
        if (sharedPageIsInTable(guest)) {
            guest.state.loadGdt(base, limit);
            return Errno.EPERM.result();
        }
        guest.settle();
        return 0;
    }

    /** An error number, or 0: then segments are marked accessed where the page may be one that nobody can write. */
    private static int accepted(PortedGuest guest, int[] a) {
        for (int i = 0; i < a[1]; i++) {
            int at = a[0] + i * 8;
            if (!PortedGuest.isHarmless(guest.memory.read32(at), guest.memory.read32(at + 4))) {
                return Errno.EPERM.result();
            }
        }
        int result = guest.mayDescribe(a[0], a[1] * 8);
        for (int i = 0; result == 0 && guest.types.isPresent() && i < a[1]; i++) {
            int at = a[0] + i * 8 + 4;
            int high = guest.memory.read32(at);
            if (high != marked(high)) {
                guest.memory.put32(at, marked(high));
            }
        }
        return result;
    }

    /** As the processor would leave the descriptor after its first use. */
    private static int marked(int high) {
        return new Descriptor(0, high).system() ? high : high | Descriptor.ACCESSED << 8;
    }

    private static boolean sharedPageIsInTable(PortedGuest guest) {
        return guest.shared.exists() && guest.holdsTable(guest.shared.place());
    }

    static int setLdt(PortedGuest guest, int[] a) {
        int result = accepted(guest, a);
        if (result != 0) {
            return result;
        }
        int base = guest.localBase();
        int limit = guest.localLimit();
        guest.localTable(a[0], a[1] * 8 - 1);
        if (sharedPageIsInTable(guest)) {
            guest.localTable(base, limit);
            return Errno.EPERM.result();
        }
        guest.settle();
        return 0;
    }

    static int updateDescriptor(PortedGuest guest, int[] a) {
        int offset = a[0] & ~7;
        boolean local = (a[0] & 4) != 0;
        int limit = local ? guest.localLimit() : guest.state.gdtr.limit;
        if (!local && offset == 0 || offset + 7 > limit) {
            return Errno.EINVAL.result();
        }
        if (!PortedGuest.isHarmless(a[1], a[2])) {
            return Errno.EPERM.result();
        }
        int base = local ? guest.localBase() : guest.state.gdtr.base;
        guest.memory.put32(base + offset, a[1]);
        guest.memory.put32(base + offset + 4, guest.types.isPresent() ? marked(a[2]) : a[2]);
        guest.settle();
        return 0;
    }

    static int stackSwitch(PortedGuest guest, int[] a) {
        if (!guest.isKernelStack(a[0])) {
            return Errno.EPERM.result();
        }
        guest.stack(a[0], a[1]);
        return 0;
    }

    /** An EIP of 0 takes a callback away. */
    static int setCallbacks(PortedGuest guest, int[] a) {
        for (int i = 0; i < 4; i += 2) {
            if (a[i + 1] != 0 && !guest.isKernelCode(a[i])) {
                return Errno.EPERM.result();
            }
            if (VmmRegion.contains(a[i + 1])) {
                return Errno.EINVAL.result();
            }
        }
        guest.eventCallback = a[1] == 0 ? null : new Bounce.Handler(a[0], a[1]);
        guest.failsafe = a[3] == 0 ? null : new Bounce.Handler(a[2], a[3]);
        return 0;
    }
}
