package ringside.vmm.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;

/** One way to virtualize the processor. */
public interface Mode {
    /** The word for it: {@code bare}, {@code deprivileged}. */
    String name();

    /** What it is, in a line. */
    String title();

    /** The memory strategies it works with, the default first; empty where there is none to choose. */
    List<String> memories();

    /** The options it takes and their values, the default first. */
    List<Option> options();

    /** The form of the guest that this mode runs, where the guest has several. */
    default GuestImage image(GuestImage guest) {
        return guest;
    }

    /** Whether the bare machine runs the same program, so that the two can be compared. */
    default boolean comparable(GuestImage guest) {
        return true;
    }

    /** Why it cannot run this guest on this server, or nothing. */
    Optional<Refusal> refusal(VmSpec spec);

    /** A machine with the guest loaded, about to execute its first instruction. */
    VirtualMachine create(VmSpec spec);

    /**
     * Whether guest code of virtual ring {@code cpl} itself runs in an outer ring of the real processor: then what is
     * sensitive and does not trap may show a difference there. Elsewhere none may be seen.
     */
    default boolean exposes(Map<String, String> options, int cpl) {
        return false;
    }

    /** Whether no guest may be able to tell the mode with these options from the bare machine. */
    default boolean promisesEquivalence(Map<String, String> options) {
        return !exposes(options, 0) && !exposes(options, 3);
    }

    /**
     * A setting of a mode.
     *
     * @param values what it may be, the default first
     * @param compared whether a comparison of all settings tries each value: it changes how guest code is run
     */
    record Option(String name, List<String> values, boolean compared) {
        /** One that a comparison leaves at its default. */
        public Option(String name, List<String> values) {
            this(name, values, false);
        }

        /** Its value among {@code options}, the default where none is given; {@code owner} for the message. */
        public String valueIn(Map<String, String> options, String owner) {
            String value = options.getOrDefault(name, values.getFirst());
            if (!values.contains(value)) {
                throw new RingsideException(
                        "'" + value + "' is no value of " + name + " in " + owner,
                        "",
                        name + " is " + String.join(" or ", values));
            }
            return value;
        }
    }

    /** @param reason what stands against it; {@code remedy} what to do */
    record Refusal(String reason, String remedy) {}
}
