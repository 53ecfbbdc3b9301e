package ringside.machine.bus;

/** A range of ports or physical addresses that its device answers to only where, and while, a guest has put it. */
public interface Window {
    /** Moves the range to begin at {@code first}; what fixed devices own there stays theirs. */
    void at(int first);

    /** Takes the range away. */
    void off();
}
