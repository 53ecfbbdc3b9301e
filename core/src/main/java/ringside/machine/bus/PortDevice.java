package ringside.machine.bus;

/**
 * A device behind I/O ports.
 *
 * <p>{@code bits} is 8, 16 or 32. A device that knows only bytes extends {@link BytePorts}; values are zero-extended.
 * Faulty use is the guest's business: answer all ones or ignore, as hardware would.
 */
public interface PortDevice {
    int in(int bits, int port);

    void out(int bits, int port, int value);
}
