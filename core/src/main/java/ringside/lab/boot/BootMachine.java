package ringside.lab.boot;

import java.util.Map;
import ringside.guest.EntryState;
import ringside.guest.GuestMemory;
import ringside.machine.board.Platform;
import ringside.machine.cpu.Stop;

/** What a boot asks of whatever carries the guest: the bare board, or a virtual machine under some mode. */
public interface BootMachine {
    /** The processor as the guest believes it to be. */
    record Place(int cs, int eip, int ring, String processorMode, boolean paging) {}

    GuestMemory memory();

    /** The guest's own devices. */
    Platform platform();

    void enter(EntryState entry);

    /** Runs at most {@code instructions} guest instructions. */
    Stop run(long instructions);

    /** Ends the run at the next instruction boundary. */
    void requestStop(String reason, int code);

    Place place();

    /** Guest instructions retired so far. */
    long instructions();

    /** Counts of the VMM in their order; empty where there is none. */
    Map<String, Long> counters();
}
