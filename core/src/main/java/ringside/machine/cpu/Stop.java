package ringside.machine.cpu;

/** Why {@link Engine#run} came back. */
public sealed interface Stop {
    /** The instruction limit was reached. */
    record Budget() implements Stop {}

    /** HLT with nothing that could ever wake the processor. */
    record Halted() implements Stop {}

    /** A triple fault: the processor is in shutdown. */
    record Shutdown() implements Stop {}

    /** A probed address is about to be executed (see {@link Cpu#probe}). */
    record Probe(int la) implements Stop {}

    /**
     * Ring 0 reached one of the VMM's doors: the hardware delivered an event through the VMM's own IDT and Java takes
     * over here, nowhere earlier. The frame lies on the stack at SS:ESP as the hardware pushed it.
     *
     * @param vector index of the door that was reached
     */
    record VmmEntry(int vector) implements Stop {}

    /**
     * A VM exit: the assist has saved the guest, loaded the host state, and left root operation's software to look.
     *
     * @param reason basic exit reason (SDM vol. 3, appendix C); bit 31 set for a failed VM entry
     */
    record VmExit(int reason) implements Stop {}

    /** Somebody asked: an exit port, a script, the user. */
    record Requested(String reason, int code) implements Stop {}
}
