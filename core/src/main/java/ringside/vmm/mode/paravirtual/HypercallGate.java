package ringside.vmm.mode.paravirtual;

import java.util.Optional;
import ringside.arch.Reg;
import ringside.isa.GuestFault;
import ringside.observe.Counters;

/** Where hypercalls arrive: number and arguments out of registers, checks, the row's handler, the result into EAX. */
final class HypercallGate {
    private static final int[] REGISTERS = {Reg.EBX, Reg.ECX, Reg.EDX, Reg.ESI, Reg.EDI};

    private final PortedGuest guest;
    private final Counters exits;
    private final Counters counters;

    HypercallGate(PortedGuest guest, Counters exits, Counters counters) {
        this.guest = guest;
        this.exits = exits;
        this.counters = counters;
    }

    /** The kernel executed the trap instruction. */
    void arrive() {
        int[] r = guest.state.r;
        int[] arguments = new int[REGISTERS.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = r[REGISTERS[i]];
        }
        Optional<Hypercall> call = Hypercalls.numbered(r[Reg.EAX]);
        exits.add("HYPERCALL " + call.map(Hypercall::name).orElse("unknown"));
        r[Reg.EAX] = perform(call, arguments);
    }

    /** One element of a multicall. */
    int batched(int number, int[] arguments) {
        counters.add("batched");
        return perform(Hypercalls.numbered(number).filter(Hypercall::batchable), arguments);
    }

    private int perform(Optional<Hypercall> call, int[] arguments) {
        if (call.isEmpty()) {
            return refused(Errno.ENOSYS);
        }
        Errno wrong = call.get().check(guest.memory, arguments);
        if (wrong != null) {
            return refused(wrong);
        }
        try {
            int result = call.get().handler().call(guest, arguments);
            counters.add("hypercalls");
            return result;
        } catch (GuestFault fault) {
            return refused(Errno.EFAULT);
        }
    }

    private int refused(Errno errno) {
        counters.add("refused");
        return errno.result();
    }
}
