package ringside.vmm.mode.paravirtual;

import java.util.List;
import java.util.Optional;
import ringside.error.RingsideException;
import ringside.vmm.spi.GuestCall;

/** The hypercalls of one virtual machine: those of {@link Hypercalls}, and those that were added to it. */
public final class Interface {
    /** Numbers are below this: as many stubs fit in a hypercall page. */
    public static final int NUMBERS = 128;

    /** The first number that no future built-in call will have. */
    public static final int FIRST_ADDED = 40;

    /** In the flags of a trap-table entry, beside its ring: the handler is entered with events masked. */
    public static final int MASKS_EVENTS = 4;

    private final Hypercall[] rows = new Hypercall[NUMBERS];

    /** The built-in calls and {@code added}; refuses a number or a name that is taken, naming both. */
    public Interface(List<GuestCall> added) {
        Hypercalls.ALL.forEach(call -> rows[call.number()] = call);
        added.forEach(this::add);
    }

    private void add(GuestCall call) {
        if (call.number() < 0 || call.number() >= NUMBERS) {
            throw refusal(
                    call,
                    "has the number " + call.number(),
                    "numbers are 0 to " + (NUMBERS - 1) + "; those from " + FIRST_ADDED + " on are free");
        }
        if (call.arguments().size() > Hypercall.MOST_ARGUMENTS) {
            throw refusal(
                    call,
                    "has " + call.arguments().size() + " arguments",
                    "registers hold " + Hypercall.MOST_ARGUMENTS + "; put more into memory and pass its VA");
        }
        Hypercall taken = rows[call.number()];
        if (taken != null) {
            throw refusal(
                    call,
                    "has the number " + call.number() + " of '" + taken.name() + "' (" + taken.where() + ")",
                    "choose another from " + FIRST_ADDED + " on");
        }
        named(call.name()).ifPresent(same -> {
            throw refusal(
                    call,
                    "has the name of hypercall " + same.number() + " (" + same.where() + ")",
                    "choose another name");
        });
        rows[call.number()] = Hypercall.added(call);
    }

    private static RingsideException refusal(GuestCall call, String what, String remedy) {
        return new RingsideException("hypercall '" + call.name() + "' " + what, call.where(), remedy);
    }

    /** The call with this number. */
    public Optional<Hypercall> numbered(int number) {
        return number >= 0 && number < NUMBERS ? Optional.ofNullable(rows[number]) : Optional.empty();
    }

    /** The call of this name. */
    public Optional<Hypercall> named(String name) {
        return all().stream().filter(call -> call.name().equals(name)).findFirst();
    }

    /** Every call, in the order of the numbers. */
    public List<Hypercall> all() {
        return java.util.Arrays.stream(rows).filter(row -> row != null).toList();
    }
}
