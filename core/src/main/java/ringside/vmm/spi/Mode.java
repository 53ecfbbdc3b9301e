package ringside.vmm.spi;

import java.util.List;
import java.util.Optional;

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

    /** Why it cannot run this guest on this server, or nothing. */
    Optional<Refusal> refusal(VmSpec spec);

    /** A machine with the guest loaded, about to execute its first instruction. */
    VirtualMachine create(VmSpec spec);

    /**
     * A setting of a mode.
     *
     * @param values what it may be, the default first
     */
    record Option(String name, List<String> values) {}

    /** @param reason what stands against it; {@code remedy} what to do */
    record Refusal(String reason, String remedy) {}
}
