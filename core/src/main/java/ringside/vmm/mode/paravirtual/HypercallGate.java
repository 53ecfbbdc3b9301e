package ringside.vmm.mode.paravirtual;

import java.util.Optional;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.isa.GuestFault;
import ringside.observe.Counters;
import ringside.vmm.spi.ExitLog;

/**
 * Where hypercalls arrive: number and arguments out of registers, checks, the row's handler, the result into EAX.
 *
 * <p>Counted are the traps ({@code hypercalls}), the calls that multicalls held ({@code batched}), and of both those that
 * were answered with an error number ({@code refused}).
 */
final class HypercallGate {
    private static final int[] REGISTERS = {Reg.EBX, Reg.ECX, Reg.EDX, Reg.ESI, Reg.EDI};

    private final PortedGuest guest;
    private final Interface calls;
    private final ExitLog log;
    private final Counters counters;
    /** EIP of the trap instruction. */
    private int trap;

    HypercallGate(PortedGuest guest, Interface calls, ExitLog log, Counters counters) {
        this.guest = guest;
        this.calls = calls;
        this.log = log;
        this.counters = counters;
    }

    /** The kernel executed the trap instruction, of {@code length} bytes; EIP is past it. */
    void arrive(int length) {
        trap = guest.state.eip - length;
        int[] r = guest.state.r;
        int[] arguments = new int[REGISTERS.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = r[REGISTERS[i]];
        }
        Optional<Hypercall> call = calls.numbered(r[Reg.EAX]);
        log.add("HYPERCALL " + call.map(Hypercall::name).orElse("unknown"), guest.state.pc() - length);
        counters.add("hypercalls");
        r[Reg.EAX] = perform(call, arguments);
    }

    /** One element of a multicall. */
    int batched(int number, int[] arguments) {
        counters.add("batched");
        return perform(calls.numbered(number).filter(Hypercall::batchable), arguments);
    }

    private int perform(Optional<Hypercall> call, int[] arguments) {
        int result = call.map(one -> result(one, arguments)).orElse(Errno.ENOSYS.result());
        counters.add("refused", Errno.isError(result) ? 1 : 0);
        return result;
    }

    private int result(Hypercall call, int[] arguments) {
        Errno wrong = call.check(guest.memory, arguments);
        if (wrong != null) {
            return wrong.result();
        }
        try {
            return call.handler().call(guest, arguments);
        } catch (GuestFault fault) {
            return Errno.EFAULT.result();
        } catch (RingsideException e) {
            throw asked(call, e.what(), e.where(), e.remedy(), e);
        } catch (RuntimeException e) {
            String what = e.getClass().getSimpleName() + ": " + e.getMessage();
            throw asked(call, what, call.where(), "its handler failed here", e);
        }
    }

    /** A handler failed: who had asked. */
    private RingsideException asked(Hypercall call, String what, String where, String remedy, Throwable cause) {
        String caller =
                String.format(" (hypercall '%s' from %04x:%08x)", call.name(), guest.state.selector(Reg.CS), trap);
        return new RingsideException(what + caller, where.isEmpty() ? call.where() : where, remedy, cause);
    }
}
