package ringside.vmm.mode.paravirtual;

import java.util.List;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;

/**
 * One row of the interface.
 *
 * @param number what the guest puts into EAX
 * @param name of the stub, of the exit in reports, of the word in scripts
 * @param arguments in EBX, ECX, EDX, ESI, EDI
 * @param batchable whether a multicall may contain it: it comes back to its caller and to nowhere else
 * @param handler what carries it out, its arguments checked
 * @param doc what it does, in a sentence
 * @param where it was declared: {@code built in}, or a script's line
 */
public record Hypercall(
        int number,
        String name,
        List<Argument> arguments,
        boolean batchable,
        Handler handler,
        String doc,
        String where) {
    static final String BUILT_IN = "built in";

    /** Most arguments a call can have. */
    public static final int MOST_ARGUMENTS = 5;

    public Hypercall {
        arguments = List.copyOf(arguments);
    }

    /** Carries the call out; returns what EAX shall hold, negative for an error. */
    @FunctionalInterface
    public interface Handler {
        int call(PortedGuest guest, int[] arguments);
    }

    /** A call that was added to the interface. */
    static Hypercall added(GuestCall call) {
        int count = call.arguments().size();
        Handler handler = (guest, values) -> call.handler().call(guest, java.util.Arrays.copyOf(values, count));
        return new Hypercall(
                call.number(), call.name(), call.arguments(), true, handler, "Added by a script.", call.where());
    }

    /** {@code console_write(text: VA, length: LENGTH)}. */
    public String signature() {
        return GuestCall.signature(name, arguments);
    }

    /** What is wrong with the arguments, or null. */
    Errno check(GuestView memory, int[] values) {
        Errno wrong = check(memory, values, false);
        return wrong == null ? check(memory, values, true) : wrong;
    }

    /** Addresses come last: a LENGTH that is checked says how much lies there. */
    private Errno check(GuestView memory, int[] values, boolean addresses) {
        for (int i = 0; i < arguments.size(); i++) {
            Argument argument = arguments.get(i);
            boolean address = argument.kind() == Argument.Kind.VA;
            Errno wrong = address == addresses ? memory.check(argument, values[i], count(i, values)) : null;
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private int count(int index, int[] values) {
        boolean counted =
                index + 1 < arguments.size() && arguments.get(index + 1).kind() == Argument.Kind.LENGTH;
        return counted ? values[index + 1] : 1;
    }
}
