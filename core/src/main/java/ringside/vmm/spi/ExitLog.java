package ringside.vmm.spi;

import ringside.observe.Counters;

/** Every arrival in the VMM on the guest's account: counted by reason, and laid to the guest memory that it came from. */
public final class ExitLog {
    private static final String HIDDEN = "hiddenFaults";

    private final Counters exits = new Counters();
    private final Counters counters;
    private final Heat heat;

    /** @param counters gets {@code hiddenFaults} */
    public ExitLog(Counters counters, Heat heat) {
        this.counters = counters;
        this.heat = heat;
    }

    /** The exits by reason. */
    public Counters exits() {
        return exits;
    }

    /** Counts an exit, or a hidden fault where it is one, for the instruction at {@code la}. */
    public void add(VmExit exit, int la) {
        add(exit, la, Heat.NOWHERE);
    }

    /** As above, with the PA of what was touched, or {@link Heat#NOWHERE}. */
    public void add(VmExit exit, int la, int pa) {
        if (exit.hidden()) {
            counters.add(HIDDEN);
            heat.add(exit.reason(), true, la, pa);
        } else {
            add(exit.reason(), la, pa);
        }
    }

    /** Counts an exit by its word. */
    public void add(String reason, int la) {
        add(reason, la, Heat.NOWHERE);
    }

    private void add(String reason, int la, int pa) {
        exits.add(reason);
        heat.add(reason, false, la, pa);
    }

    /** The guest's own tables do not allow what it wants at {@code la}. */
    public void trueFault(int la) {
        heat.faulted(la);
    }
}
