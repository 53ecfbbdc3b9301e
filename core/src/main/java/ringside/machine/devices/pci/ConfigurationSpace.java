package ringside.machine.devices.pci;

/** The configuration registers of one function, whoever answers for them. */
public interface ConfigurationSpace {
    int slot();

    int function();

    /** A register's content, {@code bits} wide. */
    int get(int bits, int register);

    /** What a guest writes: only bits that can be written change. */
    void set(int bits, int register, int value);
}
