package ringside.vmm.mode.paravirtual;

import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.GuestFault;
import ringside.machine.cpu.Cpu;
import ringside.machine.devices.Console;
import ringside.machine.time.VirtualClock;
import ringside.vmm.spi.VmmRegion;

/** Hypercalls about the processor, time, the console, and batches of calls. */
final class ControlCalls {
    private static final int YIELD = 0, BLOCK = 1, SHUT_DOWN = 2;
    private static final int GENERAL_DETECT = 0x2000;
    private static final int CALL_BYTES = 32, RESULT = 24;
    private static final long NANOSECONDS_PER_TICK = 1_000_000_000L / VirtualClock.TICKS_PER_SECOND;

    private ControlCalls() {}

    static int consoleWrite(PortedGuest guest, int[] a) {
        Console console = guest.board().platform().console("com1");
        for (int i = 0; i < a[1]; i++) {
            console.send(guest.memory.read8(a[0] + i));
        }
        return a[1];
    }

    static int hypercallPage(PortedGuest guest, int[] a) {
        if (guest.holdsTable(a[0])) {
            return Errno.EPERM.result();
        }
        if (guest.types.filter(types -> types.inUse(a[0])).isPresent()) {
            return Errno.EBUSY.result();
        }
        for (int number = 0; number < Interface.NUMBERS; number++) {
            guest.memory.writePhysical(a[0] + number * HypercallPage.STUB_BYTES, guest.page.stub(number));
        }
        return 0;
    }

    private static boolean isDebugRegister(int register) {
        return register < 4 || register > 5;
    }

    static int setDebugRegister(PortedGuest guest, int[] a) {
        if (!isDebugRegister(a[0])) {
            return Errno.EINVAL.result();
        }
        if (a[0] < 4 && VmmRegion.contains(a[1]) || a[0] == 7 && (a[1] & GENERAL_DETECT) != 0) {
            return Errno.EPERM.result();
        }
        guest.state.dr(a[0], a[1]);
        guest.settle();
        return 0;
    }

    static int getDebugRegister(PortedGuest guest, int[] a) {
        return isDebugRegister(a[0]) ? guest.state.dr(a[0]) : Errno.EINVAL.result();
    }

    static int fpuTaskSwitch(PortedGuest guest, int[] a) {
        int others = guest.state.cr(0) & ~Control.CR0_TS;
        guest.state.cr(0, a[0] == 0 ? others : others | Control.CR0_TS);
        return 0;
    }

    static int schedule(PortedGuest guest, int[] a) {
        switch (a[0]) {
            case YIELD -> guest.yields = guest.board().platform().clock().takesTurns();
            case BLOCK -> {
                guest.interrupts(true);
                guest.blocked = true;
            }
            case SHUT_DOWN -> guest.board().platform().stop().stop("shutdown", a[1]);
            default -> guest.stopped = true;
        }
        return 0;
    }

    static int getTime(PortedGuest guest, int[] a) {
        long nanoseconds = guest.board().platform().clock().now() * NANOSECONDS_PER_TICK;
        guest.memory.write32(a[0], (int) nanoseconds);
        guest.memory.write32(a[0] + 4, (int) (nanoseconds >>> 32));
        return 0;
    }

    /** The frame is on the kernel's stack: EAX, EIP, CS, EFLAGS and, for another ring, ESP and SS. */
    static int iret(PortedGuest guest, int[] a) {
        Cpu state = guest.state;
        int esp = state.r[Reg.ESP];
        try {
            int eax = state.load32(Reg.SS, state.stackPointer());
            state.stackPointer(state.stackPointer() + 4);
            state.setEflags(state.eflags() & ~Eflags.NT);
            state.next = state.eip;
            state.interruptReturn(32);
            state.eip = state.next;
            guest.interrupts((state.eflags() & Eflags.IF) != 0);
            return eax;
        } catch (GuestFault fault) {
            state.r[Reg.ESP] = esp;
            state.next = state.eip;
            guest.returnFailed(fault);
            return state.r[Reg.EAX];
        }
    }

    /** Each element: number, five arguments, result, a word unused. A wrong one gets its error, the others go on. */
    static int multicall(PortedGuest guest, int[] a) {
        for (int i = 0; i < a[1]; i++) {
            int at = a[0] + i * CALL_BYTES;
            int[] arguments = new int[Hypercall.MOST_ARGUMENTS];
            for (int n = 0; n < arguments.length; n++) {
                arguments[n] = guest.memory.read32(at + 4 + n * 4);
            }
            guest.memory.write32(at + RESULT, guest.batched(guest.memory.read32(at), arguments));
        }
        return 0;
    }
}
