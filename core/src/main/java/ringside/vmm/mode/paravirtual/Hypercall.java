package ringside.vmm.mode.paravirtual;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One row of the interface.
 *
 * @param number what the guest puts into EAX
 * @param name of the stub, of the exit in reports, of the word in scripts
 * @param arguments in EBX, ECX, EDX, ESI, EDI
 * @param batchable whether a multicall may contain it: it comes back to its caller and to nowhere else
 * @param handler what carries it out, its arguments checked
 * @param doc what it does, in a sentence
 */
public record Hypercall(
        int number, String name, List<Argument> arguments, boolean batchable, Handler handler, String doc) {
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

    /** {@code console_write(text: VA, length: LENGTH)}. */
    public String signature() {
        return name
                + arguments.stream().map(a -> a.name() + ": " + a.kind()).collect(Collectors.joining(", ", "(", ")"));
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
            Errno wrong = address == addresses ? argument.check(memory, values[i], count(i, values)) : null;
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
