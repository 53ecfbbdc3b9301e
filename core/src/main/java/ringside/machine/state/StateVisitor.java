package ringside.machine.state;

/**
 * Walks the state of a component: each call names a value, hands in what it is and takes back what it shall be.
 *
 * <p>One method per component thus serves saving, loading, comparing and printing: a saver returns the value given, a
 * loader the value stored. Names are unique within the component and stable.
 */
public interface StateVisitor {
    int int32(String name, int value);

    long int64(String name, long value);

    default boolean flag(String name, boolean value) {
        return int32(name, value ? 1 : 0) != 0;
    }

    /** Whole arrays in place; the length is part of the configuration, not of the state. */
    void bytes(String name, byte[] value);

    void ints(String name, int[] value);

    /** A list of longs whose length may change (event queues, FIFOs). */
    long[] longs(String name, long[] value);
}
