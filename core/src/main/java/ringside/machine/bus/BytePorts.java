package ringside.machine.bus;

/** A port device eight bits wide: wider accesses become byte accesses at ascending ports, as an ISA bus splits them. */
public interface BytePorts extends PortDevice {
    int in8(int port);

    void out8(int port, int value);

    @Override
    default int in(int bits, int port) {
        int value = 0;
        for (int shift = 0; shift < bits; shift += 8) {
            value |= (in8(port + shift / 8) & 0xff) << shift;
        }
        return value;
    }

    @Override
    default void out(int bits, int port, int value) {
        for (int shift = 0; shift < bits; shift += 8) {
            out8(port + shift / 8, value >> shift & 0xff);
        }
    }
}
