package ringside.vmm.spi;

import java.util.List;
import ringside.machine.board.Board;
import ringside.observe.Counters;

/**
 * A hypercall that a VMM offers beside those of its mode.
 *
 * @param number what the guest puts into EAX
 * @param name of the exit in reports, of the word in scripts
 * @param arguments in EBX, ECX, EDX, ESI, EDI; checked before {@code handler} runs
 * @param where it was declared, for messages
 */
public record GuestCall(int number, String name, List<Argument> arguments, Handler handler, String where) {
    public GuestCall {
        arguments = List.copyOf(arguments);
    }

    /** Carries the call out; returns what EAX shall hold, negative for an error. */
    @FunctionalInterface
    public interface Handler {
        int call(Caller vm, int[] arguments);
    }

    /** The virtual machine that asks. Memory is reached with the rights of the guest's kernel; #PF where it has none. */
    public interface Caller {
        /** Bytes at a VA of the guest. */
        byte[] read(int va, int length);

        /** Replaces bytes at a VA of the guest. */
        void write(int va, byte[] bytes);

        /** The guest's computer: its consoles, its clock. */
        Board board();

        /** Counts of the mode, to which a call may add. */
        Counters counters();

        /** Makes an event channel of the guest pending, now or after the call; false where it has no such channel. */
        default boolean raise(int channel) {
            return false;
        }
    }

    /** {@code log(message: VA, length: VALUE)}. */
    public String signature() {
        return signature(name, arguments);
    }

    /** A call as its declaration reads. */
    public static String signature(String name, List<Argument> arguments) {
        List<String> typed =
                arguments.stream().map(a -> a.name() + ": " + a.kind()).toList();
        return name + "(" + String.join(", ", typed) + ")";
    }
}
