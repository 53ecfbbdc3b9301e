package ringside.machine.bus;

/** What the CPU asks for a vector in the interrupt-acknowledge cycle: the 8259 pair, a local APIC, or a VMM's timer. */
@FunctionalInterface
public interface InterruptSource {
    /** The vector, 0-255; the request counts as taken. A spurious request still yields a vector. */
    int acknowledge();
}
