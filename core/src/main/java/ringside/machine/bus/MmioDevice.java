package ringside.machine.bus;

/** A device behind physical addresses; {@code offset} counts from the start of its range, {@code bits} is 8, 16 or 32. */
public interface MmioDevice {
    int read(int bits, int offset);

    void write(int bits, int offset, int value);
}
